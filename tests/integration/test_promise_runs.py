"""Promises 1, 2 and 4 for runs: what was journaled goes on, wherever the worker was killed."""

import asyncio

import pytest

from tests.integration.plant import Ended, Told, for_ever, plant_on, rows_of, settled, until


async def test_a_run_goes_on_after_its_worker_is_killed(database: str) -> None:
    async with plant_on(database) as plant:
        async with plant.working() as shift:
            plant.keyed.before["two"] = for_ever
            await plant.says(Told(order_id="A", flow="three"))
            await until(lambda: len(plant.keyed.calls) >= 2)
            await shift.kill()
        assert plant.keyed.done == ["order/talker:A one"]
        plant.keyed.before.clear()
        async with plant.working():
            await settled(database)
        assert [what.split()[1] for what in plant.keyed.done] == ["one", "two", "three"]


async def test_many_runs_go_on_after_a_kill_and_none_is_forgotten(database: str) -> None:
    orders = [f"O{n}" for n in range(150)]
    async with plant_on(database) as plant:
        async with plant.working() as shift:
            plant.findable.after["two"] = for_ever
            for order in orders:
                await plant.says(Told(order_id=order, flow="three", to="findable"))
            await until(lambda: plant.findable.done.count("order/talker:O0 two") == 1)
            await until(lambda: len(plant.findable.effects) > 60)
            await shift.kill()
        plant.findable.after.clear()
        async with plant.working():
            await settled(database, within=20)
        for order in orders:
            mine = [w for w in plant.findable.done if w.startswith(f"order/talker:{order} ")]
            assert [what.split()[1] for what in mine] == ["one", "two", "three"], order


async def test_a_wait_takes_what_came_before_it_was_asked(database: str) -> None:
    async with plant_on(database) as plant, plant.working():
        plant.keyed.before["first"] = gate = _Gate()
        await plant.says(Told(order_id="A", flow="post then wait"))
        await until(lambda: gate.reached)
        await plant.says(Ended(order_id="A", n=7))
        async with rows_of(database) as db:
            last = await db.fetchval("select max(position) from log")

            async def the_event_is_passed() -> bool:
                at = "select coalesce(min(at), 0) from position where name like 'lane:%'"
                return await db.fetchval(at) >= last

            await until(the_event_is_passed)
        gate.open()
        await settled(database)
        assert plant.keyed.done[-1] == "order/talker:A saw-7"


async def test_a_wait_takes_what_came_before_it_also_after_a_kill(database: str) -> None:
    """The receipt and the wait are committed, the look back is not: the next owner looks back."""
    async with plant_on(database) as plant:
        async with plant.working() as shift:
            plant.keyed.before["first"] = gate = _Gate()
            await plant.says(Told(order_id="A", flow="post then wait"))
            await until(lambda: gate.reached)
            await plant.says(Ended(order_id="A", n=7))
            async with rows_of(database) as db:
                last = await db.fetchval("select max(position) from log")

                async def the_event_is_passed() -> bool:
                    at = "select coalesce(min(at), 0) from position where name like 'lane:%'"
                    return await db.fetchval(at) >= last

                await until(the_event_is_passed)
            await shift.kill()
        async with rows_of(database) as db:  # the state a kill just before the look back leaves
            run = await db.fetchval("select id from run")
            await db.execute(
                "insert into journal values ($1, 0, 1, (select max(position) from log) + 5, now(),"
                ' \'{"value": {"reference": "D1", "body": {}}}\')',
                run,
            )
            await db.execute("delete from delivery")
            await db.execute(
                "insert into waiting (run, n, subject, lane, types, after, asked_at)"
                " select id, 2, subject, lane, '{plant.order.ended.v1}', trigger,"
                " (select last_value from log_position) from run"
            )
        async with plant.working():
            await settled(database)
        assert plant.keyed.done[-1] == "order/talker:A saw-7"


