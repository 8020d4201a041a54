"""Subcontracting of the sandbox company: shafts go to a contract manufacturer, are plated there and
stay ours, and what becomes of them is in the books."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from andon.connectors.odata.simulated.movement_types import BLOCKED
from andon.connectors.odata.simulated.stocks import Stock
from andon.sandbox.lab import compare, inventory, subcontracting, supply
from andon.sandbox.lives.subcontracting import arrive, open_shafts, plate, provide, send_back
from andon.sandbox.systems.contract_manufacturer import WORKSHOP, ContractManufacturer
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.qms import Hold, Qms
from andon.sandbox.systems.receiving import Provided, Receiving
from andon.sandbox.systems.supplier_portal import SupplierPortal
from andon.sandbox.systems.wms import Wms
from andon.sandbox.world import BEGAN
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
        goods = erp.company.purchases.place(SupplierPortal.number, [("SEAL", Decimal(12))])
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
        await until(lambda: company.the(SupplierPortal).found == [goods], within=60)
        assert sorted(shop.found) == orders, "nobody sees the orders of another"
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


@pytest.mark.story
async def test_what_was_made_of_our_shafts_is_in_the_books_once_and_says_what_is_in_it() -> None:
    """Shafts of two lots are plated, three are spoiled. Words come twice and in another order,
    answers are lost, Andon is killed; afterwards one of the two lots turns out to be cracked."""
    async with served() as plant:
        company = plant.company
        erp, dock, shop = (
            company.the(Erp),
            company.the(Receiving),
            company.the(ContractManufacturer),
        )
        open_shafts(company.world)
        order = _ordered(plant, 250)
        lots = await _taken_there(plant, order)
        assert [(one.lot, one.quantity) for one in lots] == [("F00001", 200), ("F00002", 50)]

        erp.faults.add("lose", 3)
        shop.outbox.odd["twice"] = shop.outbox.odd["swapped"] = 3
        dock.outbox.odd["twice"] = 1
        for one in lots:
            shop.begin(order, one)
        made = [
            plate(company.world, shop, order, one, spoiled=3 - n) for n, one in enumerate(lots, 1)
        ]
        send_back(shop, order, made)
        arrive(company.world, dock, order, made)
        await plant.kill_andon()
        await plant.start_andon()
        await until(lambda: _well(plant), within=90)
        first, second = (one.lot for one in made)
        assert _in_store(plant, first) + _in_store(plant, second) == 250 - 3
        assert not shop.refused

        claims = await _asked(plant, order, "has spoiled some of what we provided", least=2)
        assert [one["team"] for one in claims] == ["purchasing"] * 2
        assert any("SHAFT 2 PC: burnt in the bath" in one["text"] for one in claims)
        for one in claims:
            assert await _answer(plant, one, "it is claimed") == 200

        await _hold(plant, "F00001")
        assert "was made of lot F00001" in await _issued(plant, first)
        assert "may pass" not in await _issued(plant, second), "nothing of the cracked lot is in it"


@pytest.mark.story
async def test_a_hold_of_provided_shafts_reaches_the_manufacturer_and_so_does_its_release() -> None:
    async with served() as plant:
        company = plant.company
        dock, shop = company.the(Receiving), company.the(ContractManufacturer)
        open_shafts(company.world)
        order = _ordered(plant, 40)
        (lot,) = await _taken_there(plant, order)
        hold = await _hold(plant, "F00001")
        await until(lambda: shop.stops(order, "F00001"), within=60)
        stopped = ("contract-manufacturer", "processing", "stopped: SHAFT 40 PC")

        async def said() -> bool:
            return stopped in await _believed(plant, f"purchase-order/erp:{order}")

        await until(said, within=60)
        status, _ = await plant.ask("GET", f"/v1/supply/purchase-order/{order}")
        assert status == 200
        assert company.the(SupplierPortal).found == []

        company.the(Qms).release(hold)
        await until(lambda: not shop.stops(order, "F00001"), within=60)
        made = [plate(company.world, shop, order, lot)]
        send_back(shop, order, made)
        arrive(company.world, dock, order, made)
        await until(lambda: _well(plant), within=60)
        assert await _asked(plant, order, "", least=0) == []


@pytest.mark.story
async def test_a_manufacturer_that_is_silent_past_its_day_is_asked_about_until_it_delivers() -> (
    None
):
    """An hour is half a second; the day of the order is the promised one."""
    async with served(began=BEGAN, speed=7200) as plant:
        company = plant.company
        dock, shop = company.the(Receiving), company.the(ContractManufacturer)
        open_shafts(company.world)
        order = _ordered(plant, 5, days=0)
        (lot,) = await _taken_there(plant, order)
        (late,) = await _asked(plant, order, "for a day that is over")
        assert late["team"] == "purchasing"
        made = [plate(company.world, shop, order, lot)]
        arrive(company.world, dock, order, made)
        await until(lambda: _well(plant), within=60)

        async def gone() -> bool:
            return not await _asked(plant, order, "for a day that is over", least=0)

        await until(gone, within=30)


@pytest.mark.story
async def test_what_comes_back_before_anybody_says_what_is_in_it_waits_for_that_word() -> None:
    async with served() as plant:
        company = plant.company
        erp, dock, shop = (
            company.the(Erp),
            company.the(Receiving),
            company.the(ContractManufacturer),
        )
        open_shafts(company.world)
        order = _ordered(plant, 12)
        (lot,) = await _taken_there(plant, order)
        await shop.stop()  # its program is down when its truck arrives
        made = [plate(company.world, shop, order, lot)]
        arrive(company.world, dock, order, made)

        async def heard() -> bool:
            page = await plant.page(f"purchase-order/erp:{order}")
            return any(row["attribute"] == "counted_at" for row in page.get("matrix", []))

        await until(heard, within=30)
        assert not list(subcontracting.consumption_booked(erp)), "nobody knows of which lot"
        await shop.start()
        await until(lambda: _well(plant), within=60)


def _ordered(plant: Served, amount: int, *, days: int = 2) -> str:
    company = plant.company
    wanted = (company.world.now() + timedelta(days=days)).date()
    place = company.the(Erp).company.purchases.subcontract
    return place(SHOP, [("SHAFT-ZN", Decimal(amount))], wanted)


def _well(plant: Served) -> bool:
    """The books say where every shaft is."""
    company, truth = plant.company, plant.company.world.truth
    erp = company.the(Erp)
    found = (
        compare(subcontracting.provided(truth), subcontracting.provisions_booked(erp)),
        compare(subcontracting.consumed(truth), subcontracting.consumption_booked(erp)),
        compare(subcontracting.scrapped(truth), subcontracting.scrap_booked(erp)),
        compare(supply.happened(truth), supply.booked(erp)),
    )
    error = inventory.stock_error(truth, erp, company.the(Wms))
    return all(one.well for one in found) and not error


async def _believed(plant: Served, subject: str) -> set[tuple[str, str, object]]:
    """System, attribute and value of each belief about it."""
    page = await plant.page(subject)
    rows = page.get("matrix", [])
    return {
        (cell["system"], row["attribute"], cell["value"]) for row in rows for cell in row["cells"]
    }


def _blocked(lot: str) -> Stock:
    return Stock("SHAFT", "1710", "171A", lot, BLOCKED)


async def _hold(plant: Served, lot: str) -> Hold:
    """An inspector holds it; Andon has taken the word of it."""
    qms = plant.company.the(Qms)
    hold = qms.place(lot, "cracks under the lens")
    await until(lambda: hold.heard_at is not None, within=30)
    return hold


async def _taken_there(plant: Served, order: str) -> Sequence[Provided]:
    """The shafts are with the manufacturer, who has counted them."""
    company = plant.company
    dock, shop = company.the(Receiving), company.the(ContractManufacturer)
    await until(lambda: bool(dock.provisions.open()) and order in shop.found, within=60)
    (asked,) = dock.provisions.open()
    lots = provide(company.world, dock, None, asked)
    shop.take_in(order, lots)
    return lots


async def _asked(plant: Served, order: str, words: str, *, least: int = 1) -> list[dict[str, str]]:
    """The open questions about the order."""
    found: list[dict[str, str]] = []

    async def asked() -> bool:
        mine = f"purchase-order/erp:{order}"
        found[:] = [
            one
            for one in await plant.cases()
            if one["subject"] == mine and words in one["text"] and one["state"] == "open"
        ]
        return len(found) >= least

    await until(asked, within=60)
    return found


async def _answer(plant: Served, case: dict[str, str], answer: str) -> int:
    path = f"/v1/exceptions/{case['id']}/answer"
    status, _ = await plant.ask("POST", path, {"answer": answer})
    return status


def _in_store(plant: Served, lot: str) -> Decimal:
    where = Stock("SHAFT-ZN", "1710", "171A", lot)
    return plant.company.the(Erp).company.movements.stock(where)


async def _issued(plant: Served, lot: str) -> str:
    """What Andon says to who would take one of a lot."""
    body = {
        "lot_id": lot, "material_id": "SHAFT-ZN", "quantity": {"amount": "1", "unit": "PC"},
        "location": "production", "cost_center": "17101902",
    }  # fmt: skip
    key = {"Idempotency-Key": f"take-{lot}"}
    _, said = await plant.ask("POST", "/v1/inventory/issue-goods", body, **key)
    return str(said)
