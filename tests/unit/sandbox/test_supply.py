"""What trucks brought against the books of the ERP; what suppliers say against what they hear."""

from datetime import UTC, date, datetime
from decimal import Decimal

import aiohttp
import pytest

from andon.connectors.edi import EdiSettings, Partner
from andon.connectors.edi.mapping import (
    Advice,
    Call,
    Judged,
    Purchase,
    Schedule,
    Wanted,
    advice,
    order,
    schedule,
)
from andon.core.quantity import Quantity
from andon.sandbox.lab import compare, supply
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.receiving import Counted, Receiving
from andon.sandbox.systems.supplier_edi import Called, Office, Promised, Shipped, SupplierEdi
from andon.sandbox.systems.supplier_portal import SupplierPortal
from andon.sandbox.truth import Arrived
from andon.sandbox.world import World
from tests.unit.connectors.edi import mailbox
from tests.unit.connectors.edi.mailbox import ACME, BETA

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_what_came_and_is_not_booked_is_lost_and_what_is_booked_twice_is_doubled() -> None:
    world = World(1)
    erp = Erp(world, "")
    order = erp.company.purchases.place("17300001", [("SEAL", Decimal(12))])
    for lot, because in (("S1", f"{order}/00010"), ("OLD", "opening")):
        world.truth.born(lot, "SEAL", sound=True)
        arrived = Arrived(
            at=NOON, lot=lot, material="SEAL", quantity=Decimal(5), place="A.STORE",
            because=because,
        )  # fmt: skip
        world.truth.happens(arrived)

    def reckoned() -> tuple[int, int]:
        found = compare(supply.happened(world.truth), supply.booked(erp))
        return found.lost, found.doubled

    assert reckoned() == (1, 0)
    item = {
        "GoodsMovementType": "101", "Material": "SEAL", "Batch": "S1", "PurchaseOrder": order,
        "PurchaseOrderItem": "00010", "QuantityInEntryUnit": Decimal(5),
    }  # fmt: skip
    erp.company.movements.post({}, [item], "ANDON")
    assert reckoned() == (0, 0)
    erp.company.movements.post({}, [item], "ANDON")
    assert reckoned() == (0, 1)


OFFICES = pytest.mark.parametrize(
    ("number", "partner"), [("17300001", ACME), ("17300003", BETA)], ids=["x12", "edifact"]
)


@OFFICES
def test_an_office_promises_ships_and_files_what_it_is_told(number: str, partner: Partner) -> None:
    world = World(1)
    suppliers, dock, erp = SupplierEdi(world, ""), Receiving(world, ""), Erp(world, "")
    portal = SupplierPortal(world, "")
    office = suppliers.offices[number]
    placed = erp.company.purchases.place(number, [("SEAL", Decimal(12))], NOON.date())
    assert supply.taken(erp, suppliers, portal).lost == 1
    said = _answers(office, partner, placed)
    assert supply.taken(erp, suppliers, portal).well
    (promise,) = supply.promised(suppliers, portal)
    assert promise == Promised(placed, "SEAL", Decimal(12), "20260302")
    kinds = {mailbox.document(mailbox.rows(one, _as(partner))[0]).document for one in said[1:]}
    assert kinds <= {"855", "ORDRSP"}

    suppliers.ship(office, Shipped("S1", placed, [("SEAL", "S1-0", Decimal(12))]))
    dock.close(placed, "S1", [Counted("00010", "SEAL", "S1-0", Decimal(10), Decimal(1))])
    assert (
        compare(supply.judged(suppliers, portal, dock), supply.advised(suppliers, portal)).lost == 1
    )
    told = Advice(
        number="1", order=placed, shipment="S1", received_at=NOON, unit="EA",
        lots=(
            Judged(
                material="SEAL", lot="S1-0", taken=Decimal(10), damaged=Decimal(1),
                missing=Decimal(1),
            ),
        ),
    )  # fmt: skip
    office.answers(mailbox.written(partner, advice(told, partner.standard), 2))
    assert compare(supply.judged(suppliers, portal, dock), supply.advised(suppliers, portal)).well


@OFFICES
def test_an_office_packs_at_once_what_it_is_asked_to_send_sooner(
    number: str, partner: Partner
) -> None:
    office = SupplierEdi(World(1), "").offices[number]
    called = Schedule(
        number="4711-1", order="4711", written_on=NOON.date(), unit="EA",
        calls=(
            Call(material="SEAL", amount=Decimal(6), day=NOON.date()),
            Call(material="HOUSING", amount=Decimal(2), day=NOON.date()),
        ),
    )  # fmt: skip
    body = schedule(called, partner.standard)
    answers = office.answers(mailbox.written(partner, body))
    assert len(answers) == 1, "acknowledged, and no order of its own"
    assert office.called == [
        Called("4711", "SEAL", Decimal(6), "20260302"),
        Called("4711", "HOUSING", Decimal(2), "20260302"),
    ]
    assert office.urgent("4711")
    office.promised = [
        Promised("4711", material, Decimal(6), "20260302") for material in ("SEAL", "HOUSING")
    ]
    assert not office.urgent("4711")
    office.promised[0] = Promised("4711", "SEAL", Decimal(6), "20260303")
    assert office.urgent("4711")
    assert not office.urgent("4712")
    wanting = [one for one in body["segments"] if one[0] not in ("FST", "SCC")]
    office.answers(mailbox.written(partner, {**body, "segments": wanting}, 2))
    assert len(office.called) == 2, "it refuses a schedule without what is called"


def test_promises_in_the_books_are_of_lines_that_somebody_committed_himself_to() -> None:
    erp = Erp(World(1), "")
    purchases = erp.company.purchases
    placed = purchases.place("17300001", [("SEAL", Decimal(12))], NOON.date())
    assert not list(supply.promises_booked(erp))
    schedule = erp.company.books.row("A_PurchaseOrderScheduleLine", placed, "00010", "1")
    purchases.change(schedule, {"ScheduleLineCommittedQuantity": Decimal(11)})
    assert list(supply.promises_booked(erp)) == [Promised(placed, "SEAL", Decimal(11), "20260302")]


def _as(partner: Partner) -> EdiSettings:
    return mailbox.settings(acme=partner)


def _answers(office: Office, partner: Partner, number: str) -> list[bytes]:
    purchase = Purchase(
        number=number,
        ordered_on=date(2026, 3, 2),
        wanted_on=date(2026, 3, 2),
        lines=(Wanted(material="SEAL", quantity=Quantity(Decimal(12), "EA")),),
    )
    return office.answers(mailbox.written(partner, order(purchase, partner.standard)))


async def test_the_dock_lists_what_is_announced_and_says_so() -> None:
    dock = Receiving(World(1), "")
    await dock.start()
    lot = {"item": "SEAL", "lot": "S1-0", "quantity": "12"}
    body = {"order": "4500000001", "shipment": "S1", "lots": [lot], "reference": "k"}
    try:
        async with aiohttp.ClientSession(headers={"X-Api-Key": dock.key}) as http:
            url = f"{dock.address}/expected"
            statuses = [
                (await http.post(url, json=one)).status
                for one in (body, {**body, "lots": []}, {"order": "1"})
            ]
            found = await (await http.get(f"{url}?reference=k")).json()
        async with aiohttp.ClientSession() as stranger:
            assert (await stranger.get(url)).status == 401
    finally:
        await dock.stop()
    assert statuses == [201, 422, 400]
    assert [one["id"] for one in found["expected"]] == ["E00001"]
    assert list(supply.expected(dock)) == [("S1", "4500000001")]
    assert [kind for kind, _ in dock.outbox.waiting] == ["shipment.expected"]
