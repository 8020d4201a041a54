"""Finance in the sandbox company: the journal says what the floor did, whatever is closed."""

from datetime import date, timedelta
from typing import Any

import pytest

from andon.sandbox.lab import reckon
from andon.sandbox.lab.finance import booked, happened
from andon.sandbox.systems.erp import Erp
from andon.sandbox.world import BEGAN
from tests.integration.plant import until
from tests.story.company import Served, served


@pytest.mark.story
async def test_a_missing_entry_and_a_closed_period_are_finances_questions_and_nothing_is_lost() -> (
    None
):
    async with served(speed=300, began=BEGAN) as plant:
        world, erp = plant.company.world, plant.company.systems["erp"]
        assert isinstance(erp, Erp)
        movements, ledger = erp.company.movements, erp.company.ledger
        ledger.breaking = 1  # the first movement is posted, and its entry is not
        plant.company.live(until=world.began + timedelta(hours=6))
        await until(lambda: bool(ledger.broken), within=30)
        always, movements.open_from = movements.open_from, date(9000, 1, 1)
        await until(lambda: _asked(plant, "Posting only possible in periods"), within=30)
        movements.open_from = always  # opened, and nobody tells Andon

        await until(lambda: _asked(plant, "are not in the journal"), within=40)
        ledger.repeat()
        await until(lambda: len(happened(world.truth)) > 20, within=60)
        await plant.company.rest(world.began + timedelta(hours=1))
        await until(lambda: _journal_is_whole(plant, erp), within=30)
        await until(lambda: _nothing_open(plant), within=30)


def _journal_is_whole(plant: Served, erp: Erp) -> bool:
    """Each fact once; an update that was repeated comes late."""
    found = reckon(happened(plant.company.world.truth), booked(erp))
    return not (found.lost or found.doubled)


async def _asked(plant: Served, words: str) -> bool:
    return any(words in case["text"] for case in await _of_finance(plant))


async def _nothing_open(plant: Served) -> bool:
    return not [case for case in await _of_finance(plant) if case["state"] != "resolved"]


async def _of_finance(plant: Served) -> list[dict[str, Any]]:
    return [case for case in await plant.cases() if case["team"] == "finance"]
