"""Purchases of the sandbox company: what came is in the books once, whatever the wires do."""

import asyncio
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from andon.connectors.odata.simulated.stocks import Stock
from andon.sandbox.lab import compare, supply
from andon.sandbox.lab.reckoning import Reckoned
from andon.sandbox.systems.contract_manufacturer import ContractManufacturer
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.planning import Planning
from andon.sandbox.systems.receiving import Receiving
from andon.sandbox.systems.supplier_edi import Called, SupplierEdi
from andon.sandbox.systems.supplier_portal import SupplierPortal
from andon.sandbox.truth import Arrived, Scrapped
from andon.sandbox.world import BEGAN
from tests.integration.plant import until
from tests.story.company import Served, served


def _otherwise(erp: Erp) -> set[str]:
    """Orders of which other amounts or days are promised than were ordered."""
    return {
        row["PurchasingDocument"]
        for row in erp.company.books.rows("A_PurchaseOrderScheduleLine").values()
        if row["ScheduleLineCommittedQuantity"] != row["ScheduleLineOrderQuantity"]
        or row["ScheduleLineDeliveryDate"] != row["SchedLineStscDeliveryDate"]
    }


@pytest.mark.story
async def test_an_order_that_cannot_be_made_is_seen_before_it_stands_at_the_line() -> None:
    async with served() as plant:
        world, erp = plant.company.world, plant.company.the(Erp)
        for lot, material, amount in (("H1", "HOUSING", 20), ("S1", "SEAL", 30)):
            _comes(plant, lot, material, amount)
        first, second = (erp.company.release("PUMP", n) for n in (10, 8))
        short = f"production-order/erp:{second}"

        async def asked() -> list[str]:
            cases = [
                one
                for one in await plant.cases()
                if one["team"] == "purchasing" and one["state"] == "open"
            ]
            return [one["text"] for one in cases if one["subject"] == short]

        async def said() -> bool:
            return bool(await asked())

        await until(said, within=30)
        assert "6 PC of SEAL missing" in (await asked())[0]

        async def believed() -> bool:
            both = [await _believed(plant, one, "missing") for one in (first, second)]
            return both == [[None], ["SEAL 6 PC"]]

        await until(believed, within=20)

        _comes(plant, "S2", "SEAL", 40)

        async def covered() -> bool:
            return not await asked() and await _believed(plant, second, "missing") == [None]

        await until(covered, within=30)
        assert world.truth.amount("S2", "A.STORE") == 40
        await _seals_that_nobody_posted_reach_a_customer(plant, second)


async def _seals_that_nobody_posted_reach_a_customer(plant: Served, order: str) -> None:
    """Seals break where they lie, and the books refuse to say so: their period is closed. Both the
    lot's case and that of the order which misses it show all that follows: what it is worth, where
    the order stands in the schedule, and who waits for its pumps."""
    world, erp, planning = plant.company.world, plant.company.the(Erp), plant.company.the(Planning)
    movements = erp.company.movements
    sold = erp.company.sales.place("17100001", "PUMP", Decimal(3), world.now().date())
    _break(plant, "S1", 1)
    await until(lambda: movements.stock(Stock("SEAL", "1710", "171A", "S1")) == 29, within=30)
    always, movements.open_from = movements.open_from, date(9000, 1, 1)
    _break(plant, "S2", 40)

    async def reached(team: str) -> tuple[int, dict[str, Any]]:
        subject = {"warehouse": "material-lot/company:S2", "purchasing": made}[team]
        for one in await plant.cases():
            if (one["subject"], one["team"], one["state"]) == (subject, team, "open"):
                _, case = await plant.ask("GET", f"/v1/exceptions/{one['id']}")
                return one["id"], case["reach"] or {}
        return 0, {}

    async def whole() -> bool:
        """Systems tell it one after the other; until the books are read again, S1 differs too."""
        both = [(await reached(team))[1] for team in ("warehouse", "purchasing")]
        gaps = [[gap["lot"] for gap in found.get("gaps", ())] for found in both]
        return gaps == [["material-lot/company:S2"]] * 2 and all(
            found["valued_by"] and found["orders"] and found["sales"] for found in both
        )

    made = f"production-order/erp:{order}"
    await until(whole, within=60)
    case, of_lot = await reached("warehouse")
    for found in (of_lot, (await reached("purchasing"))[1]):
        (gap,), (late,), (sale,) = found["gaps"], found["orders"], found["sales"]
        assert (gap["off"], gap["unit"], gap["worth"]) == ("40", "PC", "100 EUR")
        words = [(one["location"], one["source"], one["amount"]) for one in gap["words"]]
        assert words == [("production", "erp-stock", "40"), ("production", "wms", "0")]
        assert (late["order"], late["how"], late["missing"]) == (made, "misses", "SEAL 7 PC")
        job = planning.jobs[made]
        assert (late["machine"], datetime.fromisoformat(late["ends_at"])) == (job.line, job.ends)
        assert (sale["order"], sale["through"]) == (f"sales-order/erp:{sold}", made)
        assert sale["customer"] == "party/company:17100001"

    movements.open_from = always
    await plant.ask("POST", f"/v1/exceptions/{case}/answer", {"answer": "post again"})

    async def posted() -> bool:
        case, found = await reached("purchasing")
        return case != 0 and not found

    await until(posted, within=60)


