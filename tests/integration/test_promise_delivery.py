"""Promises 4, 5 and 6: order per subject, no blind repeat, one exception per failure."""

import asyncio

import pytest

from andon.core.errors import DeniedError
from tests.integration.desk import PLANNER, case_of, desk_of
from tests.integration.plant import (
    Told,
    for_ever,
    lost,
    plant_on,
    rows_of,
    settled,
    until,
)


@pytest.mark.parametrize("to", ["keyed", "findable"])
async def test_a_lost_answer_is_found_out_and_the_effect_stays_one(database: str, to: str) -> None:
    async with plant_on(database) as plant, plant.working():
        fake = getattr(plant, to)
        fake.after["post-0"] = lost
        await plant.says(Told(order_id="A", to=to))
        await until(lambda: len(fake.effects) == 1)
        await until(lambda: len(fake.calls) + len(fake.looks) > 1)
        fake.after.clear()
        await settled(database)
        assert len(fake.effects) == 1
        if to == "findable":
            assert len(fake.calls) == 1


async def test_an_unknown_outcome_that_turns_out_refused_is_refused_in_their_words(
    database: str,
) -> None:
    async with plant_on(database) as plant, plant.working():
        fake = plant.findable
        fake.before["post-0"] = lost
        fake.refused_later = "rejected after a day"
        await plant.says(Told(order_id="A", to="findable"))
        await settled(database)
        assert (len(fake.calls), len(fake.looks), len(fake.effects)) == (1, 1, 0)
        async with rows_of(database) as db:
            said = await db.fetch("select data ->> 'says' from log where kind = 'refusal'")
        assert [one[0] for one in said] == ["rejected after a day"]


async def test_a_request_that_arrives_after_it_was_found_absent_stays_one(database: str) -> None:
    """The first look finds nothing, then the delayed request arrives: the second look finds it."""
    async with plant_on(database) as plant, plant.working():
        fake = plant.findable
        fake.before["post-0"] = for_ever
        await plant.says(Told(order_id="A", to="findable"))
        await until(lambda: len(fake.looks) == 1)
        fake.before.clear()
        fake.arrives_later(fake.calls[0], "A delayed")
        await settled(database)
        assert fake.done == ["A delayed"]
        assert len(fake.calls) == 1


async def test_absent_counts_after_a_second_look_and_then_it_is_sent_again(database: str) -> None:
    async with plant_on(database) as plant, plant.working():
        fake = plant.findable
        fake.before["post-0"] = for_ever
        await plant.says(Told(order_id="A", to="findable"))
        await until(lambda: len(fake.looks) == 1)
        fake.before.clear()
        await settled(database)
        assert len(fake.looks) >= 2
        assert len(fake.calls) == 2
        assert len(fake.effects) == 1


async def test_a_killed_call_to_a_findable_system_is_looked_for_not_sent(database: str) -> None:
    async with plant_on(database) as plant:
        fake = plant.findable
        fake.after["post-0"] = for_ever
        async with plant.working() as shift:
            await plant.says(Told(order_id="A", to="findable"))
            await until(lambda: len(fake.effects) == 1)
            await shift.kill()
        async with plant.working():
            await settled(database)
        assert (len(fake.calls), len(fake.effects)) == (1, 1)


async def test_where_nobody_can_tell_a_person_decides_and_nothing_is_repeated(
    database: str,
) -> None:
    async with plant_on(database) as plant, desk_of(plant) as desk, plant.working():
        plant.none.after["post-0"] = lost
        await plant.says(Told(order_id="A", to="none"))
        case = await case_of(database, "outcome-unknown")
        assert case["subject"] == "order/talker:A"
        assert case["choices"] == ["try again", "it was done", "give up"]
        await desk.answer(case["id"], "it was done", PLANNER)
        await settled(database)
        assert len(plant.none.calls) == 1
        with pytest.raises(DeniedError):
            await desk.answer(case["id"], "try again", PLANNER)


async def test_a_command_can_be_tried_again_after_each_parking(database: str) -> None:
    async with plant_on(database) as plant, desk_of(plant) as desk, plant.working():
        plant.none.after["post-0"] = lost
        await plant.says(Told(order_id="A", to="none"))
        first = await case_of(database, "outcome-unknown")
        await desk.answer(first["id"], "try again", PLANNER)
        await until(lambda: len(plant.none.calls) == 2)
        second = await case_of(database, "outcome-unknown")
        assert (second["id"], second["times"]) == (first["id"], 2)
        plant.none.after.clear()
        await desk.answer(second["id"], "try again", PLANNER)
        await settled(database)
        assert len(plant.none.calls) == 3


