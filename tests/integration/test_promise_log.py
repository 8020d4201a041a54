"""Promises 1 to 3: accepted means durable, once, and no reader skips or repeats."""

import asyncio
import secrets
from datetime import timedelta
from typing import cast

import asyncpg
import msgspec
import pytest

from andon.core.connector import Item, Request
from andon.core.errors import Fault, InvalidError, MappingError
from andon.core.mapping import Known, Outbound, outbound
from andon.core.message import Command
from andon.core.record import Actor
from andon.engine.clock import SystemClock
from andon.engine.ingest import Ingest
from andon.store.raw import KEPT_WHOLE
from andon.store.sql import query
from tests.integration.plant import Plant, PostKeyed, Told, plant_on, rows_of, settled
from tests.integration.test_promise_delivery import desk_of

CLERK = Actor("clerk")


def _item(key: str, order: str, n: int = 0) -> Item:
    return Item(kind="told", key=key, raw=msgspec.json.encode(Told(order_id=order, n=n)))


def _senseless(command: PostKeyed, known: Known) -> Request:
    says = f"goes not with {known.local}"
    raise MappingError("It cannot be written", [Fault("/what", says), Fault("/order_id", says)])


async def _accept(plant: Plant, *items: Item) -> int:
    return len(await plant.ingest.accept(plant.plan.connections["talker"], items))


async def test_the_same_fact_is_recorded_once_in_one_batch_and_in_two(database: str) -> None:
    async with plant_on(database) as plant:
        assert await _accept(plant, _item("1", "A"), _item("1", "A"), _item("2", "B")) == 2
        assert await _accept(plant, _item("2", "B"), _item("3", "C")) == 1
        both = await asyncio.gather(*(_accept(plant, _item("4", "D")) for _ in range(30)))
        assert sum(both) == 1
        async with rows_of(database) as db:
            assert await db.fetchval("select count(*) from log") == 4
            assert await db.fetchval("select count(*) from exception") == 0


@pytest.mark.parametrize("together", [True, False])
async def test_other_content_under_a_known_id_is_one_exception_and_the_first_stands(
    database: str, together: bool
) -> None:
    async with plant_on(database) as plant:
        if together:
            assert await _accept(plant, _item("1", "A", 1), _item("1", "A", 2)) == 1
        else:
            assert await _accept(plant, _item("1", "A", 1)) == 1
            assert await _accept(plant, _item("1", "A", 2)) == 0
            assert await _accept(plant, _item("1", "A", 2)) == 0
        async with rows_of(database) as db:
            kept = await db.fetch("select data from log")
            cases = await db.fetch("select code, raw from exception")
        assert [msgspec.json.decode(row["data"])["n"] for row in kept] == [1]
        assert [case["code"] for case in cases] == ["same-id-other-content"]
        assert msgspec.json.decode(cases[0]["raw"])["n"] == 2


@pytest.mark.parametrize("key", [secrets.token_hex(20_000), "a\x00b", "\U0001f600" * 3000])
async def test_a_key_no_index_holds_stops_nobody_and_is_known_again(
    database: str, key: str
) -> None:
    """Another system may send any key; the item beside it must go on."""
    async with plant_on(database) as plant:
        unreadable = Item(kind="told", key=f"{key}-bad", raw=b"{}", mirror=f"{key}-row")
        assert await _accept(plant, _item(key, "A"), unreadable, _item("2", "B")) == 2
        assert await _accept(plant, _item(key, "A"), _item(f"{key}!", "A")) == 1
        async with rows_of(database) as db:
            ids = [row["id"] for row in await db.fetch("select id from log order by position")]
            causes = [row["cause"] for row in await db.fetch("select cause from exception")]
    assert len(set(ids)) == 3
    assert max(map(len, ids)) <= 600
    assert [cause.startswith("unreadable:talker:") for cause in causes] == [True]


async def test_of_other_content_too_large_to_keep_a_digest_and_the_size_are_kept(
    database: str,
) -> None:
    raw = msgspec.json.encode(Told(order_id="A", flow="x" * KEPT_WHOLE))
    large = Item(kind="told", key="1", raw=raw)
    async with plant_on(database) as plant:
        assert await _accept(plant, _item("1", "A"), large, _item("2", "B")) == 2
        async with rows_of(database) as db:
            case = await db.fetchrow("select text, raw, detail from exception")
    assert case is not None
    detail = msgspec.json.decode(case["detail"])
    assert case["raw"] is None
    assert (detail["id"], detail["bytes"] > KEPT_WHOLE, len(detail["sha256"])) == ("1", True, 64)
    assert "only the digest is kept" in case["text"]


async def test_an_unreadable_item_is_an_exception_and_the_next_goes_on(database: str) -> None:
    async with plant_on(database) as plant:
        bad = Item(kind="told", key="bad", raw=b'{"order_id": 7, "n": "x"}')
        assert await _accept(plant, bad, _item("good", "A")) == 1
        async with rows_of(database) as db:
            case = await db.fetchrow("select code, raw, detail from exception")
        assert case is not None
        assert (case["code"], bytes(case["raw"])) == ("unreadable-item", bad.raw)
        places = [fault["at"] for fault in msgspec.json.decode(case["detail"])["faults"]]
        assert sorted(places) == ["/n", "/order_id"]


