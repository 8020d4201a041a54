"""What came damaged: where it stands, how it leaves, and what lab and offices make of it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import aiohttp
import msgspec
import pytest

from andon.connectors.edi import Partner
from andon.connectors.edi.mapping import (
    Advice,
    Back,
    Call,
    Judged,
    Schedule,
    SentBack,
    advice,
    schedule,
    sent_back,
)
from andon.sandbox.lab import compare, inventory, returns, supply
from andon.sandbox.lives import purchasing, returning
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.receiving import ASIDE, Counted, Receiving
from andon.sandbox.systems.supplier_edi import Called, GivenBack, Ordered, Shipped, SupplierEdi
from andon.sandbox.systems.supplier_portal import SupplierPortal
from andon.sandbox.systems.wms import Wms
from andon.sandbox.truth import Arrived, ImpossibleError, Returned, Strayed, Truth
from andon.sandbox.world import World
from tests.unit.connectors.edi import mailbox
from tests.unit.connectors.edi.mailbox import ACME, BETA

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LOT: dict[str, Any] = {"line": "00010", "item": "SEAL", "lot": "S1-0", "quantity": "1"}


def _asked(order: str = "4500000001", **more: Any) -> dict[str, Any]:
    return {
        "order": order, "shipment": "S1", "supplier": "17300001", "instead": "credit",
        "lots": [LOT], "reference": "k", **more,
    }  # fmt: skip


def _came(truth: Truth, order: str, amount: int = 1) -> None:
    truth.born("S1-0", "SEAL", sound=True)
    for place, much in (("A.STORE", 11), (ASIDE, amount)):
        arrived = Arrived(
            at=NOON, lot="S1-0", material="SEAL", quantity=Decimal(much), place=place,
            because=f"{order}/00010",
        )  # fmt: skip
        truth.happens(arrived)


def _returned(order: str, amount: int = 1) -> Returned:
    return Returned(
        at=NOON, lot="S1-0", material="SEAL", quantity=Decimal(amount), place=ASIDE,
        because=f"{order}/00010",
    )  # fmt: skip


async def test_the_dock_lists_what_goes_back_as_far_as_it_stands_aside() -> None:
    dock = Receiving(World(1), "")
    dock.close("4500000001", "S1", [Counted("00010", "SEAL", "S1-0", Decimal(9), Decimal(1))])
    await dock.start()
    try:
        async with aiohttp.ClientSession(headers={"X-Api-Key": dock.key}) as http:
            url = f"{dock.address}/returns"
            answers = [
                await http.post(url, json=body)
                for body in (
                    _asked(instead="something"),
                    _asked(lots=[]),
                    _asked(lots=[{**LOT, "quantity": "2"}]),
                    _asked(lots=[{**LOT, "lot": "S1-9"}]),
                    _asked(),
                    _asked(reference="decided twice"),
                )
            ]
            refused = await answers[-1].json()
            found = await (await http.get(f"{url}?reference=k")).json()
            none = await (await http.get(f"{url}?reference=decided+twice")).json()
    finally:
        await dock.stop()
    assert [one.status for one in answers] == [400, 422, 409, 409, 201, 409]
    assert refused == {"detail": "1 of lot S1-0 cannot go back: 0 stand aside"}
    assert [one["id"] for one in found["returns"]] == ["R00001"]
    assert none == {"returns": []}


def _dock(world: World) -> Receiving:
    """One piece stands aside, and is on the list."""
    dock = Receiving(world, "")
    dock.close("4500000001", "S1", [Counted("00010", "SEAL", "S1-0", Decimal(11), Decimal(1))])
    dock.returns.ask(msgspec.json.encode(_asked()))
    returning.begin(world, {"receiving": dock})
    return dock


def _said(dock: Receiving) -> dict[str, Any]:
    ((kind, body),) = list(dock.outbox.waiting)[1:]
    assert kind == "shipment.returned"
    return msgspec.json.decode(body)


def test_a_driver_takes_what_is_on_the_list_and_the_dock_says_so_once() -> None:
    world = World(1)
    dock = _dock(world)
    _came(world.truth, "4500000001")
    world.run(world.began + timedelta(hours=1))
    assert world.truth.amount("S1-0", ASIDE) == 0
    said = _said(dock)
    assert (said["id"], said["instead"], said["absent"]) == ("R00001", "credit", [])
    assert [(one["lot"], one["quantity"]) for one in said["lots"]] == [("S1-0", "1")]
    assert not dock.returns.open()


def test_what_somebody_took_meanwhile_does_not_go_and_is_said_to_be_absent() -> None:
    world = World(1)
    dock = _dock(world)
    _came(world.truth, "4500000001")
    gone = Strayed(at=NOON, lot="S1-0", material="SEAL", quantity=Decimal(1), origin=ASIDE)
    world.truth.happens(gone)
    world.run(world.began + timedelta(hours=1))
    said = _said(dock)
    assert said["lots"] == []
    assert [(one["lot"], one["quantity"]) for one in said["absent"]] == [("S1-0", "1")]
    assert not list(supply.went_back(world.truth))


def test_nothing_goes_back_that_is_not_there() -> None:
    truth = Truth()
    _came(truth, "4500000001")
    with pytest.raises(ImpossibleError):
        truth.happens(_returned("4500000001", 2))
    assert truth.amount("S1-0", ASIDE) == 1


def test_a_return_that_is_not_booked_is_lost_and_one_booked_twice_is_doubled() -> None:
    world = World(1)
    erp, wms = Erp(world, ""), Wms(world, "")
    order = erp.company.purchases.place("17300001", [("SEAL", Decimal(15))])
    _came(world.truth, order, 2)

    def post(kind: str, amount: int) -> None:
        row = {
            "GoodsMovementType": kind, "Material": "SEAL", "Batch": "S1-0",
            "PurchaseOrder": order, "PurchaseOrderItem": "00010",
            "QuantityInEntryUnit": Decimal(amount), "GoodsMovementReasonCode": "0003",
        }  # fmt: skip
        erp.company.movements.post({}, [row], "ANDON")

    def receipts() -> tuple[int, int]:
        found = compare(supply.happened(world.truth), supply.booked(erp))
        return found.lost, found.doubled

    def returns() -> tuple[int, int]:
        found = compare(supply.went_back(world.truth), supply.returns_booked(erp))
        return found.lost, found.doubled

    def error() -> Decimal:
        return inventory.stock_error(world.truth, erp, wms)

    post("101", 11)
    assert (receipts(), error()) == ((1, 0), 2)
    post("103", 2)
    assert (receipts(), error()) == ((0, 0), 0)
    world.truth.happens(_returned(order))
    assert (returns(), error()) == ((1, 0), 1)
    post("124", 1)
    assert (returns(), error()) == ((0, 0), 0)
    post("124", 1)
    assert (returns(), error()) == ((0, 1), 1)
    assert receipts() == (0, 0)


@pytest.mark.parametrize(
    ("number", "partner"), [("17300001", ACME), ("17300003", BETA)], ids=["x12", "edifact"]
)
def test_an_office_files_what_comes_back_beside_what_it_was_told_before(
    number: str, partner: Partner
) -> None:
    world = World(1)
    suppliers = SupplierEdi(world, "")
    office = suppliers.offices[number]
    suppliers.ship(office, Shipped("S1", "4711", [("SEAL", "S1-0", Decimal(12))]))
    _came(world.truth, "4711")
    judged = Judged(material="SEAL", lot="S1-0", taken=Decimal(11), damaged=Decimal(1))
    told = Advice(
        number="1", order="4711", shipment="S1", received_at=NOON, unit="EA", lots=(judged,)
    )
    office.answers(mailbox.written(partner, advice(told, partner.standard), 1))
    world.truth.happens(_returned("4711"))
    expected = list(supply.told_back(world.truth, suppliers))
    assert expected == [GivenBack("S1", "S1-0", Decimal(1))]
    back = SentBack(
        number="R00001", order="4711", shipment="S1", left_at=NOON, unit="EA",
        lots=(Back(material="SEAL", lot="S1-0", amount=Decimal(1)),),
    )  # fmt: skip
    body = sent_back(back, partner.standard)
    assert len(office.answers(mailbox.written(partner, body, 2))) == 1, "acknowledged"
    assert (len(office.advised), office.given_back) == (1, expected)


@pytest.mark.parametrize(
    ("number", "partner"), [("17300001", ACME), ("17300003", BETA)], ids=["x12", "edifact"]
)
def test_an_office_sends_again_what_it_is_asked_for_as_often_as_it_is_asked(
    number: str, partner: Partner
) -> None:
    suppliers = SupplierEdi(World(1), "")
    office = suppliers.offices[number]
    calls = tuple(Call(material=one, amount=Decimal(1), day=NOON.date()) for one in ("SEAL", "HUB"))
    asked = Schedule(
        number="R00001", order="4711", written_on=NOON.date(), unit="EA", calls=calls,
        replaces="R00001",
    )  # fmt: skip
    for control in (1, 2):
        office.answers(mailbox.written(partner, schedule(asked, partner.standard), control))
    again = Ordered("4711", [("SEAL", Decimal(1)), ("HUB", Decimal(1))], "R00001")
    assert list(office.orders) == [again, again]
    assert not office.called, "nothing that was ordered is wanted sooner"
    assert not office.urgent("4711")
    portal = SupplierPortal(World(1), "")
    assert list(returns.asked_again(suppliers, portal)) == [
        ("R00001", "SEAL", Decimal(2)),
        ("R00001", "HUB", Decimal(2)),
    ]


def test_what_replaces_something_comes_on_a_truck_of_its_own_and_says_so() -> None:
    world = World(1)
    erp, dock, portal = Erp(world, ""), Receiving(world, ""), SupplierPortal(world, "")
    order = erp.company.purchases.place(portal.number, [("SEAL", Decimal(12))])
    purchasing.dispatch(world, {"erp": erp, "receiving": dock, "supplier-portal": portal})
    portal.orders.append(Ordered(order, [("SEAL", Decimal(1))], "R00001"))
    world.run(world.began + timedelta(hours=1))
    (shipped,) = [one for one in portal.shipped.values() if one.replaces]
    assert (shipped.order, shipped.replaces) == (order, "R00001")
    bodies = [msgspec.json.decode(body) for _, body in dock.outbox.waiting]
    (counted,) = [one for one in bodies if one["shipment"] == shipped.shipment]
    assert counted["replaces"] == "R00001"


def _back(dock: Receiving, truth: Truth, order: str, instead: str) -> None:
    dock.close(order, "S1", [Counted("00010", "SEAL", "S1-0", Decimal(11), Decimal(1))])
    dock.returns.ask(msgspec.json.encode(_asked(order, instead=instead)))
    _came(truth, order)
    truth.happens(_returned(order))
    dock.gone("R00001", {"S1-0": Decimal(1)})


def test_a_replacement_that_nobody_asks_for_is_lost_and_asked_for_twice_it_is_doubled() -> None:
    world = World(1)
    dock, portal, mailboxes = (
        Receiving(world, ""),
        SupplierPortal(world, ""),
        SupplierEdi(world, ""),
    )

    def asked() -> tuple[int, int]:
        owed = returns.owed_again(world.truth, dock)
        found = compare(owed, returns.asked_again(mailboxes, portal))
        return found.lost, found.doubled

    assert asked() == (0, 0)
    _back(dock, world.truth, "4711", "replacement")
    assert asked() == (1, 0)
    one = Called("4711", "SEAL", Decimal(1), "20260302", "R00001")
    portal.asked_again.append(one)
    assert asked() == (0, 0)
    portal.asked_again.append(one)
    assert asked() == (1, 1)


def test_a_line_is_completed_when_the_rest_of_it_came_or_is_credited() -> None:
    world = World(1)
    erp, dock = Erp(world, ""), Receiving(world, "")
    order = erp.company.purchases.place("17300001", [("SEAL", Decimal(12))])

    def found() -> tuple[int, int]:
        must = returns.settled(world.truth, erp, dock)
        both = compare(must, returns.completed(erp))
        return both.lost, both.doubled

    item = erp.company.books.row("A_PurchaseOrderItem", order, "00010")
    assert found() == (0, 0)
    erp.company.purchases.complete(item, {"IsCompletelyDelivered": True})
    assert found() == (0, 1)
    erp.company.purchases.complete(item, {"IsCompletelyDelivered": False})
    _back(dock, world.truth, order, "credit")
    assert found() == (1, 0)
    erp.company.purchases.complete(item, {"IsCompletelyDelivered": True})
    assert found() == (0, 0)
