"""Plant A of the sandbox company: what was made is what the ERP has booked."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest

from andon.sandbox.systems.erp import Erp
from andon.sandbox.truth import Consumed, Finished, Left, Made
from tests.integration.plant import until
from tests.story.company import Served, served


@pytest.mark.story
async def test_two_hours_of_orders_end_in_the_books_as_they_happened() -> None:
    async with served(speed=240) as plant:
        world = plant.company.world
        plant.company.live(until=world.began + timedelta(hours=2))
        await plant.company.lived()
        await until(lambda: _booked(plant) == _happened(plant), within=60)
        assert sum(1 for fact in world.truth.facts if isinstance(fact, Finished)) > 10


def _happened(plant: Served) -> Counter[tuple[str, str, str, Decimal]]:
    """(movement type, order or delivery, lot, amount) of all that went in, came out and left."""
    found: Counter[tuple[str, str, str, Decimal]] = Counter()
    for fact in plant.company.world.truth.facts:
        match fact:
            case Consumed():
                found["261", fact.order, fact.lot, fact.quantity] += 1
            case Made(lot=lot) if lot:
                found["101", fact.order, lot, fact.good] += 1
            case Left():
                found["601", fact.because, fact.lot, fact.quantity] += 1
            case _:
                pass
    return found


def _booked(plant: Served) -> Counter[tuple[str, str, str, Decimal]]:
    erp = plant.company.systems["erp"]
    assert isinstance(erp, Erp)
    rows = erp.company.books.rows("A_MaterialDocumentItem").values()
    return Counter(
        (
            row["GoodsMovementType"],
            row["ManufacturingOrder"] or row["Delivery"],
            row["Batch"],
            row["QuantityInEntryUnit"],
        )
        for row in rows
    )
