"""What leaves the database is in a whole archive, and nothing leaves that something open needs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from andon.core.errors import SettingsError
from andon.store.archive import require_whole
from andon.store.ingest import Raised, raise_exceptions
from andon.store.lifetimes import Lifetimes
from andon.store.sql import query
from andon.visibility.subject import subject_page
from tests.integration.archived import (
    DAY,
    LATER,
    old_records,
    positions,
    read_by_all,
    rows_in,
    swept,
    types_left,
)
from tests.integration.plant import Ended, Told, plant_on, rows_of, settled, until

OLD = datetime(2020, 1, 1, tzinfo=UTC)
EVERY_SITE: frozenset[str] = frozenset()


async def read_up(db: asyncpg.Connection) -> None:
    """Waits until every follower has read everything."""

    async def read() -> bool:
        return await db.fetchval(query("archive_floor"), 64) == max(await positions(db))

    await until(read)


async def test_without_lifetimes_nothing_leaves(database: str, tmp_path: Path) -> None:
    async with rows_of(database) as db:
        await old_records(db, 100, at=OLD)
        assert await swept(db, tmp_path, Lifetimes()) == []
        assert len(await positions(db)) == 100
        assert rows_in(tmp_path) == []


async def test_each_type_has_its_lifetime_and_the_longest_pattern_counts(
    database: str, tmp_path: Path
) -> None:
    async with rows_of(database) as db:
        await old_records(db, 1_000, at=OLD)
        now = OLD + 10 * DAY
        lives = Lifetimes(records={"*": 3650 * DAY, "plant.even.*": 9.5 * DAY})
        (one,) = await swept(db, tmp_path, lives, now=now)
        # one a minute, 9.5 of 10 days: the first 720 minutes have outlived it
        assert (one.records, one.removed) == (359, 359)
        assert {row["position"] for row in rows_in(tmp_path)} == set(range(2, 720, 2))
        assert len(await positions(db)) == 641
        assert await swept(db, tmp_path, lives, now=now) == []


async def test_what_a_follower_has_not_read_stays(database: str, tmp_path: Path) -> None:
    async with rows_of(database) as db:
        await old_records(db, 100, at=OLD)
        lane = await db.fetchval("select lane from log where position = 53")
        await db.execute("update position set at = 40 where name = $1", f"lane:{lane}")
        await swept(db, tmp_path)
        unread = await db.fetchval(
            "select min(position) from log where lane = $1 and position > 40", lane
        )
        assert await positions(db) == set(range(unread, 101))
        await db.execute("update position set at = 99")
        await db.execute("delete from position where name = 'lane:7'")
        assert await swept(db, tmp_path) == []
        await db.execute("insert into position values ('lane:7', 100)")
        await db.execute("update position set generation = gen_random_uuid() where name = 'lane:9'")
        assert await swept(db, tmp_path) == []


async def test_a_plant_goes_on_after_its_past_was_archived(database: str, tmp_path: Path) -> None:
    async with plant_on(database) as plant, rows_of(database) as db:
        async with plant.working():
            for n in range(5):
                await plant.says(Told(order_id=f"A{n}", flow="three"))
            await settled(database)
            await read_up(db)
            before = await positions(db)
            await swept(db, tmp_path)
            left = await positions(db)
            assert left == {max(before)}  # the head of the log stays its head
            assert left | {row["position"] for row in rows_in(tmp_path)} == before
            assert len(rows_in(tmp_path, "runs")) == 5
            assert all(len(row["journal"]) == 3 for row in rows_in(tmp_path, "runs"))
            assert await db.fetchval("select count(*) from journal") == 0
            await plant.says(Told(order_id="B"))
            await settled(database)
        async with plant.working():
            await plant.says(Told(order_id="C"))
            await settled(database)
        assert plant.keyed.done[-2:] == ["order/talker:B post-0", "order/talker:C post-0"]
        assert len(plant.keyed.done) == 17


async def test_an_open_run_finds_what_it_waits_for_after_a_restart(
    database: str, tmp_path: Path
) -> None:
    async with plant_on(database) as plant, rows_of(database) as db:
        async with plant.working():
            await plant.says(Told(order_id="before"))
            await settled(database)
            await plant.says(Told(order_id="A", flow="post then wait"))
            await plant.says(Told(order_id="Z"))

            async def it_waits() -> bool:
                return bool(await db.fetchval("select count(*) from waiting")) and (
                    len(plant.keyed.done) == 3
                )

            await until(it_waits)
            await plant.says(Ended(order_id="Z", n=7))
            await read_up(db)
        await swept(db, tmp_path, Lifetimes(records={"*": DAY}))
        assert {row["subject"] for row in rows_in(tmp_path) if row["kind"] == "event"} == {
            "order/talker:before"
        }
        async with plant.working():  # the run comes back over its journal and its trigger
            await plant.says(Ended(order_id="A", n=3))
            await settled(database)
        assert plant.keyed.done[-1] == "order/talker:A saw-3"


async def test_what_is_not_delivered_is_delivered_after_the_sweep(
    database: str, tmp_path: Path
) -> None:
    async with plant_on(database) as plant, rows_of(database) as db:
        plant.keyed.down = True
        async with plant.working():
            await plant.says(Told(order_id="A"))

            async def it_waits() -> bool:
                return bool(await db.fetchval("select count(*) from delivery"))

            await until(it_waits)
            await read_up(db)
        await swept(db, tmp_path)
        plant.keyed.down = False
        async with plant.working():
            await settled(database)
    assert plant.keyed.done == ["order/talker:A post-0"]


async def test_an_open_case_keeps_the_records_of_its_subject(database: str, tmp_path: Path) -> None:
    async with rows_of(database) as db:
        await old_records(db, 100, at=OLD)
        case = Raised(
            cause="x", acts="operator", code="odd", team="t", text="T.", subject="order/talker:3"
        )
        await raise_exceptions(db, [case], OLD)
        await swept(db, tmp_path)
        assert await positions(db) == {15, 16, 17, 18, 19, 100}
        await db.execute("update exception set state = 'resolved', closed_at = $1", OLD)
        await swept(db, tmp_path)
        assert await positions(db) == {100}
        assert [row["cause"] for row in rows_in(tmp_path, "cases")] == ["x"]


async def test_repeats_are_known_for_the_declared_time_and_no_longer(
    database: str, tmp_path: Path
) -> None:
    async with plant_on(database) as plant, rows_of(database) as db:
        async with plant.working():
            await plant.says(Told(order_id="A"), key="once")
            await settled(database)
            await read_up(db)
        lives = Lifetimes(records={"*": DAY}, runs=DAY, seen=2000 * DAY)
        await swept(db, tmp_path, lives)  # the record is gone, its id is still known
        async with plant.working():
            await plant.says(Told(order_id="A"), key="once")
            await plant.says(Told(order_id="B"), key="other")
            await settled(database)
            assert len(plant.keyed.done) == 2
            await read_up(db)
        # the time of the archived record is known by its archive
        await swept(db, tmp_path, lives, now=LATER + 3000 * DAY)
        known = [row["id"] for row in await db.fetch("select id from seen order by id")]
    assert "once" not in known
    assert {row["id"] for row in rows_in(tmp_path, "seen")} >= {"once"}


async def test_a_programs_command_stays_while_its_key_is_known(
    database: str, tmp_path: Path
) -> None:
    async with rows_of(database) as db:
        await old_records(db, 10, at=OLD)
        await db.execute(
            "update log set kind = 'command', correlation = 'command/key:a:1' where position = 4"
        )
        await db.execute("insert into seen values ('command', 'key:a:1', '', 4)")
        await swept(db, tmp_path, Lifetimes(records={"*": DAY}))
        assert await positions(db) == {4, 10}
        await swept(db, tmp_path)
        assert await positions(db) == {10}


async def test_a_believed_claim_outlives_its_record(database: str, tmp_path: Path) -> None:
    order = "order/talker:A"
    async with plant_on(database) as plant, rows_of(database) as db, plant.working():
        await plant.says(Told(order_id="A", n=7))
        await settled(database)
        await read_up(db)

        async def value(as_of: datetime) -> object:
            page = await subject_page(db, order, sites=EVERY_SITE, now=LATER, as_of=as_of)
            return page.matrix[0].cells[0].value

        first = await value(LATER)
        await swept(db, tmp_path)
        thinned = LATER + DAY
        await plant.says(Told(order_id="A", n=8))
        await settled(database)
        await read_up(db)
        await db.execute("update log set recorded_at = $1 where claims->>'n' = '8'", thinned)
        assert (first, await value(LATER), await value(thinned)) == (7, 7, 8)
        with pytest.raises(Exception, match=r"cannot be told.*were archived"):
            await value(LATER - DAY)
        page = await subject_page(db, order, sites=EVERY_SITE, now=LATER)
        assert page.archived_until is not None


async def test_agreements_leave_and_disagreements_stay(database: str, tmp_path: Path) -> None:
    async with rows_of(database) as db:
        for n in range(5_000):
            agreed = OLD if n % 5 else None
            await db.execute(
                "insert into sync_lag values ($1, 'n', 'f', $2, $3, 1)", f"o/{n}", OLD, agreed
            )
        (one,) = await swept(db, tmp_path)
        assert (one.kind, one.records, one.removed) == ("agreements", 4_000, 4_000)
        assert await db.fetchval("select count(*) from sync_lag") == 1_000


@pytest.mark.parametrize("hurt", ["changed", "cut", "away"])
async def test_an_archive_that_is_not_whole_stops_the_removal(
    database: str, tmp_path: Path, hurt: str
) -> None:
    """A sweep was killed after its archive was written, and somebody touched the file."""
    async with rows_of(database) as db:
        await old_records(db, 100, at=OLD)
        (one,) = await swept(db, tmp_path, Lifetimes(records={"plant.even.*": DAY}))
        file = tmp_path / one.name
        await db.execute("update archive set done_at = null")
        whole = file.read_bytes()
        match hurt:
            case "changed":
                file.write_bytes(whole[:100] + b"x" + whole[101:])
            case "cut":
                file.write_bytes(whole[:-9])
            case _:
                file.unlink()
        left = await positions(db)
        with pytest.raises(SettingsError, match=r"cannot be read|not as it was written"):
            await swept(db, tmp_path)
        assert await positions(db) == left
        file.write_bytes(whole)
        require_whole(file)
        await swept(db, tmp_path)
        assert await db.fetchval("select count(*) from archive where done_at is null") == 0


async def test_a_folder_that_cannot_be_written_costs_nothing(database: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with rows_of(database) as db:
        await old_records(db, 10, at=OLD)
        with pytest.raises(SettingsError, match="cannot be written"):
            await swept(db, tmp_path / "file")
        assert len(await positions(db)) == 10


async def test_one_sweep_at_a_time(database: str, tmp_path: Path) -> None:
    async with rows_of(database) as db, rows_of(database) as other:
        await old_records(db, 10, at=OLD)
        await other.execute("select pg_advisory_lock(40230)")
        with pytest.raises(SettingsError, match="at work"):
            await swept(db, tmp_path)
        await other.execute("select pg_advisory_unlock(40230)")
        assert await swept(db, tmp_path)


async def test_an_archive_of_before_a_restore_is_not_written_over(
    database: str, tmp_path: Path
) -> None:
    async with rows_of(database) as db:
        await old_records(db, 20, at=OLD)
        (first,) = await swept(db, tmp_path, Lifetimes(records={"plant.even.*": DAY}))
        kept = (tmp_path / first.name).read_bytes()
        # the database of yesterday: it knows nothing of the archive
        await db.execute("truncate archive restart identity")
        await swept(db, tmp_path, Lifetimes(records={"plant.odd.*": DAY}))
        assert (tmp_path / first.name).read_bytes() == kept
        assert len(rows_in(tmp_path)) == 19


async def test_types_without_a_lifetime_stay_among_those_with_one(
    database: str, tmp_path: Path
) -> None:
    async with rows_of(database) as db:
        await old_records(db, 12_000, at=OLD)
        await swept(db, tmp_path, Lifetimes(records={"plant.even.v1": timedelta(days=1)}))
        await read_by_all(db)
        assert await types_left(db) == ["plant.even.v1", "plant.odd.v1"]  # the head of the log
        assert len(await positions(db)) == 6_001