def _break(plant: Served, lot: str, amount: int) -> None:
    world = plant.company.world
    broke = Scrapped(
        at=world.now(), lot=lot, material="SEAL", quantity=Decimal(amount), place="A.STORE",
        because="broken",
    )  # fmt: skip
    world.truth.happens(broke)


@pytest.mark.story
async def test_what_is_missing_is_asked_for_of_its_suppliers_and_whom_it_hurts_is_seen() -> None:
    """Each is asked in its own words, for what it still owes of the item: one by an 862, one by a
    DELFOR, one sees it at our API with its own order. An order placed while it is missing is
    asked at once. Each is told when it is urgent no more."""
    async with served(began=BEGAN) as plant:
        company = plant.company
        erp, mailbox, portal = (
            company.the(Erp),
            company.the(SupplierEdi),
            company.the(SupplierPortal),
        )
        purchases, wanted = erp.company.purchases, company.world.now() + timedelta(days=2)
        acme, beta = (mailbox.offices[number] for number in ("17300001", "17300003"))
        by_x12, by_edifact, by_api = (
            purchases.place(number, [("SEAL", Decimal(40))], wanted.date())
            for number in ("17300001", "17300003", portal.number)
        )
        other = purchases.place(portal.number, [("HOUSING", Decimal(40))], wanted.date())
        sold = erp.company.sales.place("17100001", "PUMP", Decimal(3), wanted.date())
        await until(
            lambda: bool(acme.taken and beta.taken) and {by_api, other} <= set(portal.found),
            within=60,
        )

        for lot, material, amount in (("H1", "HOUSING", 20), ("S1", "SEAL", 30)):
            _comes(plant, lot, material, amount)
        _, short = (erp.company.release("PUMP", n) for n in (10, 8))
        await until(lambda: bool(acme.called and beta.called and portal.called), within=60)
        day = acme.called[0].day
        assert list(acme.called) == [Called(by_x12, "SEAL", Decimal(6), day)]
        assert list(beta.called) == [Called(by_edifact, "SEAL", Decimal(6), day)]
        assert {n: text.rpartition(" ")[0] for n, text in portal.called.items()} == {
            by_api: "00010 SEAL 6 PC"
        }
        status, _ = await portal.ask("GET", f"/v1/supply/purchase-order/{by_x12}")
        assert status == 404

        async def hurt() -> list[tuple[str, str, str]]:
            cases = [one for one in await plant.cases() if one["team"] == "purchasing"]
            mine = [one for one in cases if one["subject"] == f"production-order/erp:{short}"]
            if not mine:
                return []
            _, case = await plant.ask("GET", f"/v1/exceptions/{mine[0]['id']}")
            return [(one["order"], one["customer"], one["item"]) for one in case["hurts"]]

        async def known() -> bool:
            return await hurt() == [(f"sales-order/erp:{sold}", "party/company:17100001", "PUMP")]

        await until(known, within=30)

        late = purchases.place("17300001", [("SEAL", Decimal(40))], wanted.date())
        await until(lambda: len(acme.called) == 2, within=60)
        assert (acme.called[1].order, acme.called[1].quantity) == (late, Decimal(6))
        assert acme.urgent(by_x12)
        assert acme.urgent(late)
        assert beta.urgent(by_edifact)

        _comes(plant, "S2", "SEAL", 40)
        await until(lambda: not portal.called, within=30)
        await until(lambda: (len(acme.called), len(beta.called)) == (4, 2), within=60)
        for office, number in ((acme, by_x12), (acme, late), (beta, by_edifact)):
            assert not office.urgent(number)
            days = {one.day for one in office.promised if one.order == number}
            told = [one for one in office.called if one.order == number][-1]
            assert (told.quantity, {told.day}) == (Decimal(6), days)
        page = await plant.page(f"purchase-order/erp:{by_x12}")
        told = [row for row in page["matrix"] if row["attribute"] == "expedite"]
        assert {cell["system"]: bool(cell["value"]) for cell in told[0]["cells"]} == {
            "andon": False,
            "suppliers": False,
        }


def _comes(plant: Served, lot: str, material: str, amount: int) -> None:
    world = plant.company.world
    world.truth.born(lot, material, sound=True)
    arrived = Arrived(
        at=world.now(), lot=lot, material=material, quantity=Decimal(amount), place="A.STORE",
        because="opening",
    )  # fmt: skip
    world.truth.happens(arrived)


async def _believed(plant: Served, order: str, attribute: str) -> list[object]:
    """What the warehouse says of it."""
    page = await plant.page(f"production-order/erp:{order}")
    rows = [row for row in page.get("matrix", []) if row["attribute"] == attribute]
    return [cell["value"] for row in rows for cell in row["cells"] if cell["system"] == "wms"]


