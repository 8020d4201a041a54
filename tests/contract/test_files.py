"""Files under hard use: half-written, grown, doubled, hostile, taken twice, killed in between."""

import asyncio
import gzip
import os
import resource
from collections.abc import AsyncIterator
from typing import Any

import pytest

from andon.connectors.files.mapping import faulty, noted
from andon.connectors.files.place import Place
from andon.connectors.files.settings import FilesSettings
from andon.connectors.files.simulator import Exchanged, FolderDrop, SftpDrop
from andon.core.connector import Item, Request
from andon.core.errors import CredentialsError, MappingError, RejectedError, SettingsError
from andon.core.mapping import Known
from andon.testing.conformance.trial import Follower
from tests.contract.exchange import (
    big,
    connector,
    first_names,
    following,
    inside,
    opened,
    said,
    some,
    zipped,
)
from tests.contract.real.files import OpenSsh

ROWS = b"order,good\r\n1001,5\r\n1002,6\r\n1003,7\r\n"
REAL = pytest.param(OpenSsh, marks=pytest.mark.real)
KNOWN = Known(FilesSettings(folder="/x"))


class Empty(FolderDrop):
    """Without the file that lies there from the beginning."""

    async def start(self) -> None:
        self._said = self._said or 1
        await super().start()


@pytest.fixture(params=[Empty, SftpDrop, REAL], ids=["folder", "sftp", "openssh"])
async def drop(request: pytest.FixtureRequest) -> AsyncIterator[Exchanged]:
    other = request.param()
    await other.start()
    yield other
    await other.stop()


@pytest.fixture
async def folder() -> Exchanged:
    other = Empty()
    await other.start()
    return other


def orders(items: list[Item]) -> list[str]:
    return [said(item)["order"] for item in items if item.kind == "row"]


def findings(items: list[Item]) -> list[str]:
    return [said(item)["code"] for item in items if item.kind == "file.finding"]


def faults(items: list[Item]) -> list[str]:
    """What a person will read."""
    texts: list[str] = []
    for item in items:
        if item.kind == "file.fault":
            with pytest.raises(MappingError) as raised:
                list(faulty.reads(item, KNOWN))
            texts.append(str(raised.value))
            assert raised.value.faults
    return texts


async def test_a_file_is_put_away_only_when_all_of_it_is_recorded(drop: Exchanged) -> None:
    drop.rename_in("a.csv", ROWS)
    drop.rename_in("b.csv", b"order,good\r\n1004,8\r\n")
    async with opened(drop) as files, Follower(files, "") as follower:
        assert await follower.until(lambda: len(follower.items) == 4)
        one, two, three, _ = follower.items
        await follower.committed(two.position or "")
        await asyncio.sleep(0.2)
        assert inside(drop, "archive") == []
        await follower.committed(three.position or "")
        assert await follower.until(lambda: first_names(drop, "archive") == ["a"])
    # Killed before the rest was committed: it comes again, under the same keys.
    async with opened(drop) as files:
        again = await some(files, 1, three.position or "")
        assert orders(again) == ["1004"]
        assert again[0].key == follower.items[-1].key
        assert one.key != two.key


async def test_a_reader_that_was_killed_finds_what_it_had_taken(drop: Exchanged) -> None:
    drop.rename_in("a.csv", ROWS)
    drop.rename_in("b.csv", b"order,good\r\n1004,8\r\n")
    async with opened(drop) as files:
        first = await some(files, 2)
    async with opened(drop) as files:
        rest = await some(files, 2, first[-1].position or "")
    assert orders([*first, *rest]) == ["1001", "1002", "1003", "1004"]


async def test_after_a_restart_a_rejected_file_still_gets_its_reason(drop: Exchanged) -> None:
    drop.rename_in("bad.csv", b"\xff\xfeo\0")
    async with opened(drop) as files:
        (item,) = await some(files, 1)
    async with following(drop, item.position or "") as follower:
        assert await follower.until(lambda: len(inside(drop, "rejected")) == 2)
    reason = next(name for name in inside(drop, "rejected") if name.endswith(".reason.txt"))
    assert "utf-16 by its first bytes" in (drop.root / "rejected" / reason).read_text()


