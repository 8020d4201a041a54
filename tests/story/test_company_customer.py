"""Customers of the sandbox company: what they order is entered once, and they hear where it is."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from andon.sandbox.lab import customer
from andon.sandbox.systems.carrier import Carrier
from andon.sandbox.systems.crm import Crm
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.portal import Portal
from andon.sandbox.systems.tms import Tms
from andon.sandbox.truth import Arrived
from andon.sandbox.world import BEGAN
from tests.integration.plant import until
from tests.story.company import Served, served

EVENING = BEGAN + timedelta(hours=17)
"""An hour before the day ends where the plants are."""


def _on_the_shelf(plant: Served, lot: str, amount: Decimal) -> None:
    """Counted and typed in before anything happens."""
    world, erp = plant.company.world, plant.company.the(Erp)
    world.truth.born(lot, "PUMP", sound=True)
    world.truth.happens(
        Arrived(at=world.now(), lot=lot, material="PUMP", quantity=amount, place="W.01")
    )
    erp.company.movements.stock_up("PUMP", amount, lot, "171W")


@pytest.mark.story
async def test_what_a_customer_orders_is_entered_once_and_they_see_and_hear_where_it_is() -> None:
    async with served(speed=300, began=EVENING) as plant:
        company = plant.company
        erp, crm, portal = company.the(Erp), company.the(Crm), company.the(Portal)
        tms, carrier = company.the(Tms), company.the(Carrier)
        erp.faults.add("lose", 1)
        crm.faults.add("lose", 2)
        portal.odd["deaf"] = 2
        began = company.world.began
        overdue = portal.order("PUMP", Decimal(3), began - timedelta(days=1))
        too_many = portal.order("PUMP", Decimal(99), began)
        nothing = portal.order("NO-SUCH-PUMP", Decimal(3), began)
        _on_the_shelf(plant, "L1", Decimal(40))
        await plant.live(timedelta(hours=6))
        await until(lambda: len(set(customer.told(crm))) >= 4, within=60)
        await company.rest(began + timedelta(minutes=90))  # longer on a slow machine

        await until(lambda: portal.orders[nothing].state == "refused", within=10)
        assert "NO-SUCH-PUMP is not defined" in portal.orders[nothing].says
        del portal.orders[nothing]
        await until(
            lambda: Counter(customer.entered(erp)) == Counter(customer.ordered(portal)), within=20
        )
        assert portal.struck["deaf"] == 2
        assert portal.orders[overdue].sales_order in {
            n for (n,) in erp.company.books.rows("A_SalesOrder")
        }

        # Every customer hears that the goods left, and that they are there.
        await until(
            lambda: Counter(customer.told(crm)) == Counter(customer.news(tms, carrier)), within=20
        )
        assert len(set(customer.told(crm))) >= 4
        assert crm.faults.struck["lose"] == 2
        await until(lambda: customer.shown(portal, erp, tms, carrier).well, within=20)

        # Who was promised too much is spoken with once the day is over, until the goods have left.
        today = company.world.now().date()
        assert today == began.date() + timedelta(days=1)
        await until(lambda: customer.promises(erp, crm, tms, carrier, today=today).well, within=20)
        late = {case["Order__c"]: case for case in crm.cases.values() if case["Origin"] == "Andon"}
        assert portal.orders[overdue].sales_order in late
        waits = late[portal.orders[too_many].sales_order]
        assert "promised for 2026-03-02 23:59 UTC" in waits["Subject"]
        assert waits["Status"] != "Closed"

        await _crm_is_heard(plant, portal.orders[too_many].sales_order)

        # A customer sees nothing of another one, and nothing of the house.
        other = next(
            number
            for (number,), row in erp.company.books.rows("A_SalesOrder").items()
            if row["SoldToParty"] != portal.customer
        )
        assert (await portal.ask("GET", f"/v1/fulfilment/sales-order/{other}"))[0] == 404
        assert (await portal.ask("GET", f"/v1/subjects/{other}"))[0] == 403
        body = {
            "order_id": "PO-9", "customer_id": "17100001",
            "lines": [{"material_id": "PUMP", "quantity": {"amount": "1", "unit": "PC"}}],
        }  # fmt: skip
        status, said = await portal.ask(
            "POST", "/v1/fulfilment/place-sales-order", body, key="in-another-name"
        )
        assert status == 403, said
        assert "alone" in said["detail"]


async def _crm_is_heard(plant: Served, order: str) -> None:
    """What the CRM's people have told customers is on each delivery's page. Who calls about an
    order is known on the order's page; Andon leaves the answer to those who took the call."""
    crm = plant.company.the(Crm)

    async def believed() -> bool:
        pages = {number: await plant.page(f"delivery/erp:{number}") for number in crm.shipments}
        return all(
            _by(pages[number], f"told-{news}") == {"crm": True}
            for number, news in customer.told(crm)
        )

    await until(believed, within=20)
    of_andon = sum(case["Origin"] == "Andon" for case in crm.cases.values())
    called = f"customer-case/crm:{crm.complain(order, 'Where are my 99 pumps?')}"

    async def known() -> bool:
        return _by(await plant.page(called), "case") == {"crm": "open"}

    await until(known, within=20)
    case, page = await plant.page(called), await plant.page(f"sales-order/erp:{order}")
    about = f"sales-order/erp:{order}"
    assert [(link["relation"], link["object"]) for link in case["links"]] == [("about", about)]
    assert ("about", called) in [(link["relation"], link["object"]) for link in page["links"]]
    assert "Where are my 99 pumps?" in str(case["timeline"])
    assert (case["deliveries"], case["exceptions"]) == ([], [])
    assert sum(case["Origin"] == "Andon" for case in crm.cases.values()) == of_andon
    crm.close(called.partition(":")[2])

    async def over() -> bool:
        return _by(await plant.page(called), "case") == {"crm": "closed"}

    await until(over, within=20)


def _by(page: dict[str, Any], attribute: str) -> dict[str, Any]:
    return {
        cell["system"]: cell["value"]
        for row in page.get("matrix", [])
        if row["attribute"] == attribute
        for cell in row["cells"]
    }
