"""Goods movements as `A_MaterialDocumentHeader` says them."""

__all__ = ["DocumentRow", "MovementRow", "goods_movement"]

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import msgspec

from andon.connectors.odata.blocking import GONE_BEFORE
from andon.connectors.odata.moments import moment, settings_of
from andon.core.connector import Item
from andon.core.mapping import Known, Said, inbound
from andon.core.message import LOT, Finding, ReadBack
from andon.core.quantity import Quantity
from andon.model.inventory import GoodsIssued, GoodsReceived, MovementEvent
from andon.model.isa95 import MaterialUse


class MovementRow(msgspec.Struct, frozen=True, rename="pascal"):
    """The part of `A_MaterialDocumentItem` we read."""

    material_document_item: str
    material: str
    goods_movement_type: str
    quantity_in_entry_unit: Decimal
    entry_unit: str
    plant: str = ""
    storage_location: str = ""
    batch: str = ""
    manufacturing_order: str = ""
    purchase_order: str = ""


class DocumentRow(msgspec.Struct, frozen=True):
    """The part of `A_MaterialDocumentHeader` we read, with its items expanded."""

    number: str = msgspec.field(name="MaterialDocument")
    year: str = msgspec.field(name="MaterialDocumentYear")
    items: tuple[MovementRow, ...] = msgspec.field(name="to_MaterialDocumentItem")
    by: str = msgspec.field(name="CreatedByUser", default="")
    text: str = msgspec.field(name="MaterialDocumentHeaderText", default="")
    day: datetime | None = msgspec.field(name="CreationDate", default=None)
    time: str | None = msgspec.field(name="CreationTime", default=None)


_INTO: dict[str, MaterialUse] = {
    "101": "Material Produced", "105": "Other", "123": "Other", "202": "Consumable",
    "262": "Material Consumed", "501": "Other", "531": "By-product Produced",
    "544": "Material Consumed", "552": "Other", "554": "Other", "556": "Other", "602": "Other",
    "651": "Other", "701": "Inventoried",
}  # fmt: skip
"""Movement types that put into stock; a reversal is the same use the other way."""
_OUT: dict[str, MaterialUse] = {
    "102": "Material Produced", "106": "Other", "122": "Other", "201": "Consumable",
    "261": "Material Consumed", "502": "Other", "532": "By-product Produced", "551": "Other",
    "543": "Material Consumed", "553": "Other", "555": "Other", "601": "Other", "652": "Other",
    "702": "Inventoried",
}  # fmt: skip
_WITHIN = {
    "103", "104", "124", "125", "309", "310", "311", "312", "321", "322", "323", "324", "325",
    "326", "541", "542", "641", "642", "643", "644",
}  # fmt: skip
"""Movement types that leave stock as it is: from place to place, from status to status, or what
came and was not taken."""
_BLOCKS = {"344": True, "343": False, "350": True, "349": False}
"""Movement types that block a lot, out of use or out of inspection, or give it back to that."""


@inbound("A_MaterialDocumentHeader")
def goods_movement(item: Item, known: Known) -> Iterator[Said]:
    """Each line of a document is a movement; one that we posted comes back as a read-back. So
    is what is blocked, or given to use again: whether a lot is held is for quality to say."""
    row = item.read(DocumentRow)
    if known.before(DocumentRow) is not None:
        return  # a document never changes; a line that is cancelled later has a document of its own
    ours = row.by != "" and row.by == settings_of(known).writer
    posted_at = moment(row.day, row.time, known)
    for line in row.items:
        kind = line.goods_movement_type
        if kind in _WITHIN:
            continue
        if kind in _BLOCKS:
            if line.batch and row.text not in GONE_BEFORE:
                yield ReadBack(kind=LOT, object_id=line.batch, holds={"hold": _BLOCKS[kind]})
            continue
        if kind not in _INTO and kind not in _OUT:
            yield Finding(
                "movement-type",
                f"Document {row.number}/{row.year} item {line.material_document_item} has the"
                f" movement type {kind}, which nobody has told whether it puts in or takes out.",
            )
            continue
        event = _movement(row, line, posted_at)
        if ours:
            yield ReadBack(kind=event.KIND, object_id=event.movement_id, holds=event.claims())
        else:
            yield event


def _movement(row: DocumentRow, line: MovementRow, posted_at: datetime | None) -> MovementEvent:
    kind = line.goods_movement_type
    into = kind in _INTO
    use = _INTO[kind] if into else _OUT[kind]
    said = GoodsReceived if into else GoodsIssued
    return said(
        movement_id=f"{row.number}/{row.year}/{line.material_document_item}",
        material_id=line.material,
        quantity=Quantity(line.quantity_in_entry_unit, line.entry_unit),
        use="Other" if line.purchase_order else use,
        lot_id=line.batch or None,
        order_id=line.manufacturing_order or None,
        location="/".join(part for part in (line.plant, line.storage_location) if part) or None,
        posted_at=posted_at,
    )
