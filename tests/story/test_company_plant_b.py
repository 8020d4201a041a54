"""Plant B keeps its old systems: tables and a batch at one end, B2MML files at the other."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest

from andon.sandbox.lab import plant_b
from andon.sandbox.systems.erp_b import ErpB
from andon.sandbox.systems.machines_b import LINE, MachinesB
from andon.sandbox.truth import Consumed, Finished, Made
from tests.integration.plant import until
from tests.story.company import Served, served


@pytest.mark.story
async def test_what_the_line_made_is_staged_once_and_the_batch_takes_it_over() -> None:
    async with served(speed=360) as plant:
        world, erp = plant.company.world, plant.company.systems["erp-b"]
        assert isinstance(erp, ErpB)
        line = plant.company.the(MachinesB)
        plant.company.live(until=world.began + timedelta(hours=2, minutes=5))
        await until(lambda: _line(plant, "Executing"), within=30)
        await line.stop()
        await until(lambda: _line(plant, "NotAvailable"), within=30)
        await line.start()
        await plant.company.lived()
        await until(lambda: _staged(erp) == _happened(plant), within=40)
        orders = {row[0] for row in erp.rows("select ORDNO from WORKORD")}
        done = [
            fact
            for fact in world.truth.facts
            if isinstance(fact, Finished) and fact.order in orders
        ]
        assert len(done) > 4

        erp.batch()
        for lot, place in world.truth.everywhere():
            if place == "B.STORE":
                there = erp.rows(f"select QTYM from STOCK where LOT = '{lot}'")
                assert there == [(int(world.truth.amount(lot, place) * 1000),)]

        # The controller says by OPC UA what the line does and has made, whatever was missed.
        state, good = plant_b.line(world.truth)
        await until(lambda: _line(plant, state, f"{good.normalize():f} PCE"), within=30)

        # What the export said is what Andon shows as the ERP's belief.
        lot = done[0].lot
        await until(lambda: _believed(plant, lot, f"{done[0].good.normalize():f} PCE"), within=30)


async def _believed(plant: Served, lot: str, amount: str) -> bool:
    page = await plant.page(f"material-lot/company:{lot}")
    return amount in str(page.get("beliefs", page))


async def _line(plant: Served, state: str, good: str | None = None) -> bool:
    """Whether this is what Andon believes of the line."""
    page = await plant.page(f"equipment/company:{LINE}")
    held = {row["attribute"]: row["cells"][0]["value"] for row in page.get("matrix", ())}
    return held.get("state") == state and good in (None, held.get("good"))


def _happened(plant: Served) -> Counter[tuple[str, str, str, Decimal]]:
    found: Counter[tuple[str, str, str, Decimal]] = Counter()
    for fact in plant.company.world.truth.facts:
        match fact:
            case Consumed(place="B.STORE"):
                found["ISSUE", fact.order, fact.lot, fact.quantity] += 1
            case Made(place="B.STORE"):
                found["RECPT", fact.order, fact.lot, fact.good] += 1
            case _:
                pass
    return found


def _staged(erp: ErpB) -> Counter[tuple[str, str, str, Decimal]]:
    found: Counter[tuple[str, str, str, Decimal]] = Counter()
    for kind, order, lots in erp.rows("select KIND, ORDNO, LOTS from STAGING"):
        for part in (lots or "").split(";"):
            lot, _, amount = part.partition("=")
            if lot:
                found[kind, order, lot, Decimal(amount) / 1000] += 1
    return found