async def test_a_database_that_went_back_reads_again_what_was_archived_since(
    drop: Exchanged,
) -> None:
    for n in range(3):
        drop.rename_in(f"{n}.csv", f"order,good\r\n{n},1\r\n".encode())
    async with following(drop) as follower:
        assert await follower.until(lambda: len(inside(drop, "archive")) == 3)
        first = list(follower.items)
    async with following(drop, first[0].position or "") as follower:
        assert await follower.until(lambda: len(follower.items) == 2)
    assert [item.key for item in follower.items] == [item.key for item in first[1:]]
    assert len(inside(drop, "archive")) == 3


async def test_a_file_that_still_grows_is_not_read(drop: Exchanged) -> None:
    async with following(drop, settle="300 ms") as follower:
        for n in range(8):
            drop.write_in_place("a.csv", ROWS[n * 6 : n * 6 + 6], more=True)
            await asyncio.sleep(0.1)
            assert follower.items == []
        drop.write_in_place("a.csv", ROWS[48:], more=True)
        assert await follower.until(lambda: len(follower.items) == 3)
    assert faults(follower.items) == []


async def test_a_file_that_grew_while_it_was_taken_is_given_back(drop: Exchanged) -> None:
    drop.write_in_place("a.csv", ROWS[:-4])
    async with opened(drop) as files:
        work = files._intake._work
        await work.open()
        (entry,) = [e for e in await files._folder.list("in") if e.what == "file"]
        drop.write_in_place("a.csv", ROWS[-4:], more=True)
        assert await work.take(entry, Place()) is None
        assert inside(drop, "in/.taken/mes") == []
        assert orders(await some(files, 3)) == ["1001", "1002", "1003"]


@pytest.mark.parametrize(("marker", "file"), [("{name}.ok", "a.csv.ok"), ("{stem}.done", "a.done")])
async def test_a_marker_lets_a_file_in_and_goes_with_it(
    drop: Exchanged, marker: str, file: str
) -> None:
    async with following(drop, marker=marker) as follower:
        drop.write_in_place("a.csv", ROWS)
        await asyncio.sleep(0.2)
        assert follower.items == []
        drop.write_in_place(file, b"")
        assert await follower.until(lambda: len(follower.items) == 3)
        assert await follower.until(lambda: inside(drop, "in") == [".taken"])


async def test_a_marker_left_behind_lets_nothing_in(folder: Exchanged) -> None:
    folder.write_in_place("a.csv.ok", b"")
    os.utime(folder.root / "in" / "a.csv.ok", (1, 1))
    async with following(folder, marker="{name}.ok") as follower:
        assert await follower.until(lambda: "a.csv.ok" not in inside(folder, "in"))
        folder.write_in_place("a.csv", ROWS)
        await asyncio.sleep(0.2)
        assert follower.items == []


async def test_unfinished_names_are_never_looked_at(drop: Exchanged) -> None:
    for name in ("a.csv.part", "b.tmp", "c.filepart", ".hidden", "d.csv~"):
        drop.write_in_place(name, ROWS)
    async with following(drop) as follower:
        await asyncio.sleep(0.3)
        assert follower.items == []
    assert len(inside(drop, "in")) == 6


async def test_several_consumers_share_a_folder_and_each_file_has_one_of_them(
    drop: Exchanged,
) -> None:
    for n in range(40):
        drop.rename_in(f"{n:02}.csv", f"order,good\r\n{n},1\r\n".encode())
    async with following(drop, name="one") as one, following(drop, name="two") as two:
        assert await one.until(lambda: len(one.items) + len(two.items) >= 40)
        await asyncio.sleep(0.1)
    assert sorted(map(int, orders([*one.items, *two.items]))) == list(range(40))


