"""Returns of the sandbox company: what came damaged leaves by a driver, and the books with it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from andon.sandbox.lab import compare, inventory, returns, supply
from andon.sandbox.lives import purchasing, returning
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.receiving import ASIDE, Counted, Receiving
from andon.sandbox.systems.supplier_edi import GivenBack, Shipped, SupplierEdi
from andon.sandbox.systems.supplier_portal import SupplierPortal
from andon.sandbox.systems.wms import Wms
from andon.sandbox.truth import Arrived, Strayed
from tests.integration.plant import until
from tests.story.company import Served, served

ACME, BETA, PORTAL = "17300001", "17300003", SupplierPortal.number
REPLACED, CREDITED = "send it back for replacement", "send it back for credit"


@pytest.mark.story
async def test_what_came_damaged_goes_back_once_and_everybody_concerned_knows_it() -> None:
    """Of three orders a piece each came broken. Two suppliers shall send another, one shall pay,
    and nothing more is expected of that; answers are lost on the way, and purchasing says it
    twice."""
    async with served() as plant:
        company = plant.company
        erp, dock, mailbox = company.the(Erp), company.the(Receiving), company.the(SupplierEdi)
        portal, truth = company.the(SupplierPortal), company.world.truth
        placed = await _placed(plant, ACME, BETA, PORTAL)
        erp.faults.add("lose", 2)
        dock.faults.add("lose", 2)
        for number, order in placed.items():
            _comes(plant, number, order, broken=1)

        said = {ACME: REPLACED, BETA: CREDITED, PORTAL: REPLACED}
        other = {REPLACED: CREDITED, CREDITED: REPLACED}
        for number, answer in said.items():
            case = await _asked(plant, placed[number], "than can be used")
            assert "1 PC of SEAL" in case["text"]
            assert await _answer(plant, case, answer) == 200
            await _answer(plant, case, answer)
            assert await _answer(plant, case, other[answer]) != 200, "it was decided"
        await until(lambda: len(dock.returns.all) == 3, within=60)
        assert sum(truth.amount(_lot(number), ASIDE) for number in placed) == 3

        erp.faults.add("lose")
        mailbox.mailbox.answers_lost = 1
        dock.outbox.odd["twice"] = 2
        _drivers_come(plant)
        assert sum(truth.amount(_lot(number), ASIDE) for number in placed) == 0

        def all_agree() -> bool:
            found = (
                compare(supply.happened(truth), supply.booked(erp)),
                compare(supply.went_back(truth), supply.returns_booked(erp)),
                compare(supply.told_back(truth, mailbox), supply.given_back(mailbox)),
            )
            error = inventory.stock_error(truth, erp, company.the(Wms))
            return all(one.well for one in found) and not error

        await until(all_agree, within=60)
        done = (placed[BETA], "00010")

        def nothing_more_is_expected_of_what_is_credited() -> bool:
            must = returns.settled(truth, erp, dock)
            return {done} == set(must) == set(returns.completed(erp))

        await until(nothing_more_is_expected_of_what_is_credited, within=60)
        assert erp.company.purchases.open("SEAL") == 2, "what is replaced is still to come"
        assert [one.given_back for one in mailbox.offices.values()] == [
            [GivenBack(f"S{number}", _lot(number), Decimal(1))] for number in (ACME, BETA)
        ]
        await until(lambda: bool(portal.coming_back), within=30)
        assert portal.coming_back == {placed[PORTAL]: f"S{PORTAL}: SEAL 1 PC, owed again"}
        assert len(dock.returns.all) == 3

        async def believed() -> bool:
            for number, answer in said.items():
                back = await _believed(plant, placed[number], "returned")
                owed = await _believed(plant, placed[number], "owed-again")
                if (back, owed) != ({f"S{number}: SEAL 1 PC"}, {answer == REPLACED}):
                    return False
            return True

        await until(believed, within=30)

        async def known() -> bool:
            said = [await _believed(plant, placed[one], "completed") for one in (ACME, BETA)]
            return said == [set(), {"00010"}]

        await until(known, within=30)
        left = [one for one in await plant.cases() if "goods receipt" in one["text"]]
        assert not left


@pytest.mark.story
async def test_what_was_used_meanwhile_or_is_out_of_the_books_already_is_a_question() -> None:
    async with served() as plant:
        company = plant.company
        erp, dock = company.the(Erp), company.the(Receiving)
        placed = await _placed(plant, ACME, BETA)
        for number, order in placed.items():
            _comes(plant, number, order, broken=2)
            case = await _asked(plant, order, "than can be used")
            await _answer(plant, case, REPLACED)
        await until(lambda: len(dock.returns.all) == 2, within=60)

        taken = Strayed(
            at=company.world.now(), lot=_lot(ACME), material="SEAL", quantity=Decimal(1),
            origin=ASIDE,
        )  # fmt: skip
        company.world.truth.happens(taken)
        by_hand = {
            "GoodsMovementType": "104", "Material": "SEAL", "Batch": _lot(BETA),
            "PurchaseOrder": placed[BETA], "PurchaseOrderItem": "00010",
            "QuantityInEntryUnit": Decimal(2),
        }  # fmt: skip
        erp.company.movements.post({}, [by_hand], "HUBER")
        _drivers_come(plant)

        absent = await _asked(plant, placed[ACME], "was not set aside on the dock")
        assert absent["team"] == "receiving"
        assert absent["text"].startswith(f"1 PC of SEAL (lot {_lot(ACME)})")
        await _answer(plant, absent, "it is settled")
        refused = await _asked(plant, placed[BETA], "its return is refused")
        assert "Deficit of PU GR blocked stock 2 PC" in refused["text"]
        await _answer(plant, refused, "it is posted")

        booked = {(row.order, row.quantity) for row in supply.returns_booked(erp)}
        assert booked == {(placed[ACME], 1)}
        offices = company.the(SupplierEdi).offices
        await until(lambda: all(one.given_back for one in offices.values()), within=60)
        told = {number: one.given_back for number, one in offices.items()}
        assert {number: back[0].quantity for number, back in told.items()} == {ACME: 1, BETA: 2}


@pytest.mark.story
async def test_what_is_owed_again_comes_on_a_shipment_of_its_own_and_then_nothing_is_owed() -> None:
    """Three suppliers shall send a piece again: one is asked by an 862, one by a DELFOR, one reads
    it at our API. What they send is announced, counted, received and told once, and closes the
    line; an order of which more is to come is not taken for done by it."""
    async with served() as plant:
        company = plant.company
        erp, dock, mailbox = company.the(Erp), company.the(Receiving), company.the(SupplierEdi)
        portal, truth = company.the(SupplierPortal), company.world.truth
        placed = await _placed(plant, ACME, BETA, PORTAL)
        for one in (*mailbox.offices.values(), portal):
            one.orders.clear()  # they are on the trucks below
        for number, order in placed.items():
            _comes(plant, number, order, broken=1)
            case = await _asked(plant, order, "than can be used")
            await _answer(plant, case, REPLACED)
        await until(lambda: len(dock.returns.all) == 3, within=60)
        mailbox.mailbox.answers_lost = 1
        erp.faults.add("lose")
        _drivers_come(plant)

        def asked() -> bool:
            owed = returns.owed_again(truth, dock)
            return compare(owed, returns.asked_again(mailbox, portal)).well

        await until(asked, within=60)
        assert sum(1 for _ in returns.owed_again(truth, dock)) == 3
        assert set(returns.completed(erp)) == set()

        dock.outbox.odd["twice"] = 2
        portal.twice = 1
        purchasing.dispatch(company.world, company.systems)
        company.world.run(company.world.now() + timedelta(hours=1))
        shipped = {n: one for o in mailbox.offices.values() for n, one in o.shipped.items()}
        shipped |= portal.shipped
        again = [one for one in shipped.values() if one.replaces]
        assert {one.order for one in again} == set(placed.values())
        assert [sum(lot[2] for lot in one.lots) for one in again] == [1, 1, 1]

        def all_agree() -> bool:
            found = (
                compare(supply.happened(truth), supply.booked(erp)),
                compare(supply.announced(portal), supply.expected(dock)),
                compare(supply.judged(mailbox, portal, dock), supply.advised(mailbox, portal)),
                compare(returns.settled(truth, erp, dock), returns.completed(erp)),
            )
            error = inventory.stock_error(truth, erp, company.the(Wms))
            return all(one.well for one in found) and not error

        await until(all_agree, within=60)
        assert set(returns.completed(erp)) == {(order, "00010") for order in placed.values()}
        assert erp.company.purchases.open("SEAL") == 0

        async def nothing_is_owed() -> bool:
            said = [await _believed(plant, one, "owed-again") for one in placed.values()]
            return said == [{False}] * 3

        await until(nothing_is_owed, within=30)
        cases = [case for case in await plant.cases() if case["state"] == "open"]
        assert not [one for one in cases if "in its place" in one["text"]]


def _lot(number: str) -> str:
    return f"{number[-1]}-0"


async def _placed(plant: Served, *suppliers: str) -> dict[str, str]:
    """An order of 12 seals to each, which all have taken."""
    company = plant.company
    wanted = (company.world.now() + timedelta(days=2)).date()
    place = company.the(Erp).company.purchases.place
    placed = {number: place(number, [("SEAL", Decimal(12))], wanted) for number in suppliers}
    offices, portal = company.the(SupplierEdi).offices, company.the(SupplierPortal)

    def taken() -> bool:
        known = {order for one in offices.values() for order in one.taken} | set(portal.found)
        return known == set(placed.values())

    await until(taken, within=60)
    return placed


def _comes(plant: Served, number: str, order: str, *, broken: int) -> None:
    """All of it is on one truck, and some of it is broken: that stands aside."""
    company, lot = plant.company, _lot(number)
    mailbox, shipped = company.the(SupplierEdi), [("SEAL", lot, Decimal(12))]
    shipment = Shipped(f"S{number}", order, shipped)
    if number == PORTAL:
        company.the(SupplierPortal).ship(shipment)
    else:
        mailbox.ship(mailbox.offices[number], shipment)
    company.world.truth.born(lot, "SEAL", sound=True)
    fit, damaged = Decimal(12 - broken), Decimal(broken)
    for place, amount in (("A.STORE", fit), (ASIDE, damaged)):
        arrived = Arrived(
            at=company.world.now(), lot=lot, material="SEAL", quantity=amount, place=place,
            because=f"{order}/00010",
        )  # fmt: skip
        company.world.truth.happens(arrived)
    counted = [Counted("00010", "SEAL", lot, fit, damaged)]
    company.the(Receiving).close(order, shipment.shipment, counted)


def _drivers_come(plant: Served) -> None:
    """In an hour the clerk has given away what is on the list."""
    world = plant.company.world
    returning.begin(world, plant.company.systems)
    world.run(world.now() + timedelta(hours=1))


async def _asked(plant: Served, order: str, words: str) -> dict[str, str]:
    """The open question about the order."""
    found: list[dict[str, str]] = []

    async def asked() -> bool:
        mine = f"purchase-order/erp:{order}"
        found[:] = [
            one
            for one in await plant.cases()
            if one["subject"] == mine and words in one["text"] and one["answer"] is None
        ]
        return bool(found)

    await until(asked, within=60)
    return found[0]


async def _answer(plant: Served, case: dict[str, str], answer: str) -> int:
    path = f"/v1/exceptions/{case['id']}/answer"
    status, _ = await plant.ask("POST", path, {"answer": answer})
    return status


async def _believed(plant: Served, order: str, attribute: str) -> set[object]:
    """What the ERP and the dock say of it."""
    page = await plant.page(f"purchase-order/erp:{order}")
    rows = [row for row in page.get("matrix", []) if row["attribute"] == attribute]
    cells = [cell for row in rows for cell in row["cells"]]
    return {cell["value"] for cell in cells if cell["system"] in ("erp", "receiving")}
