"""Files out: whole, numbered, once; and settings that are wrong."""

import asyncio
import contextlib
import os
import threading
from typing import Any

import pytest

from andon.connectors._folders.names import stamp
from andon.connectors.files.simulator import Exchanged, FolderDrop, SftpDrop
from andon.core.connector import Request
from andon.core.errors import CredentialsError, RejectedError, SettingsError, UnavailableError
from tests.contract.exchange import (
    connector,
    inside,
    opened,
    some,
)


async def test_a_target_that_leads_out_of_the_folder_is_refused(drop: Exchanged) -> None:
    async with opened(drop) as files:
        for target in ("../../etc/cron.d/x", "a/b", "..", "", "a\0b"):
            with pytest.raises(RejectedError):
                await files.send(Request(target=target, body={"a": 1}), key=target)
    assert inside(drop, "out") == []


async def test_numbers_go_on_after_what_was_sent_and_after_what_lies_there(
    drop: Exchanged,
) -> None:
    (drop.root / "out" / "order-000041.csv").write_bytes(b"a,b\r\n")
    async with opened(drop) as files:
        first = await files.send(drop.request("one"), key="1")
    for file in (drop.root / "out").iterdir():
        file.unlink()  # the receiver takes all
    async with opened(drop) as one, opened(drop, "other") as two:
        receipts = await asyncio.gather(
            *(one.send(drop.request(f"a{n}"), key=f"a{n}") for n in range(5)),
            *(two.send(drop.request(f"b{n}"), key=f"b{n}") for n in range(5)),
        )
        found = await two.find(drop.request("one"), key="1")
    assert first.reference == "order-000042.csv"
    assert found == first
    assert sorted(one.reference or "" for one in receipts) == [
        f"order-{n:06}.csv" for n in range(43, 53)
    ]


async def test_a_file_is_complete_under_its_last_name_and_no_part_is_left(drop: Exchanged) -> None:
    async with opened(drop) as files:
        body = [{"order": n, "text": "x" * 100} for n in range(5000)]
        await files.send(Request(target="order", body=body), key="1")
    assert inside(drop, "out") == ["order-000001.csv"]
    assert (drop.root / "out" / "order-000001.csv").read_bytes().count(b"\r\n") == 5001


async def test_what_died_before_the_rename_is_not_found_and_is_sent_under_its_number(
    drop: Exchanged,
) -> None:
    async with opened(drop) as files:
        await files.send(drop.request("one"), key="1")
    # As a kill between note and rename leaves it.
    (drop.root / "out" / "order-000001.csv").rename(
        drop.root / "out" / f"{next(n for n in inside(drop, '.sent') if n != 'numbers')}.part"
    )
    async with opened(drop) as files:
        assert await files.find(drop.request("one"), key="1") is None
        receipt = await files.send(drop.request("one"), key="1")
    assert receipt.reference == "order-000001.csv"
    assert inside(drop, "out") == ["order-000001.csv"]


async def test_another_host_key_gets_no_password(folder: Exchanged) -> None:
    real, other = SftpDrop(), SftpDrop()
    await real.start()
    known = other.settings()["known_hosts"].replace(str(other.port), str(real.port))
    files = connector(real, known_hosts=known)
    with pytest.raises(SettingsError, match="does not show a key that `known_hosts` has"):
        await files.open()
    await files.close()
    await real.stop()


async def test_every_mistake_in_the_settings_is_named_at_once() -> None:
    drop = FolderDrop()
    wrong: dict[str, Any] = {
        "folder": "sftp://nobody@nowhere/x",
        "incoming": "../in",
        "archive": "out",
        "sequence": "(",
        "marker": "ok",
        "out_name": "order.csv",
        "identity": "fields",
        "format": {"is": "csv", "encoding": "latin-nine", "zone": "Mars", "decimal": ",,"},
    }
    with pytest.raises(SettingsError) as raised:
        await connector(drop, **wrong).open()
    named = {fault.at.removeprefix("connections.mes.") for fault in raised.value.faults}
    assert named == {
        "known_hosts", "password", "incoming", "archive", "outgoing", "sequence", "marker",
        "out_name", "key_fields", "format.encoding", "format.zone", "format.decimal",
    }  # fmt: skip


async def test_a_private_key_that_does_not_read_is_not_shown() -> None:
    drop = SftpDrop()
    key = "-----BEGIN PRIVATE KEY-----\nnot quite\n-----END PRIVATE KEY-----"
    with pytest.raises(SettingsError) as raised:
        await connector(drop, key=key).open()
    assert "not quite" not in str(raised.value)


async def test_a_folder_that_may_not_be_listed_waits_for_an_operator() -> None:
    drop = SftpDrop()
    await drop.start()
    drop.denied = True
    async with opened(drop) as files:
        with pytest.raises(CredentialsError, match="you may not list this"):
            await some(files, 1)
    await drop.stop()


async def test_a_share_that_hangs_is_unavailable_in_time_and_stops_no_other(
    folder: Exchanged,
) -> None:
    note = folder.root / ".sent" / stamp("1")
    note.parent.mkdir()
    os.mkfifo(note)  # whoever reads it waits for a writer that never comes
    async with opened(folder, timeout="200 ms") as hung, opened(folder, "other") as other:
        stuck = [asyncio.create_task(hung.find(folder.request("a"), key="1")) for _ in range(20)]
        assert await other.find(folder.request("b"), key="2") is None
        for task in stuck:
            with pytest.raises(UnavailableError):
                await task
    while _hanging():  # let them go
        with contextlib.suppress(OSError):
            os.close(os.open(note, os.O_WRONLY | os.O_NONBLOCK))
        await asyncio.sleep(0.01)


def _hanging() -> bool:
    return any(thread.name.startswith("files-mes") for thread in threading.enumerate())
