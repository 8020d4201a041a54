"""A policy may ask for a person's approval: recorded, in its place, and sent or refused."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest

from andon.core.connector import Door, Offer
from andon.core.errors import DeniedError, InvalidError
from andon.core.plant import Allow, Approve, Decision, Policy
from andon.core.record import Actor
from andon.core.workflow import Run, workflow
from andon.engine.clock import SystemClock
from andon.engine.offering import Offering
from tests.integration.desk import PLANNER, case_of, decides, desk_of
from tests.integration.mortal import follows
from tests.integration.plant import (
    Fake,
    Plant,
    PostKeyed,
    Stop,
    Told,
    plant_on,
    rows_of,
    settled,
    until,
)

PROGRAM = Actor("program")
NOW = timedelta(0)
LONG = timedelta(seconds=5)


def large(command: PostKeyed, actor: Actor) -> Decision:
    """What is large needs the planner, and what is huge the director too."""
    return Approve("planner", "it is large") if command.what in ("large", "huge") else Allow()


def huge(command: PostKeyed, actor: Actor) -> Decision:
    return Approve("director", "it is huge") if command.what == "huge" else Allow()


def asks(plant: Plant) -> None:
    """Large posts of this plant need approval."""
    rules = [Policy(PostKeyed, large), Policy(PostKeyed, huge)]
    plant.plan = msgspec.structs.replace(plant.plan, policies={PostKeyed: rules})


@workflow(on=Told, name="follow")
async def post(run: Run, said: Told) -> None:
    """Posts something large between two small things."""
    await run.send(PostKeyed(order_id=run.subject, what="before"))
    try:
        await run.send(PostKeyed(order_id=run.subject, what=said.to))
    except DeniedError as error:
        so = "told-so" if "denied by planner" in str(error) else "told something else"
        await run.send(PostKeyed(order_id=run.subject, what=so))
    await run.send(PostKeyed(order_id=run.subject, what="after"))


def words(plant: Plant) -> list[str]:
    return [what.split()[1] for what in plant.keyed.done]


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("answer", ["approve", "deny"])
async def test_a_workflows_command_waits_for_a_person_also_across_a_restart(
    database: str, answer: str, restart: bool
) -> None:
    async with plant_on(database) as plant:
        asks(plant)
        follows(plant, post)
        async with plant.working() as shift:
            await plant.says(Told(order_id="A", to="large"))
            case = await case_of(database, "approval")
            assert (case["team"], case["choices"]) == ("planner", ["approve", "deny"])
            assert "it is large" in case["text"]
            assert words(plant) == ["before"]
            if restart:
                await shift.kill()
            else:
                await decides(plant, "approval", answer)
                await settled(database)
        if restart:
            await decides(plant, "approval", answer)  # while nobody works
            async with plant.working():
                await settled(database)
        said = "large" if answer == "approve" else "told-so"
        assert words(plant) == ["before", said, "after"]
        assert len(plant.keyed.calls) == 3


async def test_an_approval_keeps_its_place_before_later_commands_of_its_order(
    database: str,
) -> None:
    async with plant_on(database) as plant, desk_of(plant) as desk:
        asks(plant)
        async with desk_of(plant) as desk, plant.working():
            large_one = PostKeyed(order_id="order/talker:A", what="large")
            stood = await desk.submit(large_one, PROGRAM, key="k1", wait=NOW)
            assert stood.state == "awaiting"
            await plant.says(Told(order_id="A"))
            await plant.says(Told(order_id="B"))
            await until(lambda: plant.keyed.done == ["order/talker:B post-0"])
            await decides(plant, "approval", "approve")
            await settled(database)
        assert plant.keyed.done[1:] == ["order/talker:A large", "order/talker:A post-0"]


async def test_whoever_waits_is_answered_when_the_process_is_to_end(database: str) -> None:
    async with plant_on(database) as plant:
        asks(plant)
        command = PostKeyed(order_id="order/talker:A", what="large")
        async with desk_of(plant) as desk:
            waiting = asyncio.create_task(desk.submit(command, PROGRAM, key="k1", wait=LONG))
            await case_of(database, "approval")
            desk.hurry()
            assert (await asyncio.wait_for(waiting, 3)).state == "awaiting"


async def test_the_same_key_tells_where_it_stands_and_then_its_outcome(database: str) -> None:
    async with plant_on(database) as plant:
        asks(plant)
        command = PostKeyed(order_id="order/talker:A", what="large")
        async with desk_of(plant) as desk, plant.working() as shift:
            for _ in range(3):
                stood = await desk.submit(command, PROGRAM, key="k1", wait=NOW)
                assert (stood.state, stood.key) == ("awaiting", "program:k1")
            other = PostKeyed(order_id="order/talker:A", what="huge")
            with pytest.raises(InvalidError, match="another payload"):
                await desk.submit(other, PROGRAM, key="k1", wait=NOW)
            await shift.kill()
        async with desk_of(plant) as desk, plant.working():
            assert (await desk.submit(command, PROGRAM, key="k1", wait=NOW)).state == "awaiting"
            await decides(plant, "approval", "approve")
            done = await desk.submit(command, PROGRAM, key="k1", wait=LONG)
            assert (done.state, done.reference) == ("delivered", "D1")
        async with rows_of(database) as db:
            assert await db.fetchval("select count(*) from exception") == 1
        assert len(plant.keyed.calls) == 1


async def test_a_denied_command_of_a_caller_is_a_refusal_and_no_other_case(database: str) -> None:
    async with plant_on(database) as plant:
        asks(plant)
        command = PostKeyed(order_id="order/talker:A", what="large")
        async with desk_of(plant) as desk, plant.working():
            await desk.submit(command, PROGRAM, key="k1", wait=NOW)
            await decides(plant, "approval", "deny")
            for _ in range(2):
                with pytest.raises(DeniedError, match="PostKeyed was denied by planner"):
                    await desk.submit(command, PROGRAM, key="k1", wait=LONG)
            case = await _answered(database)
            with pytest.raises(DeniedError, match="already answered"):
                await desk.answer(case, "approve", PLANNER)
            await desk.submit(
                PostKeyed(order_id="order/talker:A", what="small"), PROGRAM, key="k2", wait=LONG
            )
        assert plant.keyed.done == ["order/talker:A small"]
        async with rows_of(database) as db:
            assert await db.fetchval("select count(*) from exception") == 1


async def test_two_teams_are_asked_one_after_the_other(database: str) -> None:
    async with plant_on(database) as plant:
        asks(plant)
        follows(plant, post)
        async with plant.working() as shift:
            await plant.says(Told(order_id="A", to="huge"))
            assert (await case_of(database, "approval"))["team"] == "planner"
            await decides(plant, "approval", "approve")
            case = await case_of(database, "approval")
            assert (case["team"], "it is huge" in case["text"]) == ("director", True)
            assert words(plant) == ["before"]
            await shift.kill()
        async with plant.working():
            await decides(plant, "approval", "approve")
            await settled(database)
        assert words(plant) == ["before", "huge", "after"]


async def test_an_undo_waits_for_what_is_not_yet_approved(database: str) -> None:
    """A command that may still be approved is an effect that is not known."""

    @workflow(on=Told, name="follow")
    async def gives_up(run: Run, said: Told) -> None:
        effect = run.send(PostKeyed(order_id=run.subject, what="large"))
        run.undo(PostKeyed(order_id=run.subject, what="un-large"), of=effect)
        await run.first(effect, run.sleep(timedelta(milliseconds=100)))
        raise ValueError("it took too long")

    async with plant_on(database) as plant:
        asks(plant)
        follows(plant, gives_up)
        async with plant.working():
            await plant.says(Told(order_id="A"))
            async with rows_of(database) as db:

                async def gave_up() -> bool:
                    return await db.fetchval("select count(*) from journal") == 1

                await until(gave_up)
            assert plant.keyed.done == []
            await decides(plant, "approval", "approve")
            await settled(database)
        assert words(plant) == ["large", "un-large"]


async def _answered(dsn: str) -> int:
    async with rows_of(dsn) as db:
        return int(await db.fetchval("select id from exception where code = 'approval'"))


class Fetched(Fake):
    """A system that fetches its commands from us."""

    def doors(self) -> Sequence[Door]:
        return (Offer("GET", "/commands", lambda arrival, offered: b""),)


async def test_what_stands_behind_it_is_not_offered_and_a_stop_overtakes(database: str) -> None:
    async with plant_on(database) as plant:
        asks(plant)
        keyed = plant.plan.connections["keyed"]
        outbox = msgspec.structs.replace(keyed, connector=Fetched("keyed", plant.keyed.settings))
        plant.plan = msgspec.structs.replace(
            plant.plan, connections={**plant.plan.connections, "keyed": outbox}
        )
        (offer,) = outbox.connector.doors()
        assert isinstance(offer, Offer)

        async def offered() -> list[str]:
            offering = Offering(plant.plan, desk.pool, SystemClock())
            found = await offering.pending(outbox, offer)
            return [f"{one.request.body['order'][-1]} {one.request.target}" for one in found]

        async with desk_of(plant) as desk, plant.working():
            commands = [
                PostKeyed(order_id="order/talker:A", what="large"),
                PostKeyed(order_id="order/talker:A", what="small"),
                Stop(order_id="order/talker:A", what="stop"),
                PostKeyed(order_id="order/talker:B", what="small"),
            ]
            for n, command in enumerate(commands):
                await desk.submit(command, PROGRAM, key=f"k{n}", wait=NOW)
            assert sorted(await offered()) == ["A stop", "B small"]
            await decides(plant, "approval", "approve")

            async def all_offered() -> bool:
                return await offered() == ["A large", "A small", "A stop", "B small"]

            await until(all_offered)
