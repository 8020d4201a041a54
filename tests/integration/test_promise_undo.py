"""What a failed run did is taken back: last first, never before it is known, across restarts."""

import msgspec
import pytest

from andon.core.errors import RefusedError
from andon.core.workflow import Run, Workflow, workflow
from tests.integration.desk import decides
from tests.integration.plant import (
    POSTS,
    Plant,
    Told,
    for_ever,
    lost,
    plant_on,
    rows_of,
    settled,
    until,
)

STEPS = ("one", "two", "three", "four")


@workflow(on=Told, name="follow")
async def book(run: Run, said: Told) -> None:
    """Four effects, each with its opposite beside it; `n` of them succeed."""
    for what in STEPS:
        await run.send(POSTS[said.to](order_id=run.subject, what=what))
        run.undo(POSTS[said.to](order_id=run.subject, what=f"un-{what}"))
    raise ValueError("the body fails at its end")


@workflow(on=Told, name="follow")
async def race(run: Run, said: Told) -> None:
    """Leaves an effect on its way, and fails."""
    run.undo(POSTS["keyed"](order_id=run.subject, what="un-all"))
    effect = run.send(POSTS[said.to](order_id=run.subject, what="slow"))
    run.undo(POSTS[said.to](order_id=run.subject, what="un-slow"), of=effect)
    await run.first(effect, run.send(POSTS["keyed"](order_id=run.subject, what="fast")))
    raise ValueError("the body fails while the effect is unknown")


@workflow(on=Told, name="follow")
async def plain(run: Run, said: Told) -> None:
    """Compensation in plain Python."""
    await run.send(POSTS[said.to](order_id=run.subject, what="one"))
    try:
        await run.send(POSTS[said.to](order_id=run.subject, what="two"))
    except RefusedError:
        await run.send(POSTS[said.to](order_id=run.subject, what="un-one"))


def follows(plant: Plant, flow: Workflow) -> None:
    plant.plan = msgspec.structs.replace(
        plant.plan, workflows={flow.name: flow}, starts={Told.TYPE: [flow]}
    )


def words(done: list[str]) -> list[str]:
    return [what.split()[1] for what in done]


@pytest.mark.parametrize("k", range(5))
@pytest.mark.parametrize("to", ["keyed", "findable"])
async def test_a_failure_after_k_effects_undoes_exactly_k_in_reverse(
    database: str, k: int, to: str
) -> None:
    async with plant_on(database) as plant:
        follows(plant, book)
        target = next(fake for fake in plant.fakes if fake.name == to)
        if k < len(STEPS):
            target.refuses[STEPS[k]] = "no"
        async with plant.working():
            await plant.says(Told(order_id="A", to=to))
            await settled(database)
        did = list(STEPS[:k])
        assert words(target.done) == did + [f"un-{what}" for what in reversed(did)]
        async with rows_of(database) as db:
            (case,) = await db.fetch("select text from exception where code = 'workflow-failed'")
        assert (f"taken back: {k}" in case["text"]) == (k > 0)


async def test_nothing_is_undone_while_the_effect_is_unknown(database: str) -> None:
    async with plant_on(database) as plant:
        follows(plant, race)
        plant.none.after["slow"] = lost
        async with plant.working() as shift:
            await plant.says(Told(order_id="A", to="none"))

            async def asked() -> bool:
                async with rows_of(database) as db:
                    return await db.fetchval("select count(*) from exception") == 1

            await until(asked)
            assert (words(plant.none.done), words(plant.keyed.done)) == (["slow"], ["fast"])
            await shift.kill()
        async with plant.working():
            async with rows_of(database) as db:
                assert await db.fetchval("select state from delivery") == "parked"
                assert await db.fetchval("select state from run") == "running"
            assert words(plant.none.done) == ["slow"]
            await decides(plant, "outcome-unknown", "it was done")
            await settled(database)
        assert words(plant.none.done) == ["slow", "un-slow"]
        assert words(plant.keyed.done) == ["fast", "un-all"]


async def test_an_effect_that_did_not_happen_is_not_undone(database: str) -> None:
    async with plant_on(database) as plant:
        follows(plant, race)
        plant.none.before["slow"] = lost
        async with plant.working():
            await plant.says(Told(order_id="A", to="none"))
            await until(lambda: len(plant.none.calls) == 1)
            await decides(plant, "outcome-unknown", "give up")
            await settled(database)
        assert (words(plant.none.done), words(plant.keyed.done)) == ([], ["fast", "un-all"])


async def test_a_restart_in_the_middle_of_compensation_goes_on_there(database: str) -> None:
    async with plant_on(database) as plant:
        follows(plant, book)
        plant.findable.refuses["four"] = "no"
        plant.findable.after["un-two"] = for_ever
        async with plant.working() as shift:
            await plant.says(Told(order_id="A", to="findable"))
            await until(lambda: "order/talker:A un-two" in plant.findable.done)
            await shift.kill()
        plant.findable.after.clear()
        async with plant.working():
            await settled(database)
        did = ["one", "two", "three"]
        assert words(plant.findable.done) == did + [f"un-{what}" for what in reversed(did)]


async def test_a_refused_undo_is_a_persons_decision_and_the_rest_waits(database: str) -> None:
    async with plant_on(database) as plant:
        follows(plant, book)
        plant.keyed.refuses |= {"three": "no", "un-two": "the period is closed"}
        async with plant.working():
            await plant.says(Told(order_id="A"))
            await decides(plant, "question", "try again")
            await until(lambda: sum(key.endswith(".6") for key in plant.keyed.calls) == 1)
            assert words(plant.keyed.done) == ["one", "two"]
            plant.keyed.refuses.pop("un-two")
            await decides(plant, "question", "try again")
            await settled(database)
        assert words(plant.keyed.done) == ["one", "two", "un-two", "un-one"]


async def test_compensation_may_be_plain_python(database: str) -> None:
    async with plant_on(database) as plant:
        follows(plant, plain)
        plant.keyed.refuses["two"] = "no"
        async with plant.working():
            await plant.says(Told(order_id="A"))
            await settled(database)
        assert words(plant.keyed.done) == ["one", "un-one"]
        async with rows_of(database) as db:
            assert await db.fetchval("select state from run") == "ended"
