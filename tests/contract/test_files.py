"""Files are taken once, whole and in order, and put away when they are recorded."""

import asyncio
import os
from typing import Any

import pytest

from andon.connectors._folders.place import Place
from andon.connectors._folders.ready import Watch
from andon.connectors.files.simulator import Exchanged
from andon.testing.conformance.trial import Follower
from tests.contract.exchange import (
    ROWS,
    faults,
    findings,
    first_names,
    following,
    inside,
    opened,
    orders,
    said,
    some,
)


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
    """Its time is the test's, so that no pause of this machine lets it stand still."""
    async with opened(drop, settle="300 ms") as files:
        watch, folder, clock = Watch(files.settings), files._exchange._folder, 0.0

        async def ready() -> list[str]:
            found = watch.look(await folder.list("in"), now=clock, today=0.0)
            return [entry.name for entry in found.files]

        for n in range(0, len(ROWS), 6):
            drop.write_in_place("a.csv", ROWS[n : n + 6], more=True)
            assert await ready() == []
            clock += 0.29
            assert await ready() == []
        clock += 0.02
        assert await ready() == ["a.csv"]
        items = await some(files, 3)
    assert orders(items) == ["1001", "1002", "1003"]
    assert faults(items) == []


async def test_a_file_that_grew_while_it_was_taken_is_given_back(drop: Exchanged) -> None:
    drop.write_in_place("a.csv", ROWS[:-4])
    async with opened(drop) as files:
        work = files._exchange._intake._work
        await work.open()
        (entry,) = [e for e in await files._exchange._folder.list("in") if e.what == "file"]
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


async def test_a_marker_whose_file_was_taken_before_a_kill_is_removed(drop: Exchanged) -> None:
    (drop.root / "in" / ".taken" / "mes").mkdir(parents=True)
    (drop.root / "in" / ".taken" / "mes" / "000001~a.csv").write_bytes(ROWS)
    drop.write_in_place("a.csv.ok", b"")
    async with following(drop, marker="{name}.ok") as follower:
        assert await follower.until(lambda: len(follower.items) == 3)
        assert inside(drop, "in") == [".taken"]


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
