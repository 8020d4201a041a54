"""The feed on a real socket: coalesced, filtered, resumed, ended."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import msgspec
import pytest

from andon.api.feed import MOST_UNSENT, Listener
from andon.api.keyring import KeyRing
from andon.api.listening import Ears
from andon.store.generation import renew
from andon.visibility.place import Place
from tests.integration.api_plant import Plant, open_plant, served
from tests.integration.plant import rows_of, until

ORDER = "production-order/erp:1"
Event = tuple[str, dict[str, object]]


@pytest.fixture
async def plant(database: str) -> AsyncGenerator[Plant, None]:
    async with open_plant(database) as plant:
        yield plant


async def said(response: httpx.Response) -> AsyncIterator[Event]:
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, msgspec.json.decode(line.removeprefix("data: "))


@asynccontextmanager
async def listening(
    plant: Plant, address: str, key: dict[str, str], after: str | None = None
) -> AsyncGenerator[AsyncIterator[Event], None]:
    headers = key if after is None else {**key, "Last-Event-ID": after}
    async with (
        httpx.AsyncClient(timeout=10, trust_env=False) as client,
        client.stream("GET", f"{address}/v1/feed", headers=headers) as response,
    ):
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield said(response)


async def place(plant: Plant, position: int) -> str:
    return str(Place.of(await plant.db.fetchval("select id from generation"), position))


async def refused(address: str, key: dict[str, str], after: str) -> httpx.Response:
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        return await client.get(f"{address}/v1/feed", headers={**key, "Last-Event-ID": after})


async def hint(plant: Plant) -> None:
    await plant.db.execute("select pg_notify('andon_changed', '')")


async def test_changes_are_told_to_those_who_may_see_them(plant: Plant) -> None:
    await plant.subject(ORDER, site="riverside")
    await plant.subject("production-order/erp:2", site="hilltop", position=2)
    everything = await plant.key("read")
    hilltop = await plant.key("read", sites=["hilltop"])
    async with (
        served(plant) as address,
        listening(plant, address, everything) as all_events,
        listening(plant, address, hilltop) as some_events,
    ):
        assert await anext(all_events) == ("changed", {"subjects": [], "position": 0})
        assert await anext(some_events) == ("changed", {"subjects": [], "position": 0})
        await plant.record(1, ORDER)
        await hint(plant)
        assert await anext(all_events) == ("changed", {"subjects": [ORDER], "position": 1})
        await plant.record(2, "production-order/erp:2")
        await hint(plant)
        expected = ("changed", {"subjects": ["production-order/erp:2"], "position": 2})
        assert await anext(all_events) == expected
        assert await anext(some_events) == expected  # and nothing of riverside before it
        await plant.case("x")
        await hint(plant)
        assert (await anext(all_events))[0] == "exceptions"
        await plant.connection("wms")
        await hint(plant)
        assert (await anext(all_events))[0] == "connections"


async def test_what_was_missed_is_told_first(plant: Plant) -> None:
    await plant.record(1, ORDER)
    await plant.record(2, "production-order/erp:2")
    key = await plant.key("read")
    async with served(plant) as address:
        async with listening(plant, address, key, after=await place(plant, 1)) as events:
            assert (await anext(events))[1] == {
                "subjects": ["production-order/erp:2"],
                "position": 2,
            }
        async with listening(plant, address, key, after=await place(plant, 99)) as events:
            assert (await anext(events))[1] == {"subjects": None, "position": 2}


async def test_a_position_of_another_generation_is_refused_and_told_what_to_do(
    plant: Plant,
) -> None:
    await plant.record(1, ORDER)
    key = await plant.key("read")
    kept = await place(plant, 1)
    async with served(plant) as address:
        async with plant.db.acquire() as db:
            await renew(db)
        answer = await refused(address, key, kept)
        assert answer.status_code == 409
        detail = answer.json()["detail"]
        assert "another generation" in detail
        assert "Read everything again" in detail
        async with listening(plant, address, key, after=await place(plant, 1)) as events:
            assert (await anext(events))[1] == {"subjects": [], "position": 1}


@pytest.mark.parametrize("after", ["7", "nonsense", "0123456789ab-", "0123456789ab-7-8"])
async def test_what_is_no_position_is_refused_not_ignored(plant: Plant, after: str) -> None:
    key = await plant.key("read")
    async with served(plant) as address:
        answer = await refused(address, key, after)
    assert answer.status_code == 422
    assert [fault["at"] for fault in answer.json()["errors"]] == ["Last-Event-ID"]


async def test_whoever_listens_while_the_log_is_renewed_is_turned_away(plant: Plant) -> None:
    key = await plant.key("read")
    async with served(plant) as address, listening(plant, address, key) as events:
        await anext(events)
        await hint(plant)
        async with plant.db.acquire() as db:
            await renew(db)
        await hint(plant)
        with pytest.raises(StopAsyncIteration):
            await anext(events)


async def test_what_is_not_projected_yet_is_not_told(plant: Plant) -> None:
    await plant.db.execute("insert into position values ('project', 0)")
    key = await plant.key("read")
    async with served(plant) as address, listening(plant, address, key) as events:
        await anext(events)
        await plant.record(1, ORDER)
        await hint(plant)
        await plant.db.execute("update position set at = 1")
        await hint(plant)
        assert (await anext(events))[1] == {"subjects": [ORDER], "position": 1}


async def test_a_flood_is_told_as_one_change(plant: Plant) -> None:
    key = await plant.key("read")
    async with served(plant) as address, listening(plant, address, key) as events:
        await anext(events)
        async with plant.db.acquire() as db, db.transaction():
            await db.execute(
                "insert into log select n, 'event', 'erp', n::text, 't',"
                " 'production-order/erp:' || n,"
                " 'o', 0, 'c', null, now(), now(), 's', 'a', false, null, null, '{}'"
                " from generate_series(1, 500) n"
            )
        began = time.monotonic()
        for _ in range(50):
            await hint(plant)
        assert (await anext(events))[1] == {"subjects": None, "position": 500}
        for number in range(501, 504):
            await plant.record(number, ORDER)
            await hint(plant)
            assert (await anext(events))[1]["position"] == number
        assert time.monotonic() - began > 0.5  # four at most in a second


async def test_the_server_stops_within_a_second(plant: Plant) -> None:
    key = await plant.key("read")
    async with served(plant) as address, listening(plant, address, key) as events:
        await anext(events)
        ended = asyncio.ensure_future(_last(events))
        began = time.monotonic()
        from andon.api.app import end_streams

        end_streams(plant.app)
        await ended
        assert time.monotonic() - began < 1
        async with httpx.AsyncClient(trust_env=False) as client:
            late = await client.get(f"{address}/v1/feed", headers=key)
            assert late.status_code == 503


async def _last(events: AsyncIterator[Event]) -> None:
    async for _ in events:
        pass


async def test_who_does_not_read_is_dropped(plant: Plant) -> None:
    feed = plant.app.state.feed
    slow = Listener(frozenset())
    await feed.join(slow, None)
    assert all(slow.tell(b"x") for _ in range(MOST_UNSENT))
    await plant.record(1, ORDER)
    await hint(plant)
    async with asyncio.timeout(30):
        while slow.unsent.qsize() > 1:  # noqa: ASYNC110 a queue tells nobody that it shrank
            await asyncio.sleep(0.01)
    assert await slow.unsent.get() is None  # the end, and what was not sent is let go


async def test_listening_ends_when_told_though_its_session_was_ended_a_moment_before(
    database: str,
) -> None:
    named = {"application_name": "ears"}
    async with asyncpg.create_pool(database, min_size=0, max_size=1, server_settings=named) as pool:
        ears = asyncio.create_task(Ears(pool, KeyRing()).listen())
        await until(lambda: pool.get_size() == 1 and pool.get_idle_size() == 0)
        async with rows_of(database) as db:

            async def it_listens() -> bool:
                return await db.fetchval(
                    "select count(*) > 0 from pg_stat_activity where application_name = 'ears'"
                    " and state = 'idle' and query not ilike 'listen%'"
                )

            await until(it_listens)
            await db.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'ears'"
            )
        await until(lambda: pool.get_size() == 0)
        ears.cancel()
        ended, _ = await asyncio.wait({ears}, timeout=10)
        assert ended == {ears}
