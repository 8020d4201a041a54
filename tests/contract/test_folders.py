"""What connectors of documents share: one file is one item, and a file knows its number."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from andon.connectors._folders.exchange import Exchange, refuse
from andon.connectors._folders.layout import Layout
from andon.connectors._folders.noted import Noted
from andon.connectors._folders.settings import FolderSettings
from andon.connectors._folders.soundness import folder_faults
from andon.connectors.files import Files
from andon.connectors.files.simulator import FolderDrop, SftpDrop
from andon.core.connector import Item, Request
from andon.core.errors import RejectedError, SettingsError, UnavailableError
from andon.testing.conformance.trial import settings_of
from tests.contract.folders import document, exchange, numbered


async def first(one: Exchange) -> Item:
    items = one.read("")
    try:
        return await anext(items)
    finally:
        await items.aclose()  # pyright: ignore[reportAttributeAccessIssue]


async def test_a_whole_document_is_one_item_named_by_itself(tmp_path: Path) -> None:
    async with exchange(tmp_path) as one:
        (tmp_path / "in" / "a.edi").write_text('{"order": 7}')
        item = await first(one)
    assert (item.kind, item.key, item.raw) == ("order.changed", "document-7", b'{"order": 7}')


async def test_bytes_that_break_a_reader_cost_one_file(tmp_path: Path) -> None:
    async with exchange(tmp_path) as one:
        (tmp_path / "in" / "a.edi").write_bytes(b"\xff\xfe")
        item = await first(one)
    assert item.kind == "file.fault"
    assert b"the reader failed: UnicodeDecodeError" in item.raw


async def test_a_document_holds_its_number_also_after_a_failure_and_a_refusal(
    tmp_path: Path,
) -> None:
    async with exchange(tmp_path) as one:
        with pytest.raises(RejectedError):
            await one.send(Request(target="orders"), "refused")
        (tmp_path / "out").rename(tmp_path / "away")
        with pytest.raises(UnavailableError):
            await one.send(Request(target="orders", body="A"), "a")
        (tmp_path / "away").rename(tmp_path / "out")
        await one.send(Request(target="orders", body="A"), "a")
        await one.send(Request(target="orders", body="B"), "b")
        again = await one.send(Request(target="orders", body="A"), "a")
    assert again.reference == "orders-000001.txt"
    assert (tmp_path / "out" / "orders-000001.txt").read_text() == "UNH+1+A'"
    assert (tmp_path / "out" / "orders-000002.txt").read_text() == "UNH+2+B'"


async def test_what_was_written_and_not_renamed_keeps_its_number_after_a_restart(
    tmp_path: Path,
) -> None:
    async with exchange(tmp_path) as one:
        await one.send(Request(target="orders", body="A"), "a")
    (note,) = [file.name for file in (tmp_path / ".sent").iterdir() if not file.is_dir()]
    (tmp_path / "out" / "orders-000001.txt").rename(tmp_path / "out" / f"{note}.part")
    async with exchange(tmp_path) as one:
        assert await one.find("a") is None
        await one.send(Request(target="orders", body="A"), "a")
    assert (tmp_path / "out" / "orders-000001.txt").read_text() == "UNH+1+A'"


@pytest.mark.parametrize("noted", [False, True])
async def test_what_was_killed_half_written_is_not_found_and_is_sent_whole_and_once(
    tmp_path: Path, noted: bool
) -> None:
    async with exchange(tmp_path) as one:
        await one.send(Request(target="orders", body="A"), "a")
    (note,) = [file for file in (tmp_path / ".sent").iterdir() if not file.is_dir()]
    (tmp_path / "out" / "orders-000001.txt").unlink()
    (tmp_path / "out" / f"{note.name}.part").write_text("UNH+")
    if not noted:
        note.unlink()
    async with exchange(tmp_path) as one:
        assert await one.find("a") is None
        await one.send(Request(target="orders", body="A"), "a")
        (tmp_path / "out" / "orders-000001.txt").rename(tmp_path / "taken")
        again = await one.send(Request(target="orders", body="A"), "a")
        assert await one.find("a") == again
    assert (tmp_path / "taken").read_text() == "UNH+1+A'"
    assert list((tmp_path / "out").iterdir()) == []


async def test_what_an_older_release_sent_is_found_and_not_sent_again(tmp_path: Path) -> None:
    async with exchange(tmp_path) as one:
        await one.send(Request(target="orders", body="A"), "a")
    sent = tmp_path / ".sent"
    for note in [*sent.iterdir(), *(sent / "numbers").iterdir()]:
        if note.is_symlink():
            noted = Noted.read(str(note.readlink()))
            note.unlink()
            note.write_text(noted.stamp if note.parent.name == "numbers" else noted.name)
    async with exchange(tmp_path) as one:
        again = await one.send(Request(target="orders", body="A"), "a")
        await one.send(Request(target="orders", body="B"), "b")
    assert again.reference == "orders-000001.txt"
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "orders-000001.txt",
        "orders-000002.txt",
    ]


def test_a_name_that_is_no_folder_and_all_other_mistakes_are_told_at_once() -> None:
    settings = FolderSettings(folder="exchange", sequence="(", out_name="x")
    with pytest.raises(SettingsError) as raised:
        refuse("a/b", folder_faults(settings))
    assert len(raised.value.faults) == 4


@asynccontextmanager
async def behind(drop: FolderDrop | SftpDrop) -> AsyncGenerator[Exchange]:
    table = {**drop.settings(), "out_name": "{target}-{sequence:06}.txt"}
    settings = settings_of(Files, table)
    made = Exchange("edi", settings, Layout(kind="document", rows=document), numbered)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


@pytest.mark.parametrize("kind", [FolderDrop, SftpDrop])
async def test_a_number_belongs_to_its_command_over_kills_and_among_several(
    kind: type[FolderDrop] | type[SftpDrop],
) -> None:
    drop = kind()
    await drop.start()
    out, away = drop.root / "out", drop.root / "away"
    async with behind(drop) as killed, behind(drop) as other:
        await killed.send(Request(target="orders", body="Y"), "y")
        await other.send(Request(target="orders", body="Z"), "z")
        out.rename(away)
        with pytest.raises(UnavailableError):
            await killed.send(Request(target="orders", body="A"), "a")
        away.rename(out)
    async with behind(drop) as one, behind(drop) as two:
        await one.send(Request(target="orders", body="B"), "b")
        await two.send(Request(target="orders", body="A"), "a")
        await one.send(Request(target="orders", body="C"), "c")
    texts = [file.read_text() for file in sorted(out.glob("*.txt"))]
    assert texts == [f"UNH+{n}+{text}'" for n, text in enumerate("YZABC", 1)]
    left = [file.name for file in (drop.root / ".sent" / "numbers").iterdir()]
    assert not [name for name in left if "~" in name]
    await drop.stop()
