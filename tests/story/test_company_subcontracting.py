"""Subcontracting of the sandbox company: shafts go to a contract manufacturer, are plated there and
stay ours, and what becomes of them is in the books."""

from datetime import timedelta
from decimal import Decimal

import pytest

from andon.connectors.odata.simulated.movement_types import BLOCKED
from andon.connectors.odata.simulated.stocks import Stock
from andon.sandbox.lab import compare, inventory, subcontracting
from andon.sandbox.lives.subcontracting import open_shafts, provide
from andon.sandbox.systems.contract_manufacturer import WORKSHOP, ContractManufacturer
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.qms import Qms
from andon.sandbox.systems.receiving import Receiving
from andon.sandbox.systems.supplier_portal import SupplierPortal
from andon.sandbox.systems.wms import Wms
from tests.integration.plant import until
from tests.story.company import Served, served

SHOP = ContractManufacturer.number


@pytest.mark.story
async def test_what_is_provided_is_ours_and_in_the_books_as_with_the_manufacturer_once() -> None:
    """Two orders of plated shafts. Answers are lost, the dock stutters, Andon is killed."""
    async with served() as plant:
        company = plant.company
        erp, dock, shop = (
            company.the(Erp),
            company.the(Receiving),
            company.the(ContractManufacturer),
        )
        open_shafts(company.world)
        erp.faults.add("lose", 1)
        dock.faults.add("lose", 2)
        orders = [_ordered(plant, 12), _ordered(plant, 30)]
        await until(lambda: len(dock.provisions.open()) == 2, within=60)
        await until(lambda: sorted(shop.found) == orders, within=60)

        erp.faults.add("lose", 2)
        dock.outbox.odd["twice"] = 2
        for one in dock.provisions.open():
            provide(company.world, dock, None, one)
        await plant.kill_andon()
        await plant.start_andon()
        await until(lambda: _well(plant), within=60)
        assert company.world.truth.amount("F00001", WORKSHOP) == 42
        assert len(dock.provisions.all) == 2

        async def seen() -> bool:
            return await _believed(plant, "material-lot/company:F00001") >= {
                ("erp-stock", f"provided.{SHOP}.unrestricted", "42 PC"),
                ("erp-stock", "stock.production.unrestricted", "158 PC"),
            }

        await until(seen, within=60)
        free = await plant.ask("GET", "/v1/availability/SHAFT")
        assert {one["free"] for one in free[1]["totals"]} == {str(20 * 200 - 42)}
        assert company.the(SupplierPortal).found == [], "nobody sees the orders of another"
        assert not shop.refused


@pytest.mark.story
async def test_what_left_before_the_word_of_its_hold_is_posted_all_the_same() -> None:
    async with served() as plant:
        company = plant.company
        erp, dock = company.the(Erp), company.the(Receiving)
        open_shafts(company.world)
        _ordered(plant, 12)
        await until(lambda: len(dock.provisions.open()) == 1, within=60)
        await _hold(plant, "F00001")
        await until(lambda: erp.company.movements.stock(_blocked("F00001")) == 200, within=60)

        for one in dock.provisions.open():
            provide(company.world, dock, None, one)
        await until(lambda: _well(plant), within=60)
        assert erp.company.movements.stock(_blocked("F00001")) == 188, "what is here stays blocked"


def _ordered(plant: Served, amount: int) -> str:
    company = plant.company
    wanted = (company.world.now() + timedelta(days=2)).date()
    place = company.the(Erp).company.purchases.subcontract
    return place(SHOP, [("SHAFT-ZN", Decimal(amount))], wanted)


def _well(plant: Served) -> bool:
    """The books say where every shaft is."""
    company, truth = plant.company, plant.company.world.truth
    erp = company.the(Erp)
    found = compare(subcontracting.provided(truth), subcontracting.provisions_booked(erp))
    return found.well and not inventory.stock_error(truth, erp, company.the(Wms))


async def _believed(plant: Served, subject: str) -> set[tuple[str, str, object]]:
    """System, attribute and value of each belief about it."""
    page = await plant.page(subject)
    rows = page.get("matrix", [])
    return {
        (cell["system"], row["attribute"], cell["value"]) for row in rows for cell in row["cells"]
    }


def _blocked(lot: str) -> Stock:
    return Stock("SHAFT", "1710", "171A", lot, BLOCKED)


async def _hold(plant: Served, lot: str) -> None:
    """An inspector holds it; Andon has taken the word of it."""
    qms = plant.company.the(Qms)
    hold = qms.place(lot, "cracks under the lens")
    await until(lambda: hold.heard_at is not None, within=30)
