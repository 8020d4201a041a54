"""What came damaged and goes back: a task for the dock, what left there, and what its supplier is
told."""

__all__ = ["SENT_BACK", "WAY_BACK", "WENT_BACK"]

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from andon.app.company.partners import PIECE, DockLot, listed, order_named, partner_of
from andon.connectors.edi.mapping import Back, Call, Schedule, SentBack, schedule, sent_back
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.model.returning import (
    AdviseReturn,
    Instead,
    RequestReplacement,
    RequestReturn,
    ReturnedLot,
    ShipmentReturned,
)


@outbound(RequestReturn, proof="findable")
def _give_back(command: RequestReturn, _: Known) -> Request:
    """A task for the clerk; the terminal keeps our key as a reference and does not look at it."""
    return Request(
        target="give-back",
        body={
            "order": command.order_id.rpartition(":")[2],
            "shipment": command.shipment_id,
            "supplier": command.supplier_id,
            "instead": command.instead,
            "lots": [{"line": lot.line, **listed(lot)} for lot in command.returned],
        },
    )


class _Returned(msgspec.Struct, frozen=True):
    id: str
    order: str
    shipment: str
    supplier: str
    instead: Instead
    at: datetime
    lots: tuple[DockLot, ...]
    absent: tuple[DockLot, ...] = ()


@inbound("shipment.returned")
def _returned(item: Item, _: Known) -> Iterator[Said]:
    """A driver has signed for it."""
    row = item.read(_Returned)
    yield ShipmentReturned(
        order_id=order_named(row.order),
        shipment_id=row.shipment,
        return_id=row.id,
        supplier_id=row.supplier,
        instead=row.instead,
        returned=tuple(lot.said_as(ReturnedLot) for lot in row.lots),
        absent=tuple(lot.said_as(ReturnedLot) for lot in row.absent),
        returned_at=row.at,
    )


@outbound(AdviseReturn, proof="findable")
def _advise(command: AdviseReturn, known: Known) -> Request:
    """One way back is one 861 or RECADV."""
    name, partner = partner_of(command.supplier_id, known)
    said = SentBack(
        number=command.return_id,
        order=command.order_id.rpartition(":")[2],
        shipment=command.shipment_id,
        left_at=command.returned_at.astimezone(ZoneInfo(partner.time_zone)),
        unit=PIECE[partner.standard],
        lots=tuple(
            Back(
                material=lot.material_id,
                lot=lot.lot_id.rpartition(":")[2],
                amount=lot.quantity.amount,
            )
            for lot in command.returned
        ),
    )
    return Request(target=name, body=sent_back(said, partner.standard))


@outbound(RequestReplacement, proof="findable")
def _ask_again(command: RequestReplacement, known: Known) -> Request:
    """One request is one 862 or DELFOR that calls it for today and names the return."""
    name, partner = partner_of(command.supplier_id, known)
    today = command.asked_at.astimezone(ZoneInfo(partner.time_zone)).date()
    called = Schedule(
        number=command.return_id,
        order=command.order_id.rpartition(":")[2],
        written_on=today,
        unit=PIECE[partner.standard],
        calls=tuple(
            Call(material=lot.material_id, amount=lot.quantity.amount, day=today)
            for lot in command.returned
        ),
        replaces=command.return_id,
    )
    return Request(target=name, body=schedule(called, partner.standard))


WAY_BACK = (_give_back,)
"""What the dock is asked for."""
WENT_BACK = (_returned,)
"""What it says of it."""
SENT_BACK = (_advise, _ask_again)
"""What suppliers with a mailbox are told of it."""
