"""ERP, suppliers and dock: an order goes out by EDI, what comes is in the books, what is missing is
asked for sooner, what came damaged goes back."""

__all__ = ["AREA"]

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from andon.app.company.area import Area
from andon.app.company.partners import (
    FETCHED_BY,
    PIECE,
    is_service,
    listed,
    order_named,
    partner_of,
)
from andon.app.company.returns import SENT_BACK, WAY_BACK, WENT_BACK
from andon.app.company.subcontracting import PROVIDED, PROVIDES
from andon.capabilities.supply import (
    await_replacement,
    claim_missing,
    complete_credited,
    expedite_missing,
    note_receipts,
    post_counted,
    post_returned,
    question_rejections,
    send_order,
)
from andon.connectors import edi
from andon.connectors.board import Board
from andon.connectors.board.mapping import SUPPLIERS
from andon.connectors.edi import Document, Edi
from andon.connectors.edi.mapping import (
    Advice,
    Call,
    Judged,
    Purchase,
    Schedule,
    Wanted,
    advice,
    confirmation,
    notice,
    order,
    schedule,
)
from andon.connectors.rest import Rest
from andon.connectors.webhook import Webhook
from andon.core.connector import Item, Request
from andon.core.mapping import Inbound, Known, Said, inbound, outbound
from andon.core.message import Finding
from andon.core.plant import Connection, Partnership, Route
from andon.core.quantity import Quantity
from andon.model.advising import NoteReceipt
from andon.model.completing import CompletePurchaseLines
from andon.model.expediting import RequestExpedite, SendExpedite
from andon.model.processing import ProcessedCounted
from andon.model.returning import AdviseReturn, PostReturn, RequestReplacement, RequestReturn
from andon.model.supply import (
    AdviseReceipt,
    AnnounceShipment,
    ConfirmPurchaseOrder,
    PackedLot,
    PostReceipt,
    PurchaseLine,
    PurchaseOrderConfirmed,
    PurchaseOrderPlaced,
    ReceivedLot,
    SendPurchaseOrder,
    ShipmentAnnounced,
    ShipmentCounted,
)

_UNITS = dict.fromkeys(PIECE.values(), "PC")
_PROMISED = ("IA", "IC", "IB", "IE", "IP", "IQ", "AC", "AR", "BP", "DR", "5", "3")
"""Words of ACK, and of LIN in an ORDRSP, by which a line is delivered, if with other amounts or
dates."""


def _pieces(quantity: Quantity) -> Quantity:
    return Quantity(quantity.amount, _UNITS.get(quantity.unit, quantity.unit))


@outbound(SendPurchaseOrder, proof="findable")
def _send(command: SendPurchaseOrder, known: Known) -> Request:
    """One order is one 850 or ORDERS is one interchange, wanted on the first of its days."""
    name, partner = partner_of(command.supplier_id, known)
    zone = ZoneInfo(partner.time_zone)
    days = [line.due_at.astimezone(partner.days).date() for line in command.lines if line.due_at]
    purchase = Purchase(
        number=command.order_id.rpartition(":")[2],
        ordered_on=command.placed_at.astimezone(zone).date(),
        wanted_on=min(days, default=None),
        lines=tuple(
            Wanted(
                material=line.material_id,
                quantity=Quantity(line.quantity.amount, PIECE[partner.standard]),
            )
            for line in command.lines
        ),
    )
    return Request(target=name, body=order(purchase, partner.standard))


@outbound(AdviseReceipt, proof="findable")
def _advise(command: AdviseReceipt, known: Known) -> Request:
    """One shipment is one 861 or RECADV."""
    name, partner = partner_of(command.supplier_id, known)
    number = command.order_id.rpartition(":")[2]
    said = Advice(
        number=f"{command.shipment_id}-{number}",
        order=number,
        shipment=command.shipment_id,
        received_at=command.received_at.astimezone(ZoneInfo(partner.time_zone)),
        unit=PIECE[partner.standard],
        lots=tuple(
            Judged(
                material=lot.material_id,
                lot=lot.lot_id.rpartition(":")[2],
                taken=lot.accepted.amount,
                damaged=lot.damaged.amount,
                missing=lot.missing.amount,
            )
            for lot in command.judged
        ),
    )
    return Request(target=name, body=advice(said, partner.standard))


@outbound(SendExpedite, proof="findable")
def _expedite(command: SendExpedite, known: Known) -> Request:
    """One request is one 862 or DELFOR: what is no longer urgent is called for its own day."""
    name, partner = partner_of(command.supplier_id, known)
    zone = ZoneInfo(partner.time_zone)
    called = Schedule(
        number=command.request_id,
        order=command.order_id.rpartition(":")[2],
        written_on=command.asked_at.astimezone(zone).date(),
        unit=PIECE[partner.standard],
        calls=tuple(
            Call(
                material=line.material_id,
                amount=line.quantity.amount,
                day=(line.due_at or command.asked_at).astimezone(partner.days).date(),
            )
            for line in (*command.wanted, *command.relieved)
        ),
    )
    return Request(target=name, body=schedule(called, partner.standard))


def _confirmed(item: Item, known: Known) -> Iterator[Said]:
    """What is rejected is not promised."""
    said = confirmation(item.read(Document), known)
    lines = tuple(
        PurchaseLine(
            line=line.line,
            material_id=line.materials.get("BP") or line.materials.get("IN", ""),
            quantity=_pieces(line.quantity),
            due_at=line.due_at,
        )
        for line in said.lines
        if line.quantity is not None and line.word in _PROMISED
    )
    yield PurchaseOrderConfirmed(order_id=order_named(said.order), lines=lines)