@pytest.mark.parametrize("passed", [False, True])
async def test_a_body_that_came_to_wait_for_more_hears_it_in_runs_that_are_open(
    database: str, passed: bool
) -> None:
    """Their waits were written by the body before; what it passed is heard with the next record."""
    async with plant_on(database) as plant:
        async with plant.working() as shift:
            await plant.says(Told(order_id="A", flow="post then wait"))
            async with rows_of(database) as db:

                async def it_waits() -> bool:
                    return bool(await db.fetchval("select count(*) from waiting"))

                await until(it_waits)
                await shift.kill()
                await db.execute("update waiting set types = '{}'")  # as that body waited
        await plant.says(Ended(order_id="A", n=7))
        if passed:
            async with rows_of(database) as db:
                await db.execute("update position set at = (select max(position) from log)")
            await plant.says(Ended(order_id="A", n=8))
        async with plant.working():
            await settled(database)
        assert plant.keyed.done[-1] == "order/talker:A saw-7"


async def test_an_event_answers_the_wait_the_body_stands_at(database: str) -> None:
    """A wait that lost a race to a sleep does not swallow the event of the next round."""
    async with plant_on(database) as plant, plant.working():
        await plant.says(Told(order_id="A", flow="race"))
        await until(lambda: "order/talker:A reminded" in plant.keyed.done)
        await plant.says(Ended(order_id="A"))
        await settled(database)
        assert plant.keyed.done[-1] == "order/talker:A ended"
        async with rows_of(database) as db:
            assert await db.fetchval("select count(*) from waiting") == 0


async def test_sleeps_end_and_waits_are_late_also_across_a_restart(database: str) -> None:
    async with plant_on(database) as plant:
        async with plant.working() as shift:
            await plant.says(Told(order_id="A", flow="sleep"))
            await plant.says(Told(order_id="B", flow="late"))
            async with rows_of(database) as db:

                async def both_are_set() -> bool:
                    return await db.fetchval("select count(*) from timer") == 2

                await until(both_are_set)
            await shift.kill()
        async with plant.working():
            await settled(database)
        assert sorted(plant.keyed.done) == ["order/talker:A slept", "order/talker:B late"]


async def test_a_refusal_reads_the_same_on_replay(database: str) -> None:
    async with plant_on(database) as plant:
        plant.keyed.refuses["maybe"] = "no stock\x00!"
        plant.keyed.before["refused-42"] = for_ever
        async with plant.working() as shift:
            await plant.says(Told(order_id="A", flow="try"))
            await until(lambda: len(plant.keyed.calls) == 2)
            await shift.kill()
        plant.keyed.before.clear()
        async with plant.working():
            await settled(database)
        assert plant.keyed.done == ["order/talker:A refused-42"]


async def test_a_defect_in_one_body_is_one_exception_and_stops_no_other(database: str) -> None:
    async with plant_on(database) as plant, plant.working():
        await plant.says(Told(order_id="A", flow="defect"))
        await plant.says(Told(order_id="B"))
        await settled(database)
        assert plant.keyed.done == ["order/talker:B post-0"]
        async with rows_of(database) as db:
            cases = await db.fetch("select code, class, subject, run from exception")
        assert [tuple(case)[:3] for case in cases] == [
            ("workflow-failed", "developer", "order/talker:A")
        ]


async def test_a_worker_that_is_asked_to_stop_leaves_whole_journals(database: str) -> None:
    """SIGTERM in the middle of batches: every run goes on in the next worker."""
    async with plant_on(database) as plant:
        for n in range(100):
            await plant.says(Told(order_id=f"O{n}", flow="three"))
        for enough in (20, 90, 160):
            async with plant.working():
                await until(lambda enough=enough: len(plant.keyed.effects) >= enough)
        async with plant.working():
            await settled(database, within=20)
        assert len(plant.keyed.effects) == 300
        async with rows_of(database) as db:
            assert await db.fetchval("select count(*) from run where state = 'failed'") == 0


class _Gate:
    """Holds one call until it is opened."""

    def __init__(self) -> None:
        self.reached = False
        self._open = asyncio.Event()

    async def __call__(self) -> None:
        self.reached = True
        await self._open.wait()

    def open(self) -> None:
        self._open.set()
