"""A folder of this machine: its threads, and the order in which its files appear."""

import threading
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from andon.connectors._folders.delivering import Leave, delivered
from andon.connectors._folders.flushing import write_whole
from andon.connectors._folders.folder import NOBODY, Outcome, OutgoingFile
from andon.connectors._folders.local import LocalFolder
from andon.connectors._folders.noted import Noted
from andon.connectors._folders.noting import claimed, text_at, write_note
from andon.connectors._folders.threads import Threads
from andon.core.errors import RejectedError, UnavailableError


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[LocalFolder]:
    for name in ("sent", "out"):
        (tmp_path / name).mkdir()
    there = LocalFolder("mes", tmp_path, timedelta(seconds=5))
    yield there
    await there.close()


async def test_an_iterator_lives_in_one_thread_from_its_first_step_to_its_close() -> None:
    seen: list[int] = []
    closed = threading.Event()

    def numbers() -> Iterator[int]:
        try:
            for n in range(200):
                seen.append(threading.get_ident())
                yield n
        finally:
            seen.append(threading.get_ident())
            closed.set()

    threads = Threads("mes")
    steps = threads.steps(numbers(), 5)
    for _ in range(20):
        await anext(steps)
        await threads.do(lambda: None)  # others are at work meanwhile
    await steps.aclose()  # type: ignore[attr-defined]
    assert closed.wait(5)
    assert len(seen) == 101
    assert len(set(seen)) == 1
    threads.close()


NOTED = Noted("a", "a.csv", "850")


def outgoing(part: str = "out/a.part") -> OutgoingFile:
    return OutgoingFile(
        content=b"order",
        part=part,
        last="out/a.csv",
        files={"sent/copy": b"copy"},
        note="sent/a",
        noted=NOTED,
        beside=("sent/awaited",),
        claim="sent/orders.1",
    )


NOTES = ("orders.1", "awaited", "a")


async def test_a_file_and_its_notes_lie_there_and_nothing_else(
    folder: LocalFolder, tmp_path: Path
) -> None:
    for again in (False, True):  # what a kill left is written once more
        file = msgspec.structs.replace(outgoing(), again=again)
        assert await folder.deliver(file) == Outcome(renamed=True)
        kept = [await folder.text(f"sent/{name}") for name in ("copy", *NOTES)]
        assert kept == ["copy", *["a/a.csv/850"] * 3]
        assert await folder.text("out/a.csv") == "order"
        assert len([*await folder.list("sent"), *await folder.list("out")]) == 5
        await folder.move("out/a.csv", "out/a.part")
    assert len({(tmp_path / "sent" / name).lstat().st_ino for name in NOTES}) == 1


async def test_what_was_noted_before_is_told_and_not_written_again(folder: LocalFolder) -> None:
    await folder.deliver(outgoing())
    await folder.remove("out/a.csv")  # its receiver took it
    assert await folder.deliver(outgoing()) == Outcome(noted="a/a.csv/850")
    assert await folder.list("out") == []


@pytest.mark.parametrize("owner", ["b", "b/b.csv", ""])
async def test_what_would_have_the_number_of_another_is_not_written(
    folder: LocalFolder, tmp_path: Path, owner: str
) -> None:
    if owner:
        (tmp_path / "sent" / "orders.1").symlink_to(owner)
    else:
        (tmp_path / "sent" / "orders.1").touch()  # as a kill leaves it where links are not known
    assert await folder.deliver(outgoing()) == Outcome(owner=owner or NOBODY)
    assert [one.name for one in await folder.list("sent")] == ["orders.1"]
    assert await folder.list("out") == []


@pytest.mark.parametrize("claimed_by", [NOTED.text(), "a/a.csv/yesterday", "a"])
async def test_a_number_that_an_earlier_try_claimed_is_used(
    folder: LocalFolder, tmp_path: Path, claimed_by: str
) -> None:
    (tmp_path / "sent" / "orders.1").symlink_to(claimed_by)
    assert await folder.deliver(outgoing()) == Outcome(renamed=True)
    assert await folder.text("sent/a") == await folder.text("sent/awaited") == "a/a.csv/850"


async def test_no_note_appears_where_what_it_is_about_could_not_be_written(
    folder: LocalFolder,
) -> None:
    with pytest.raises(UnavailableError):
        await folder.deliver(outgoing("nowhere/a.part"))
    assert await folder.text("sent/a") is None


async def test_a_name_that_is_taken_is_refused_and_the_file_that_has_it_stays(
    folder: LocalFolder,
) -> None:
    await folder.write("out/a.csv", b"another's")
    with pytest.raises(RejectedError):
        await folder.deliver(outgoing())
    assert await folder.text("out/a.csv") == "another's"


async def test_what_nobody_waits_for_any_more_is_not_renamed(tmp_path: Path) -> None:
    for name in ("sent", "out"):
        (tmp_path / name).mkdir()
    leave = Leave()
    assert leave.taken()  # a time limit ran out, or its task was cancelled
    with pytest.raises(UnavailableError):
        delivered(tmp_path, outgoing(), leave)
    assert [*(tmp_path / "out").iterdir()] == []  # the next try may be at its part already


@pytest.mark.parametrize("before", ["", "another", "1042.csv"])
def test_a_note_replaces_what_stood_there_as_a_file_or_a_link(tmp_path: Path, before: str) -> None:
    for name, make in (("file", Path.write_text), ("link", Path.symlink_to)):
        note = tmp_path / name
        if before:
            make(note, before)  # type: ignore[operator]
        write_note(note, "1042.csv")
        assert text_at(note) == "1042.csv"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "link"]


def test_a_note_that_says_the_same_is_one_with_the_first_where_that_is_there(
    tmp_path: Path,
) -> None:
    first, gone, file = tmp_path / "first", tmp_path / "gone", tmp_path / "file"
    write_note(first, "1042.csv")
    file.write_text("1042.csv")  # nobody flushed it
    for name, like in (("second", first), ("third", gone), ("fourth", file)):
        write_note(tmp_path / name, "1042.csv", like=like)
        assert text_at(tmp_path / name) == "1042.csv"
    assert (tmp_path / "second").lstat().st_ino == first.lstat().st_ino
    assert (tmp_path / "fourth").is_symlink()
    first.unlink()
    assert text_at(tmp_path / "second") == "1042.csv"


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("a/1042.csv/850/17", Noted("a", "1042.csv", "850/17")),
        ("a/1042.csv", Noted("a", "1042.csv")),
        ("1042.csv", Noted("1042.csv", "1042.csv")),  # of an older release: its name, or the stamp
        ("", Noted("", "")),
    ],
)
def test_what_stands_in_a_note_is_read_as_it_was_written(text: str, noted: Noted) -> None:
    assert Noted.read(text) == noted
    assert "/" not in text or noted.text() == text


def test_what_an_older_release_noted_is_read(tmp_path: Path) -> None:
    (tmp_path / "note").write_text("order-000001.csv")
    assert text_at(tmp_path / "note") == "order-000001.csv"
    assert not claimed(tmp_path / "note", "ours")


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("theirs")
    (tmp_path / "a.part").symlink_to("theirs")
    with pytest.raises(OSError, match="symbolic"):
        write_whole(tmp_path / "a.part", b"ours")
    assert (tmp_path / "theirs").read_text() == "theirs"