def _announced(item: Item, known: Known) -> Iterator[Said]:
    """One shipment may bring something for several orders."""
    said = notice(item.read(Document), known)
    lots: dict[str, list[PackedLot]] = {}
    for line in said.lines:
        if len(line.lots) != 1 or line.quantity is None or not line.order:
            yield Finding("incomplete", f"{said.shipment}: a line names no order, lot or amount")
            continue
        lots.setdefault(line.order, []).append(
            PackedLot(
                material_id=line.material,
                lot_id=line.lots[0],
                quantity=_pieces(line.quantity),
                sscc=line.sscc[-1] if line.sscc else "",
            )
        )
    for number, packed in lots.items():
        yield ShipmentAnnounced(
            order_id=order_named(number),
            shipment_id=said.shipment,
            lots=tuple(packed),
            shipped_at=said.shipped_at,
            replaces=said.replaces,
        )


class _Packed(msgspec.Struct, frozen=True, kw_only=True):
    item: str
    lot: str
    quantity: Decimal


class _Lot(_Packed, frozen=True, kw_only=True):
    line: str
    damaged: Decimal = Decimal(0)


class _Counted(msgspec.Struct, frozen=True):
    order: str
    shipment: str
    at: datetime
    lots: tuple[_Lot, ...]
    replaces: str = ""


@inbound("shipment.counted")
def _counted(item: Item, _: Known) -> Iterator[Said]:
    """Lots have the supplier's numbers."""
    row = item.read(_Counted)
    order, lots = order_named(row.order), tuple(_received(lot) for lot in row.lots)
    if is_service(row.order):
        yield ProcessedCounted(
            order_id=order, shipment_id=row.shipment, counted_at=row.at, lots=lots
        )
    else:
        yield ShipmentCounted(
            order_id=order,
            shipment_id=row.shipment,
            counted_at=row.at,
            lots=lots,
            replaces=row.replaces,
        )


def _received(lot: _Lot) -> ReceivedLot:
    return ReceivedLot(
        line=lot.line,
        material_id=lot.item,
        lot_id=lot.lot,
        quantity=Quantity(lot.quantity, "PC"),
        damaged=Quantity(lot.damaged, "PC") if lot.damaged else None,
    )


@outbound(AnnounceShipment, proof="findable")
def _expect(command: AnnounceShipment, _: Known) -> Request:
    """A line of the list on the dock; it keeps our key as a reference and does not look at it."""
    return Request(
        target="expect",
        body={
            "order": command.order_id.rpartition(":")[2],
            "shipment": command.shipment_id,
            "lots": [listed(lot) for lot in command.packed],
            "at": None if command.shipped_at is None else command.shipped_at.isoformat(),
            "replaces": command.replaces,
        },
    )


class _Expected(msgspec.Struct, frozen=True):
    order: str
    shipment: str
    lots: tuple[_Packed, ...]
    shipped_at: datetime | None = None
    replaces: str = ""


@inbound("shipment.expected")
def _expected(item: Item, _: Known) -> Iterator[Said]:
    """What a partner announced here is news once it is on the list of the dock."""
    row = item.read(_Expected)
    yield ShipmentAnnounced(
        order_id=order_named(row.order),
        shipment_id=row.shipment,
        lots=tuple(
            PackedLot(material_id=lot.item, lot_id=lot.lot, quantity=Quantity(lot.quantity, "PC"))
            for lot in row.lots
        ),
        shipped_at=row.shipped_at,
        replaces=row.replaces,
    )


_EDI = (
    _send,
    _advise,
    _expedite,
    *SENT_BACK,
    Inbound("855", _confirmed),
    Inbound("ORDRSP", _confirmed),
    Inbound("856", _announced),
    Inbound("DESADV", _announced),
    *edi.mappings,
)


AREA = Area(
    connections=(
        Connection("suppliers", Edi, _EDI),
        Connection("andon", Board, SUPPLIERS),
        Connection("receiving", Webhook, (_counted, _expected, *WENT_BACK, *PROVIDED)),
        Connection("receiving-expected", Rest, (_expect, *WAY_BACK, *PROVIDES)),
    ),
    workflows=(
        send_order(fetched_by=FETCHED_BY),
        post_counted,
        claim_missing(fetched_by=FETCHED_BY),
        post_returned(fetched_by=FETCHED_BY),
        complete_credited,
        await_replacement(fetched_by=FETCHED_BY),
        expedite_missing(fetched_by=FETCHED_BY),
        note_receipts(fetched_by=FETCHED_BY),
    ),
    routes=(
        Route(SendPurchaseOrder, "suppliers"),
        Route(AdviseReceipt, "suppliers"),
        Route(SendExpedite, "suppliers"),
        Route(RequestExpedite, "andon"),
        Route(NoteReceipt, "andon"),
        Route(ConfirmPurchaseOrder, "erp"),
        Route(PostReceipt, "erp"),
        Route(PostReturn, "erp"),
        Route(CompletePurchaseLines, "erp"),
        Route(AdviseReturn, "suppliers"),
        Route(RequestReplacement, "suppliers"),
        Route(RequestReturn, "receiving-expected"),
        Route(AnnounceShipment, "receiving-expected"),
    ),
    policies=(question_rejections,),
    partnerships=(
        Partnership(
            role="supplier",
            sees={
                PurchaseOrderPlaced.KIND: (
                    "supplier",
                    "ordered",
                    "promised",
                    "announced",
                    "received",
                    "expedite",
                    "judged",
                    "returned",
                    "return",
                    "owed-again",
                    "completed",
                ),
            },
            asks=(ConfirmPurchaseOrder, AnnounceShipment),
        ),
    ),
)
