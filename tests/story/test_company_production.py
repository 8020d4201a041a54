"""Plant A of the sandbox company: what was made is what the ERP has booked."""

from datetime import timedelta

import pytest

from andon.sandbox.lab import Reckoned, booked, happened, reckon
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.truth import Finished
from tests.integration.plant import until
from tests.story.company import Served, served


@pytest.mark.story
async def test_an_hour_of_orders_end_in_the_books_as_they_happened() -> None:
    async with served(speed=300) as plant:
        world = plant.company.world
        plant.company.live(until=world.began + timedelta(hours=1))
        await plant.company.lived()
        await until(lambda: _reckoned(plant).well, within=60)
        assert sum(1 for fact in world.truth.facts if isinstance(fact, Finished)) > 2


@pytest.mark.story
async def test_answers_that_are_lost_words_said_twice_and_a_kill_leave_the_books_as_they_are() -> (
    None
):
    async with served(speed=300) as plant:
        world, erp, mes = plant.company.world, _erp(plant), plant.company.systems["mes-a"]
        assert isinstance(mes, MesA)
        erp.faults.add("lose", 15)
        mes.outbox.odd |= {"twice": 10, "swapped": 5}
        plant.company.live(until=world.began + timedelta(hours=1))
        await until(lambda: erp.faults.struck["lose"] >= 5, within=30)
        await plant.kill_andon()
        await plant.start_andon()
        await plant.company.lived()
        await until(lambda: _reckoned(plant).well, within=90)
        assert erp.faults.struck["lose"] >= 5
        assert mes.outbox.struck["twice"] >= 5


def _erp(plant: Served) -> Erp:
    erp = plant.company.systems["erp"]
    assert isinstance(erp, Erp)
    return erp


def _reckoned(plant: Served) -> Reckoned:
    return reckon(happened(plant.company.world.truth), booked(_erp(plant)))
