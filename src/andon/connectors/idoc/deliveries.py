"""Deliveries as DELVRY says them, each compared with the last one of its number; their goods issue.

By SAP's page on the delivery interface, all of DESADV, SHPORD and WHSORD say the same, and so do
SHPCON and WHSCON.
"""

__all__ = ["DELIVERY_MESSAGES", "DeliveryItem", "delivery", "post_goods_issue"]

from collections.abc import Iterator
from typing import cast

import msgspec

from andon.connectors.idoc.numbers import Head, bare, padded, refuse_other_content
from andon.connectors.idoc.settings import IdocSettings
from andon.connectors.idoc.values import amount
from andon.connectors.idoc.writing import TODAY
from andon.core.connector import Item, Request
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.message import Finding
from andon.core.quantity import Quantity
from andon.model.fulfilment import DeliveryCreated, DeliveryLine, PostGoodsIssue

DELIVERY_MESSAGES = ("DESADV", "SHPORD", "WHSORD")
"""Message types by which SAP sends a delivery."""
_SHIP_TO, _VENDOR = "WE", "LF"
_SALES_ORDER = "C"
_DELETED = "DEL"


class _Control(msgspec.Struct, frozen=True, rename="upper"):
    """E1EDL18: what is to be done with the delivery."""

    qualf: str = ""


class _Address(msgspec.Struct, frozen=True, rename="upper"):
    """E1ADRM1: one partner; WE is who gets it, LF the vendor of what comes in."""

    partner_q: str = ""
    partner_id: str = ""


class _Reference(msgspec.Struct, frozen=True, rename="upper"):
    """E1EDL43: a document before it; C is a sales order."""

    qualf: str = ""
    belnr: str = ""


class _Line(msgspec.Struct, frozen=True, rename="upper"):
    """E1EDL24: the part of an item we read."""

    posnr: str = ""
    matnr: str = ""
    charg: str = ""
    lfimg: str = ""
    vrkme: str = ""
    references: tuple[_Reference, ...] = msgspec.field(name="E1EDL43", default=())


class _Delivery(msgspec.Struct, frozen=True, rename="upper"):
    """E1EDL20: the part of a delivery's header we read."""

    vbeln: str = ""
    controls: tuple[_Control, ...] = msgspec.field(name="E1EDL18", default=())
    partners: tuple[_Address, ...] = msgspec.field(name="E1ADRM1", default=())
    lines: tuple[_Line, ...] = msgspec.field(name="E1EDL24", default=())


class DeliveryItem(msgspec.Struct, frozen=True):
    """One delivery and the control record of its document."""

    head: Head = msgspec.field(name="EDI_DC40")
    deliveries: tuple[_Delivery, ...] = msgspec.field(name="E1EDL20")


@inbound("DELVRY.delivery")
def delivery(item: Item, known: Known) -> Iterator[Said]:
    """A delivery is news once; that SAP changed or deleted it afterwards is for people to see.

    What comes from a vendor is no delivery to a customer, and says nothing.
    """
    refuse_other_content(item, known)
    row, before = item.read(DeliveryItem), known.before(DeliveryItem)
    now = row.deliveries[0]
    number = _number(now)
    if _partner(now, _VENDOR):
        return
    if before is None:
        if not _deleted(now):
            yield _created(now, number)
        return
    last = before.deliveries[0]
    if row.head.docnum < before.head.docnum:
        says = f"came after {before.head.docnum}, which is younger. The younger one counts."
        yield _finding("overtaken", row, number, says)
    elif _deleted(now) and not _deleted(last):
        yield _finding("delivery-deleted", row, number, "deletes it. Stop what goes on for it.")
    elif _deleted(last) and not _deleted(now):
        yield _created(now, number)
    elif not _deleted(now) and _created(now, number) != _created(last, number):
        says = "has other items or another customer. See what was picked of it."
        yield _finding("delivery-changed", row, number, says)


@outbound(PostGoodsIssue, proof="findable", local=True)
def post_goods_issue(_: PostGoodsIssue, known: Known) -> Request:
    """Goods issue for all of the delivery, at the day of sending."""
    header = {
        "VBELN": padded(known.local, 10),
        "E1EDL18": [{"QUALF": "PGI"}],
        "E1EDT13": [{"QUALF": "006", "ISDD": TODAY}],  # 006: the day of the goods issue
    }
    mestyp = cast("IdocSettings", known.settings).verification
    return Request(target="DELVRY03", body={"EDI_DC40": {"MESTYP": mestyp}, "E1EDL20": [header]})


def _created(row: _Delivery, number: str) -> DeliveryCreated:
    customer = _partner(row, _SHIP_TO)
    if not customer:
        says = f"names no partner {_SHIP_TO}, to whom it goes"
        raise MappingError(f"Delivery {number} {says}", [Fault("/E1EDL20/0/E1ADRM1", says)])
    lines = tuple(_lines(row, number))
    if not lines:
        says = "has no item with an amount"
        raise MappingError(f"Delivery {number} {says}", [Fault("/E1EDL20/0/E1EDL24", says)])
    orders = (
        bare(one.belnr)
        for line in row.lines
        for one in line.references
        if one.qualf.strip() == _SALES_ORDER and one.belnr.strip()
    )
    return DeliveryCreated(
        delivery_id=number,
        customer_id=customer,
        orders=tuple(dict.fromkeys(orders)),
        lines=lines,
    )


def _lines(row: _Delivery, number: str) -> Iterator[DeliveryLine]:
    """An item split over batches says nothing by itself; its parts do."""
    for index, line in enumerate(row.lines):
        at = f"/E1EDL20/0/E1EDL24/{index}"
        try:
            delivered = amount(line.lfimg)
        except ValueError as error:
            raise MappingError(str(error), [Fault(f"{at}/LFIMG", str(error))]) from error
        said = {"MATNR": line.matnr.strip(), "LFIMG": delivered, "VRKME": line.vrkme.strip()}
        lacking = [
            Fault(f"{at}/{name}", "is empty") for name, part in said.items() if part in ("", None)
        ]
        if lacking or delivered is None:
            where = f"Item {bare(line.posnr)} of delivery {number}"
            raise MappingError(f"{where} says no amount of a material with a unit", lacking)
        if delivered:
            yield DeliveryLine(
                material_id=bare(line.matnr),
                quantity=Quantity(delivered, line.vrkme.strip()),
                lot_id=line.charg.strip() or None,
            )


def _number(row: _Delivery) -> str:
    if not row.vbeln.strip():
        raise MappingError("A delivery says no number", [Fault("/E1EDL20/0/VBELN", "is empty")])
    return bare(row.vbeln)


def _partner(row: _Delivery, role: str) -> str:
    found = (one.partner_id for one in row.partners if one.partner_q.strip() == role)
    return next((bare(text) for text in found if text.strip()), "")


def _deleted(row: _Delivery) -> bool:
    return any(one.qualf.strip() == _DELETED for one in row.controls)


def _finding(code: str, row: DeliveryItem, number: str, says: str) -> Finding:
    return Finding(code, f"{row.head.mestyp} {row.head.docnum} of delivery {number} {says}")