async def test_files_come_in_order_of_their_numbers_and_gaps_are_told(drop: Exchanged) -> None:
    for n in (10, 9, 12, 13):
        drop.rename_in(f"c-{n}.csv", f"order,good\r\n{n},1\r\n".encode())
    async with following(drop, sequence=r"c-(\d+)\.csv$") as follower:
        assert await follower.until(lambda: len(follower.items) == 5)
        drop.rename_in("c-11.csv", b"order,good\r\n11,1\r\n")
        drop.rename_in("c-15.csv", b"order,good\r\n")
        assert await follower.until(lambda: len(follower.items) == 8)
        position = follower.items[-1].position or ""
    assert orders(follower.items) == ["9", "10", "12", "13", "11"]
    assert findings(follower.items) == ["gap", "late-file", "gap"]
    drop.rename_in("c-16.csv", b"order,good\r\n16,1\r\n")
    async with following(drop, position, sequence=r"c-(\d+)\.csv$") as follower:
        assert await follower.until(lambda: orders(follower.items) == ["16"])
    assert findings(follower.items) == []


async def test_the_same_file_again_has_the_same_keys_a_corrected_one_has_others(
    drop: Exchanged,
) -> None:
    async with following(drop) as follower:
        for content in (ROWS, ROWS, ROWS.replace(b"7", b"8")):
            before = len(follower.items)
            drop.rename_in("a.csv", content)
            assert await follower.until(lambda n=before: len(orders(follower.items[n:])) == 3)
            assert await follower.until(lambda: inside(drop, "in/.taken/mes") == [])
    keys = [item.key for item in follower.items if said(item).get("@file") == "a.csv"]
    assert keys[:3] == keys[3:6]
    assert not set(keys[:3]) & set(keys[6:])
    assert findings(follower.items) == ["repeated-file"]
    assert first_names(drop, "archive").count("a") == 3


@pytest.mark.parametrize(
    ("more", "keys"),
    [
        ({"identity": "name"}, ["a.csv/1", "a.csv/2", "a.csv/3"]),
        ({"identity": "fields", "key_fields": ["order", "good"]}, ["1001/5", "1002/6", "1003/7"]),
    ],
)
async def test_what_names_a_fact_can_be_said(
    folder: Exchanged, more: dict[str, Any], keys: list[str]
) -> None:
    folder.rename_in("a.csv", ROWS)
    async with opened(folder, **more) as files:
        assert [item.key for item in await some(files, 3)] == keys


async def test_a_row_without_its_key_is_a_fault_and_the_next_goes_on(folder: Exchanged) -> None:
    folder.rename_in("a.csv", b"order,good\r\n,5\r\n1002,6\r\n")
    async with opened(folder, identity="fields", key_fields=["order"]) as files:
        bad, good = await some(files, 2)
    assert faults([bad]) == ["row 1 of a.csv: a field of its key (order) is missing or empty"]
    assert orders([good]) == ["1002"]


