"""What the company writes to its suppliers and its dock, and how it reads what they say."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from andon.app.company.supply import AREA
from andon.connectors.edi.simulated.edifact import EdifactProgram
from andon.connectors.edi.simulated.program import Came
from andon.connectors.edi.simulated.x12 import X12Program
from andon.core.connector import Item
from andon.core.errors import MappingError
from andon.core.mapping import Inbound, Known, Outbound, Said
from andon.core.message import Command
from andon.core.quantity import Quantity
from andon.model.expediting import SendExpedite
from andon.model.returning import (
    AdviseReturn,
    RequestReplacement,
    RequestReturn,
    ReturnedLot,
    ShipmentReturned,
)
from andon.model.supply import (
    AdvisedLot,
    AdviseReceipt,
    AnnounceShipment,
    PackedLot,
    PurchaseLine,
    PurchaseOrderConfirmed,
    SendPurchaseOrder,
    ShipmentAnnounced,
    ShipmentCounted,
)
from andon.sandbox.systems.supplier_edi import Shipped, SupplierEdi
from andon.sandbox.world import World
from tests.unit.connectors.edi import mailbox
from tests.unit.connectors.edi.mailbox import ACME, BETA, edifact, item, rows, x12

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ORDER = "purchase-order/erp:4500000001"
KNOWN = Known(mailbox.settings(acme=ACME, beta=BETA))
MAPPINGS = [one for connection in AREA.connections for one in connection.mappings]


def pcs(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PC")


def written(command: Command, known: Known = KNOWN) -> Any:
    (piece,) = [
        one for one in MAPPINGS if isinstance(one, Outbound) and one.command is type(command)
    ]
    return piece.writes(command, known)


def said(kind: str, read: Item, known: Known = KNOWN) -> list[Said]:
    (piece,) = [one for one in MAPPINGS if isinstance(one, Inbound) and one.kind == kind]
    return list(piece.reads(read, known))


def posted(kind: str, body: object) -> list[Said]:
    return said(kind, Item(kind=kind, key="1", raw=msgspec.json.encode(body)))


@pytest.mark.parametrize(
    ("supplier", "partner", "document", "amount", "day"),
    [
        (
            "17300001",
            "acme",
            "850",
            ["PO1", "1", "12", "EA", "", "", "BP", "SEAL"],
            ["DTM", "002", "20260302"],
        ),
        (
            "17300003",
            "beta",
            "ORDERS",
            ["QTY", ["21", "12", "PCE"]],
            ["DTM", ["2", "20260302", "102"]],
        ),
    ],
)
def test_each_supplier_is_written_to_in_its_own_standard(
    supplier: str, partner: str, document: str, amount: list[Any], day: list[Any]
) -> None:
    line = PurchaseLine(line="00010", material_id="SEAL", quantity=pcs(12), due_at=NOON)
    order = SendPurchaseOrder(order_id=ORDER, supplier_id=supplier, placed_at=NOON, lines=(line,))
    request = written(order)
    assert (request.target, request.body["document"]) == (partner, document)
    assert amount in request.body["segments"]
    assert day in request.body["segments"]


@pytest.mark.parametrize(
    ("supplier", "partner", "document", "call"),
    [
        ("17300001", "acme", "862", ["FST", "6", "C", "D", "20260302"]),
        ("17300003", "beta", "DELFOR", ["QTY", ["113", "6", "PCE"]]),
    ],
)
def test_what_is_wanted_sooner_is_a_schedule_in_the_suppliers_standard(
    supplier: str, partner: str, document: str, call: list[Any]
) -> None:
    line = PurchaseLine(line="00010", material_id="SEAL", quantity=pcs(6), due_at=NOON)
    request = written(
        SendExpedite(
            order_id=ORDER, supplier_id=supplier, request_id="4500000001-1", asked_at=NOON,
            wanted=(line,),
        )
    )  # fmt: skip
    assert (request.target, request.body["document"]) == (partner, document)
    assert call in request.body["segments"]


@pytest.mark.parametrize(
    ("supplier", "document", "call"),
    [
        ("17300001", "862", ["FST", "6", "C", "D", "20260304"]),
        ("17300003", "DELFOR", ["DTM", ["2", "20260304", "102"]]),
    ],
)
def test_what_is_urgent_no_more_is_called_for_its_own_day(
    supplier: str, document: str, call: list[Any]
) -> None:
    due_at = datetime(2026, 3, 4, tzinfo=UTC)
    line = PurchaseLine(line="00010", material_id="SEAL", quantity=pcs(6), due_at=due_at)
    request = written(
        SendExpedite(
            order_id=ORDER, supplier_id=supplier, request_id="4500000001-2", asked_at=NOON,
            wanted=(), relieved=(line,),
        )
    )  # fmt: skip
    assert request.body["document"] == document
    assert call in request.body["segments"]


@pytest.mark.parametrize("there", ["America/Los_Angeles", "Pacific/Auckland"])
def test_a_day_of_delivery_is_the_same_wherever_the_supplier_is(there: str) -> None:
    """Nobody asks for a day sooner because it is still yesterday where it is read."""
    far = msgspec.structs.replace(ACME, time_zone=there, delivery_zone="Europe/Berlin")
    known = Known(mailbox.settings(acme=far, beta=BETA))
    fourth = datetime(2026, 3, 3, 23, tzinfo=UTC)  # as the books say the 4th
    line = PurchaseLine(line="00010", material_id="SEAL", quantity=pcs(6), due_at=fourth)
    ordered = written(
        SendPurchaseOrder(order_id=ORDER, supplier_id="17300001", placed_at=NOON, lines=(line,)),
        known,
    )
    assert ["DTM", "002", "20260304"] in ordered.body["segments"]
    called = written(
        SendExpedite(
            order_id=ORDER, supplier_id="17300001", request_id="1-1", asked_at=NOON,
            wanted=(), relieved=(line,),
        ),
        known,
    )  # fmt: skip
    assert ["FST", "6", "C", "D", "20260304"] in called.body["segments"]
    came = Came("850", "1", number="4500000001", items=[("SEAL", "6")], wanted="20260304")
    came.promised, came.promised_on = ["6"], "20260304"
    answer = rows(X12Program().confirmation(came))[0]
    (confirmed,) = said("855", item(answer), known)
    assert isinstance(confirmed, PurchaseOrderConfirmed)
    assert [one.due_at for one in confirmed.lines] == [fourth]


def test_a_supplier_without_an_agreement_is_a_mistake() -> None:
    lot = AdvisedLot(
        material_id="SEAL", lot_id="L1", accepted=pcs(1), damaged=pcs(0), missing=pcs(0)
    )
    advice = AdviseReceipt(
        order_id=ORDER, supplier_id="1", shipment_id="S1", received_at=NOON, judged=(lot,)
    )
    with pytest.raises(MappingError, match="Supplier 1 is no partner of the mailbox"):
        written(advice)
    known = written(msgspec.structs.replace(advice, supplier_id="17300001"))
    assert ["REF", "SI", "S1"] in known.body["segments"]


def test_lines_of_an_ordrsp_that_are_refused_are_not_promised() -> None:
    lines = ["BGM+231+R+4", "RFF+ON:4500000001", "LIN+1+3+SEAL:IN", "QTY+113:11:PCE"]
    lines += ["DTM+67:20260303:102", "LIN+2+7+HOUSING:IN", "QTY+113:5:PCE"]
    read = item(rows(edifact(lines, document="ORDRSP"), mailbox.settings(beta=BETA))[0])
    (confirmed,) = said("ORDRSP", read)
    due_at = datetime(2026, 3, 3, tzinfo=UTC)
    line = PurchaseLine(line="1", material_id="SEAL", quantity=pcs(11), due_at=due_at)
    assert confirmed == PurchaseOrderConfirmed(order_id=ORDER, lines=(line,))


@pytest.mark.parametrize(
    ("amount", "day", "word"),
    [
        ("12", "20260302", "IA"),
        ("11", "20260302", "IQ"),
        ("12", "20260303", "DR"),
        ("11", "20260303", "IC"),
    ],
)
def test_an_855_says_of_each_line_what_was_changed_and_all_of_it_is_promised(
    amount: str, day: str, word: str
) -> None:
    came = Came("850", "1", number="4500000001", items=[("SEAL", "12")], wanted="20260302")
    came.promised, came.promised_on = [amount], day
    content = X12Program().confirmation(came)
    assert f"PO1*1*12*EA***BP*SEAL~\nACK*{word}*{amount}*EA*067*{day}~".encode() in content
    (confirmed,) = said("855", item(rows(content)[0]))
    assert isinstance(confirmed, PurchaseOrderConfirmed)
    assert [line.quantity for line in confirmed.lines] == [pcs(int(amount))]


def test_lines_of_an_855_that_are_deleted_or_rejected_are_not_promised() -> None:
    lines = ["BAK*00*AC*4500000001*20251125", "PO1*1*12*EA***BP*SEAL", "ACK*ID*12*EA"]
    lines += ["PO1*2*5*EA***BP*HOUSING", "ACK*IR*5*EA", "CTT*2"]
    (confirmed,) = said("855", item(rows(x12(lines, document="855", code="PR"))[0]))
    assert confirmed == PurchaseOrderConfirmed(order_id=ORDER, lines=())


def test_a_desadv_is_announced_as_an_856_is() -> None:
    content = EdifactProgram().notice(["S-1"], "4500000001")
    (announced,) = said("DESADV", item(rows(content, mailbox.settings(beta=BETA))[0]))
    assert isinstance(announced, ShipmentAnnounced)
    assert (announced.order_id, announced.lots[0].quantity) == (ORDER, pcs(5))


def test_what_a_partner_announces_comes_back_from_the_dock_as_it_was() -> None:
    lot = PackedLot(material_id="SEAL", lot_id="material-lot/company:L1", quantity=pcs(12))
    command = AnnounceShipment(
        order_id=ORDER, shipment_id="S1", packed=(lot,), shipped_at=NOON, replaces="R00001"
    )
    body = written(command).body
    assert body["order"] == "4500000001"
    told = {**body, "shipped_at": body["at"], "id": "E1"}
    assert posted("shipment.expected", told) == [
        ShipmentAnnounced(
            order_id=ORDER,
            shipment_id="S1",
            lots=(msgspec.structs.replace(lot, lot_id="L1"),),
            shipped_at=NOON,
            replaces="R00001",
        )
    ]


def test_what_is_counted_says_what_was_damaged() -> None:
    lots = [
        {"line": "00010", "item": "SEAL", "lot": "L1", "quantity": "11", "damaged": "1"},
        {"line": "00010", "item": "SEAL", "lot": "L2", "quantity": "5"},
    ]
    body = {"id": "count-1", "order": "4500000001", "shipment": "S1", "at": NOON, "lots": lots}
    (counted,) = posted("shipment.counted", body)
    assert isinstance(counted, ShipmentCounted)
    assert [lot.damaged for lot in counted.lots] == [pcs(1), None]
    assert counted.replaces == ""
    (again,) = posted("shipment.counted", {**body, "replaces": "R00001"})
    assert again == msgspec.structs.replace(counted, replaces="R00001")


BACK = ReturnedLot(
    line="00010", material_id="SEAL", lot_id="material-lot/company:L1", quantity=pcs(1)
)


def test_what_goes_back_is_a_task_for_the_dock_and_comes_back_from_there_as_it_was() -> None:
    asked = RequestReturn(
        order_id=ORDER, shipment_id="S1", supplier_id="17300001", instead="credit", returned=(BACK,)
    )
    request = written(asked)
    assert request.target == "give-back"
    told: dict[str, Any] = {**request.body, "id": "R00001", "at": NOON, "absent": []}
    local = msgspec.structs.replace(BACK, lot_id="L1")
    went = ShipmentReturned(
        order_id=ORDER,
        shipment_id="S1",
        return_id="R00001",
        supplier_id="17300001",
        instead="credit",
        returned=(local,),
        returned_at=NOON,
    )
    assert posted("shipment.returned", told) == [went]
    lost: dict[str, Any] = {**told, "lots": [], "absent": request.body["lots"]}
    assert posted("shipment.returned", lost) == [
        msgspec.structs.replace(went, returned=(), absent=(local,))
    ]


@pytest.mark.parametrize(
    ("supplier", "partner", "document", "returned"),
    [
        ("17300001", "acme", "861", ["RCD", "1", "", "", "1", "EA"]),
        ("17300003", "beta", "RECADV", ["QTY", ["61", "1", "PCE"]]),
    ],
)
def test_what_went_back_is_told_in_the_suppliers_standard(
    supplier: str, partner: str, document: str, returned: list[Any]
) -> None:
    request = written(
        AdviseReturn(
            order_id=ORDER, supplier_id=supplier, shipment_id="S1", return_id="R00001",
            returned_at=NOON, returned=(BACK,),
        )
    )  # fmt: skip
    assert (request.target, request.body["document"]) == (partner, document)
    assert returned in request.body["segments"]


@pytest.mark.parametrize(
    ("supplier", "partner", "document", "names"),
    [
        ("17300001", "acme", "862", ["REF", "RZ", "R00001"]),
        ("17300003", "beta", "DELFOR", ["RFF", ["ALQ", "R00001"]]),
    ],
)
def test_what_shall_be_sent_again_is_called_for_today_by_its_return(
    supplier: str, partner: str, document: str, names: list[Any]
) -> None:
    request = written(
        RequestReplacement(
            order_id=ORDER, supplier_id=supplier, shipment_id="S1", return_id="R00001",
            asked_at=NOON, returned=(BACK,),
        )
    )  # fmt: skip
    assert (request.target, request.body["document"]) == (partner, document)
    assert names in request.body["segments"]


@pytest.mark.parametrize("replaces", ["R00001", ""])
@pytest.mark.parametrize("number", ["17300001", "17300003"], ids=["x12", "edifact"])
def test_a_notice_says_in_whose_place_it_comes(number: str, replaces: str) -> None:
    office = SupplierEdi(World(1), "").offices[number]
    lots = [("SEAL", "S9-0", Decimal(1)), ("HOUSING", "S9-1", Decimal(2))]
    content = office.despatch(Shipped("S9", "4500000001", lots, replaces))
    (row, *_) = rows(content, mailbox.settings(acme=ACME, beta=BETA))
    (announced,) = said(mailbox.document(row).document, item(row))
    assert isinstance(announced, ShipmentAnnounced)
    assert (announced.replaces, len(announced.lots)) == (replaces, 2)
