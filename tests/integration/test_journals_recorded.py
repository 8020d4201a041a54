"""Journals read from the database: the present body follows them, a changed one does not."""

import pytest

from andon.core.errors import ReplayError
from andon.core.workflow import Run, Workflow
from andon.engine.journal import Journal, follow
from andon.engine.recorded import recorded
from tests.integration.plant import Plant, Told, plant_on, rows_of, until
from tests.integration.plant import follow as flow

DONE = ("three", "late", "try", "sleep")
OPEN = ("ask", "race")


async def _journal(plant: Plant, told: Told, *, answers: int, state: str) -> Journal:
    plant.keyed.refuses["maybe"] = "no"
    async with plant.working():
        await plant.says(told)
        found: list[Journal] = []

        async def stands_so() -> bool:
            async with rows_of(plant.dsn) as db:
                found[:] = await recorded(db, "order/talker:A")
            return [(j.state, len(j.answers) >= answers) for j in found] == [(state, True)]

        await until(stands_so)
    return found[0]


@pytest.mark.parametrize("kind", [*DONE, *OPEN, "post then wait", "defect"])
async def test_every_verb_reads_back_as_it_was_asked(database: str, kind: str) -> None:
    state = "ended" if kind in DONE else "failed" if kind == "defect" else "running"
    answers = {"race": 2, "post then wait": 1, "three": 3, "ask": 0, "defect": 0}.get(kind, 2)
    async with plant_on(database) as plant:
        told = Told(order_id="A", flow=kind)
        journal = await _journal(plant, told, answers=answers, state=state)
        follow(journal, flow, plant.plan.contracts)
        assert all(step.data for step in journal.asked if step.verb == "send")

        async def changed(run: Run, said: Told) -> None:
            await run.ask("nobody", "Is this another body?", "yes")
            await flow.body(run, said)

        if journal.asked or state == "failed":
            with pytest.raises(ReplayError, match="new name"):
                follow(journal, Workflow("follow", Told, changed), plant.plan.contracts)