@pytest.mark.story
async def test_orders_promises_receipts_and_advices_are_where_they_belong_once() -> None:
    """One supplier speaks X12, one EDIFACT, one asks our API and sees nothing of the others."""
    async with served(speed=300) as plant:
        company = plant.company
        erp, mailbox, dock = company.the(Erp), company.the(SupplierEdi), company.the(Receiving)
        portal = company.the(SupplierPortal)
        sellers = portal, company.the(ContractManufacturer)
        mailbox.odd["twice"], mailbox.odd["halves"] = 2, 1
        mailbox.mailbox.answers_lost = 1
        dock.outbox.odd["twice"] = 2
        dock.faults.add("lose")
        portal.twice = 2
        company.live(until=company.world.began + timedelta(hours=1))
        await until(lambda: bool(dock.counts) or bool(mailbox.struck["twice"]), within=30)
        await mailbox.stop()
        await asyncio.sleep(1)  # so long nobody answers there
        erp.faults.add("lose", 2)
        await mailbox.start()
        await company.lived()

        def found() -> dict[str, Reckoned]:
            came = supply.happened(company.world.truth)
            promised = supply.promised(mailbox, *sellers)
            return {
                "receipts": compare(came, supply.booked(erp)),
                "orders": supply.taken(erp, mailbox, *sellers),
                "promises": compare(promised, supply.promises_booked(erp)),
                "announced": compare(supply.announced(*sellers), supply.expected(dock)),
                "advices": compare(
                    supply.judged(mailbox, portal, dock), supply.advised(mailbox, portal)
                ),
            }

        try:
            await until(lambda: all(one.well for one in found().values()), within=30)
        except AssertionError:
            cases = [(case["code"], case["text"]) for case in await plant.cases()]
            pytest.fail(f"{found()} {portal.refused} {cases}")
        assert mailbox.struck["twice"] >= 1
        assert erp.faults.struck["lose"] == 2
        assert (portal.doubled, set(portal.done.values()), portal.refused) == (2, {1}, [])
        assert portal.shipped
        assert portal.advised
        assert all(office.taken for office in mailbox.offices.values())

        promised_otherwise = {f"purchase-order/erp:{number}" for number in _otherwise(erp)}
        assert promised_otherwise

        async def asked() -> bool:
            cases = [one for one in await plant.cases() if "otherwise than it was" in one["text"]]
            return {case["subject"] for case in cases} == promised_otherwise

        await until(asked, within=15)

        rows = erp.company.books.rows("A_PurchaseOrder").values()
        mine = {row["PurchaseOrder"] for row in rows if row["Supplier"] == portal.number}
        assert set(portal.found) == mine
        other = next(row["PurchaseOrder"] for row in rows if row["Supplier"] != portal.number)
        status, _ = await portal.ask("GET", f"/v1/supply/purchase-order/{other}")
        assert status == 404
        lot = {"material_id": "SEAL", "lot_id": "X", "quantity": {"amount": "1", "unit": "PC"}}
        lie = {"order_id": other, "shipment_id": "X", "packed": [lot]}
        status, words = await portal.ask("POST", "/v1/supply/announce-shipment", lie, key="lie")
        assert status == 422
        assert "is none of yours" in words["detail"]
        body = {"order_id": portal.found[0]}
        status, _ = await portal.ask("POST", "/v1/supply/post-receipt", body, key="more")
        assert status in (403, 422)

        status, ordered = await portal.ask("GET", f"/v1/supply/purchase-order/{portal.found[0]}")
        values = {one["attribute"]: one["value"] for one in ordered["values"]}
        number, material, _, unit, _ = values["ordered"].split(", ")[0].split(" ")
        none = {"line": number, "material_id": material, "quantity": {"amount": "0", "unit": unit}}
        status, _ = await portal.ask(
            "POST", "/v1/supply/confirm-purchase-order", {**body, "lines": [none]}, key="none"
        )
        assert status == 202
        waiting = [one["text"] for one in await plant.cases() if one["code"] == "approval"]
        assert any("delivers nothing of it" in text for text in waiting), waiting

        booked = {at: n for at, n in erp.company.movements.stocks.all() if at.material == "SEAL"}
        not_in_vans = sum(n for at, n in booked.items() if at.store in ("171A", "171W"))

        async def as_booked() -> bool:
            status, said = await plant.ask("GET", "/v1/availability/SEAL")
            sums = {one["source"]: Decimal(one["amount"]) for one in said.get("totals", ())}
            return status == 200 and sums == {
                "erp-stock": sum(booked.values()),
                "wms": not_in_vans,
            }

        await until(as_booked, within=60)

        page = await plant.page(f"purchase-order/erp:{portal.found[0]}")
        assert {"promised", "announced", "received", "judged"} <= {
            row["attribute"] for row in page["matrix"]
        }