BROKEN: list[tuple[str, bytes, dict[str, Any], str]] = [
    ("a.csv", b"\xff\xfea\0", {}, "utf-16 by its first bytes, not utf-8"),
    ("a.csv", b"order,order\r\n1,2\r\n", {}, "names order twice"),
    ("a.csv", b"a\xff,b\r\n", {}, "the header row cannot be read: the byte 0xff"),
    ("a.csv.gz", b"no gzip at all", {}, "cannot be unpacked"),
    ("a.csv.gz", gzip.compress(ROWS)[:-9], {}, "cannot be unpacked"),
    ("a.zip", b"PK\x03\x04 broken", {}, "cannot be unpacked"),
    ("a.zip", zipped(ROWS, "a.csv", "../../b.csv"), {}, "it holds 2 files, not one"),
    ("a.zip", zipped(b"0" * 30_000_000), {"most_bytes": 1_000_000}, "unpacks to more than"),
    ("a.csv.gz", gzip.compress(b"0" * 30_000_000), {"most_bytes": 1_000_000}, "unpacks to more"),
    ("a.csv", ROWS, {"most_bytes": 10}, "`most_bytes` allows 10"),
    ("a.csv", ROWS, {"format": {"is": "csv", "trailer": {"first": "T"}}}, "it is truncated"),
    ("a.csv", ROWS + b"T,4\r\n", {"format": {"is": "csv", "trailer": {"first": "T"}}},
     "line 5 says 4 rows, the file has 3 rows"),
    ("a.csv", b"order,good\r\nT,0\r\n1,1\r\n", {"format": {"is": "csv", "trailer": {"first": "T"}}},
     "line 2 begins with 'T', not the end"),
    ("a.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", {"format": {"is": "xml"}}, "DOCTYPE"),
    ("a.xml", b"<a><b></a>", {"format": {"is": "xml"}}, "line 1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "more", "reason"), BROKEN)
async def test_a_file_that_cannot_be_read_is_rejected_with_its_reason_and_the_next_goes_on(
    folder: Exchanged, name: str, content: bytes, more: dict[str, Any], reason: str
) -> None:
    folder.rename_in(name, content)
    async with following(folder, **more) as follower:
        assert await follower.until(lambda: len(inside(folder, "rejected")) == 2)
        rejected, beside = inside(folder, "rejected")
        folder.rename_in("z.csv", b"\xff\xfe")
        assert await follower.until(lambda: len(follower.items) == 2)
    text = faults(follower.items)[0]
    assert reason in text
    assert (folder.root / "rejected" / rejected).read_bytes() == content
    assert reason in (folder.root / "rejected" / beside).read_text()
    assert beside == f"{rejected}.reason.txt"


async def test_a_trailer_that_agrees_is_no_row(folder: Exchanged) -> None:
    folder.rename_in("a.csv", ROWS + b"T,3\r\n")
    async with following(folder, format={"is": "csv", "trailer": {"first": "T"}}) as follower:
        assert await follower.until(lambda: len(inside(folder, "archive")) == 1)
    assert orders(follower.items) == ["1001", "1002", "1003"]


async def test_packed_files_are_read_like_others(folder: Exchanged) -> None:
    folder.rename_in("a.csv.gz", gzip.compress(ROWS))
    folder.rename_in("b.zip", zipped(ROWS.replace(b"100", b"200")))
    async with opened(folder) as files:
        assert orders(await some(files, 6)) == ["1001", "1002", "1003", "2001", "2002", "2003"]


async def test_a_gigabyte_without_a_line_end_costs_neither_memory_nor_the_next_file(
    folder: Exchanged,
) -> None:
    big(folder.root / "in" / "a.csv", 1 << 30, b"order,good\r\n")
    folder.rename_in("b.csv", ROWS)
    before = _peak()
    async with following(folder) as follower:
        assert await follower.until(lambda: len(orders(follower.items)) == 3, within=60)
        assert await follower.until(lambda: first_names(folder, "archive") == ["b"])
    assert _peak() - before < 100_000
    (text,) = faults(follower.items)
    assert "row 1 of a.csv: the line is longer than 1000000" in text
    fault = next(item for item in follower.items if item.kind == "file.fault")
    assert len(fault.raw) < 1000
    assert said(fault)["digest"][:12] in inside(folder, "rejected")[0]


def _peak() -> int:
    """The most memory this program ever held, in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


async def test_an_empty_file_is_told_and_archived(drop: Exchanged) -> None:
    drop.rename_in("a.csv", b"")
    async with following(drop) as follower:
        assert await follower.until(lambda: first_names(drop, "archive") == ["a"])
    (item,) = follower.items
    (finding,) = list(noted.reads(item, KNOWN))
    assert getattr(finding, "code", "") == "empty-file"


async def test_links_and_names_that_lead_out_are_left_where_they_are(folder: Exchanged) -> None:
    secret = folder.root.parent / "secret.csv"
    secret.write_bytes(ROWS)
    (folder.root / "in" / "link.csv").symlink_to(secret)
    (folder.root / "in" / "odd\nname.csv").write_bytes(ROWS)
    os.mkfifo(folder.root / "in" / "pipe.csv")
    async with following(folder) as follower:
        assert await follower.until(lambda: len(follower.items) == 3)
        await asyncio.sleep(0.1)
    assert sorted(findings(follower.items)) == ["not-a-file", "not-a-file", "unsafe-name"]
    assert (folder.root / "in" / "link.csv").is_symlink()
    assert secret.read_bytes() == ROWS


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