async def test_a_parked_command_blocks_its_own_subject_only(database: str) -> None:
    async with plant_on(database) as plant, desk_of(plant) as desk, plant.working():
        plant.none.after["post-0"] = lost
        await plant.says(Told(order_id="A", to="none"))
        case = await case_of(database, "outcome-unknown")
        await plant.says(Told(order_id="A", to="none", n=1))
        await plant.says(Told(order_id="B", to="none", n=2))
        await until(lambda: "order/talker:B post-2" in plant.none.done)
        assert "order/talker:A post-1" not in plant.none.done
        await desk.answer(case["id"], "give up", PLANNER)
        await until(lambda: "order/talker:A post-1" in plant.none.done)


async def test_one_subject_is_in_order_and_alone_others_beside_it(database: str) -> None:
    async with plant_on(database) as plant, plant.working():
        for n in range(12):
            await plant.says(Told(order_id="A", n=n))
            await plant.says(Told(order_id=f"B{n}", n=n))
        await settled(database)
        mine = [what for what in plant.keyed.done if what.startswith("order/talker:A ")]
        assert mine == [f"order/talker:A post-{n}" for n in range(12)]
        assert plant.keyed.together == 1


async def test_stop_overtakes_what_waits_before_it(database: str) -> None:
    async with plant_on(database) as plant, plant.working():
        go = asyncio.Event()

        async def held() -> None:
            await go.wait()

        plant.keyed.before["post-0"] = held
        await plant.says(Told(order_id="A", n=0))
        await until(lambda: len(plant.keyed.calls) == 1)
        await plant.says(Told(order_id="A", n=1))
        await plant.says(Told(order_id="A", flow="stop"))
        await until(lambda: plant.keyed.done == ["order/talker:A stop"])
        go.set()
        await settled(database)
        assert plant.keyed.done[1:] == ["order/talker:A post-0", "order/talker:A post-1"]


async def test_an_outage_is_said_once_and_ends_by_itself(database: str) -> None:
    async with plant_on(database) as plant, plant.working():
        plant.keyed.down = True
        for n in range(20):
            await plant.says(Told(order_id=f"O{n}"))
        case = await case_of(database, "unreachable")
        assert (case["connection"], case["class"]) == ("keyed", "clock")
        await plant.says(Told(order_id="X", to="findable"))
        await until(lambda: len(plant.findable.effects) == 1)
        plant.keyed.down = False
        await settled(database, within=15)
        assert len(plant.keyed.effects) == 20
        async with rows_of(database) as db:

            async def it_is_over() -> bool:
                state = await db.fetchval("select state from connection_state where name='keyed'")
                case = await db.fetchrow("select state, times from exception")
                return state == "running" and tuple(case) == ("resolved", 1)

            await until(it_is_over)


async def test_an_outage_that_outlives_its_worker_still_ends(database: str) -> None:
    async with plant_on(database) as plant:
        plant.keyed.down = True
        async with plant.working() as shift:
            await plant.says(Told(order_id="A"))
            await case_of(database, "unreachable")
            await shift.kill()
        plant.keyed.down = False
        async with plant.working():
            await settled(database)
            async with rows_of(database) as db:

                async def it_is_over() -> bool:
                    state = "select state from connection_state where name = 'keyed'"
                    case = "select state from exception"
                    return (await db.fetchval(state), await db.fetchval(case)) == (
                        "running",
                        "resolved",
                    )

                await until(it_is_over)


async def test_a_question_is_answered_once_and_the_run_goes_on(database: str) -> None:
    async with plant_on(database) as plant, desk_of(plant) as desk:
        async with plant.working() as shift:
            await plant.says(Told(order_id="A", flow="ask"))
            case = await case_of(database, "question")
            await shift.kill()
        await desk.answer(case["id"], "yes", PLANNER)
        with pytest.raises(DeniedError):
            await desk.answer(case["id"], "no", PLANNER)
        async with plant.working():
            await settled(database)
        assert plant.keyed.done == ["order/talker:A yes"]


async def test_a_paused_connection_stays_paused_over_a_restart(database: str) -> None:
    async with plant_on(database) as plant:
        async with plant.working():
            await plant.says(Told(order_id="A"))
            await settled(database)
        async with rows_of(database) as db:
            await db.execute("update connection_state set wanted = 'paused' where name = 'keyed'")
            async with plant.working():
                await plant.says(Told(order_id="B"))
                await plant.says(Told(order_id="C", to="findable"))
                await until(lambda: len(plant.findable.effects) == 1)
                assert len(plant.keyed.calls) == 1
                await db.execute(
                    "update connection_state set wanted = 'running' where name = 'keyed'"
                )
                await settled(database)
        assert len(plant.keyed.effects) == 2