async def test_what_was_accepted_is_there_after_its_session_is_killed(database: str) -> None:
    async with plant_on(database) as plant, rows_of(database) as db:
        for n in range(5):
            await asyncio.gather(*(_accept(plant, _item(f"{n}-{k}", f"O{k}")) for k in range(20)))
            await db.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'andon-ingest' and datname = current_database()"
            )
            assert await db.fetchval("select count(*) from log") == 20 * (n + 1)
            await _again(plant, _item(f"{n}-0", "O0"))


async def test_a_reader_misses_no_row_of_interleaved_and_idle_transactions(database: str) -> None:
    """Three appenders and a transaction left open: the follower stalls never and skips nothing."""
    async with plant_on(database) as plant, rows_of(database) as idle, rows_of(database) as db:
        await idle.execute("begin; insert into position values ('idle', 1)")
        others = [Ingest(plant.plan, database, SystemClock()) for _ in range(2)]
        for other in others:
            await other.open()
        ingests = [plant.ingest, *others]

        async def append(which: int) -> None:
            for n in range(80):
                items = [_item(f"{which}-{n}-{k}", f"O{which}") for k in range(3)]
                await ingests[which].accept(plant.plan.connections["talker"], items)

        async def follow() -> list[int]:
            seen: list[int] = []
            after = 0
            async with asyncio.timeout(60):
                while len(seen) < 720:
                    rows = await db.fetch(query("follow"), after, list(range(64)), 50)
                    seen += [row["position"] for row in rows]
                    after = seen[-1] if seen else 0
                    await asyncio.sleep(0)
            return seen

        *_, seen = await asyncio.gather(*(append(n) for n in range(3)), follow())
        assert seen == [
            r["position"] for r in await db.fetch("select position from log order by 1")
        ]
        await idle.execute("rollback")
        for other in others:
            await other.close()


async def test_an_idempotency_key_gives_the_same_answer_and_takes_no_other_payload(
    database: str,
) -> None:
    async with plant_on(database) as plant, desk_of(plant) as desk:
        command = PostKeyed(order_id="order/talker:A", what="asked")
        wait = timedelta(seconds=5)
        async with plant.working() as shift:
            first = await desk.submit(command, CLERK, key="k1", wait=wait)
            again = await desk.submit(command, CLERK, key="k1", wait=wait)
            assert (first.state, first.reference) == ("delivered", again.reference)
            await shift.kill()
        async with plant.working():
            assert await desk.submit(command, CLERK, key="k1", wait=wait) == first
            other = PostKeyed(order_id="order/talker:A", what="other")
            with pytest.raises(InvalidError):
                await desk.submit(other, CLERK, key="k1", wait=wait)
            await settled(database)
        assert len(plant.keyed.calls) == 1


async def test_who_asks_what_no_mapping_can_write_is_told_at_once_and_nothing_is_written(
    database: str,
) -> None:
    async with plant_on(database) as plant, desk_of(plant) as desk, plant.working():
        written = cast("dict[type[Command], Outbound]", plant.plan.connections["keyed"].outbound)
        good = written[PostKeyed]
        written[PostKeyed] = outbound(PostKeyed, proof="keyed", local=True)(_senseless)
        asked = PostKeyed(order_id="order/talker:A", what="asked")
        wait = timedelta(seconds=30)
        with pytest.raises(MappingError) as told:
            await desk.submit(asked, CLERK, key="k1", wait=wait)
        assert [fault.at for fault in told.value.faults] == ["/what", "/order_id"]
        async with rows_of(database) as db:
            for table in ("log", "seen", "delivery", "exception"):
                assert await db.fetchval(f"select count(*) from {table}") == 0, table

        # the key is free still; and what was done under it is answered, whatever comes later
        written[PostKeyed] = good
        done = await desk.submit(asked, CLERK, key="k1", wait=wait)
        assert plant.keyed.done == ["order/talker:A asked"]
        written[PostKeyed] = outbound(PostKeyed, proof="keyed", local=True)(_senseless)
        assert await desk.submit(asked, CLERK, key="k1", wait=wait) == done


async def test_a_receipt_survives_the_worker_that_got_it(database: str) -> None:
    async with plant_on(database) as plant:
        async with plant.working() as shift:
            await plant.says(Told(order_id="A"))
            await settled(database)
            await shift.kill()
        async with rows_of(database) as db:
            before = await db.fetch("select kind, data from log where kind = 'receipt'")
        async with plant.working():
            await plant.says(Told(order_id="B"))
            await settled(database)
        assert len(before) == 1
        assert msgspec.json.decode(before[0]["data"])["reference"] == "D1"
        assert len(plant.keyed.calls) == 2


async def _again(plant: Plant, item: Item) -> None:
    """A sender comes again until it is accepted, as its session may just have been killed."""
    from andon.engine.ingest import TooBusyError

    async with asyncio.timeout(30):
        while True:
            try:
                await _accept(plant, item)
                return
            except (TooBusyError, asyncpg.PostgresError):
                await asyncio.sleep(0.01)
