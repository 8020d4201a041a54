"""A system that cannot be opened is tried again; said once when it begins, once when it ends."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from andon.core.connector import Item, Settings, Source
from andon.core.errors import CredentialsError, ThrottledError, UnavailableError
from andon.core.plant import Connection
from andon.engine.clock import SystemClock
from andon.engine.plan import wire
from andon.engine.worker import Worker
from tests.integration.plant import Told, plant_on, rows_of, settled, told, until


async def test_a_sink_that_could_not_be_opened_is_opened_later_and_gets_what_waited(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with plant_on(database) as plant, rows_of(database) as db:
        plant.keyed.locked = UnavailableError("keyed refuses connections")
        async with plant.working():
            await until(lambda: plant.keyed.opens >= 2)
            await plant.says(Told(order_id="A"))
            await plant.says(Told(order_id="B", to="findable"))
            await until(lambda: plant.findable.done == ["order/talker:B post-0"])
            assert plant.keyed.calls == []

            async def state() -> str:
                return await db.fetchval("select state from connection_state where name = 'keyed'")

            assert await state() == "unreachable"
            plant.keyed.locked = None
            await settled(database)
            assert plant.keyed.done == ["order/talker:A post-0"]

            async def it_runs() -> bool:
                return await state() == "running"

            await until(it_runs)
        cases = await db.fetch("select code, state, times from exception")
    assert [tuple(case) for case in cases] == [("unreachable", "resolved", 1)]
    said = [one.getMessage() for one in caplog.records if one.name == "andon.engine.connections"]
    assert said == ["keyed is unreachable: keyed refuses connections", "keyed is running"]


@pytest.mark.parametrize("back", [True, False], ids=["it is back", "it is still away"])
async def test_a_kill_between_what_was_found_and_its_case_leaves_no_case_that_is_wrong(
    database: str, back: bool
) -> None:
    async with plant_on(database) as plant, rows_of(database) as db:
        plant.keyed.locked = UnavailableError("keyed refuses connections")

        async def open_cases() -> int:
            return await db.fetchval("select count(*) from exception where closed_at is null")

        async def as_it_should_be() -> bool:
            return await open_cases() == (0 if back else 1)

        async def not_yet() -> bool:
            return await open_cases() == (1 if back else 0)

        async with plant.working():
            await until(lambda: plant.keyed.opens >= 2)

            async def said() -> bool:
                return await open_cases() == 1 and await db.fetchval(
                    "select state = 'unreachable' from connection_state where name = 'keyed'"
                )

            await until(said)
        if back:  # as it stands when the answer was written and the end of the case was not
            plant.keyed.locked = None
            await db.execute("update connection_state set state = 'running', since = now()")
        else:
            await db.execute("delete from exception")
        assert await not_yet()
        async with plant.working():
            await until(as_it_should_be)


async def test_a_slow_system_holds_up_no_other_at_the_start(database: str) -> None:
    async with plant_on(database) as plant:
        plant.keyed.opening = asyncio.Event()
        async with plant.working():
            await plant.says(Told(order_id="B", to="findable"))
            await settled(database)
            await plant.says(Told(order_id="A"))
            plant.keyed.opening.set()
            await settled(database)
    assert plant.keyed.done == ["order/talker:A post-0"]


async def test_a_refused_login_waits_for_a_person_and_is_tried_again_on_resume(
    database: str,
) -> None:
    async with plant_on(database) as plant, rows_of(database) as db:
        plant.keyed.locked = CredentialsError("keyed does not know us")

        async def paused() -> bool:
            row = await db.fetchrow(
                "select state, wanted, reason from connection_state where name = 'keyed'"
            )
            return row is not None and tuple(row) == ("paused", "paused", "keyed does not know us")

        async def resume() -> None:
            await db.execute("update connection_state set wanted = 'running' where name = 'keyed'")
            await db.execute("select pg_notify('andon_connections', '')")

        async with plant.working():
            await plant.says(Told(order_id="A"))
            await until(paused)
            assert plant.keyed.opens == 1
            await resume()
            await until(lambda: plant.keyed.opens == 2)
            await until(paused)
            plant.keyed.locked = None
            await resume()
            await settled(database)
    assert plant.keyed.done == ["order/talker:A post-0"]


async def test_a_defect_in_opening_is_a_case_and_stops_nobody_else(database: str) -> None:
    async with plant_on(database) as plant, rows_of(database) as db:
        plant.keyed.locked = ZeroDivisionError("division by zero")
        async with plant.working():
            await plant.says(Told(order_id="B", to="findable"))
            await settled(database)

            async def said() -> str:
                return await db.fetchval("select text from exception") or ""

            async def it_is_said() -> bool:
                return "opening failed, ZeroDivisionError: division by zero" in await said()

            await until(it_is_said)
            plant.keyed.locked = None
            await plant.says(Told(order_id="A"))
            await settled(database)


async def test_an_answer_that_comes_after_a_pause_does_not_end_it(database: str) -> None:
    async with plant_on(database) as plant, rows_of(database) as db:
        held = asyncio.Event()

        async def wait() -> None:
            await held.wait()

        plant.keyed.after["post-0"] = wait
        async with plant.working():
            await plant.says(Told(order_id="A"))
            await until(lambda: len(plant.keyed.calls) == 1)
            await db.execute("update connection_state set wanted = 'paused' where name = 'keyed'")
            await db.execute("select pg_notify('andon_connections', '')")

            async def state() -> str:
                return await db.fetchval("select state from connection_state where name = 'keyed'")

            async def it_is_paused() -> bool:
                return await state() == "paused"

            await until(it_is_paused)
            held.set()
            await settled(database)
            await plant.says(Told(order_id="C", to="findable"))
            await settled(database)
            assert await state() == "paused"


class Busy(Source[Settings]):
    """A system that asks its readers to slow down, once."""

    settings_type = Settings

    def __init__(self, name: str, settings: Settings) -> None:
        super().__init__(name, settings)
        self.asked: list[float] = []

    async def read(self, after: str) -> AsyncIterator[Item]:
        del after
        self.asked.append(time.monotonic())
        if len(self.asked) == 1:
            raise ThrottledError("busy asks us to slow down", 0.9)
        yield Item(kind="told", key="1", raw=b'{"order_id":"A"}', position="1")
        await asyncio.Event().wait()


async def test_a_system_that_asks_its_reader_to_slow_down_is_left_alone_for_as_long(
    database: str,
) -> None:
    busy = Busy("busy", Settings())
    plan = wire(
        name="plant",
        site="here",
        connections=[(Connection("busy", Busy, [told]), busy)],
        workflows=[],
        routes=[],
        ownership=[],
        policies=[],
        messages=[Told],
    )
    worker = Worker(plan, database, SystemClock())
    working = asyncio.create_task(worker.run())
    async with rows_of(database) as db:

        async def recorded() -> bool:
            return await db.fetchval("select count(*) from log where type = $1", Told.TYPE) == 1

        await until(recorded)
        assert await db.fetchval("select count(*) from exception") == 0, "nothing is out of order"
    worker.stop()
    await working
    first, second = busy.asked
    assert second - first >= 0.9


async def test_a_source_that_another_worker_reads_costs_no_sessions(database: str) -> None:
    busy = Busy("busy", Settings())
    plan = wire(
        name="plant",
        site="here",
        connections=[(Connection("busy", Busy, [told]), busy)],
        workflows=[],
        routes=[],
        ownership=[],
        policies=[],
        messages=[Told],
    )
    opened = (
        "select count(*) from pg_stat_activity where application_name like 'andon-source %'"
        " and pid <> all($1::int[])"
    )
    first, second = (Worker(plan, database, SystemClock()) for _ in range(2))
    async with rows_of(database) as db:
        reading = asyncio.create_task(first.run())
        await until(lambda: bool(busy.asked))
        mine = [
            row["pid"]
            for row in await db.fetch(
                "select pid from pg_stat_activity where application_name like 'andon-source %'"
            )
        ]
        assert len(mine) == 1
        other = asyncio.create_task(second.run())
        seen = 0
        for _ in range(150):
            seen += await db.fetchval(opened, mine)
            await asyncio.sleep(0.01)
        first.stop()
        await reading

        async def the_other_reads() -> bool:
            return await db.fetchval(opened, mine) == 1

        await until(the_other_reads)
        second.stop()
        await other
    assert seen == 0
