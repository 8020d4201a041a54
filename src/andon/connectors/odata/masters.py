"""Items and bills of material as `A_Product` and `MaterialBOM` have them.

An item's revision is its document version there; a bill of material has one version per revision,
with the day from which it counts.
"""

__all__ = ["BillRow", "bill_of_material", "update_bom", "update_item"]

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import msgspec

from andon.connectors.odata.moments import day_of, moment, settings_of
from andon.connectors.odata.values import literal
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.message import ReadBack
from andon.core.quantity import Quantity
from andon.model.master import Component, ItemRevised, UpdateBom, UpdateItem


class _PartRow(msgspec.Struct, frozen=True, rename="pascal"):
    """The part of `MaterialBOMItem` we read."""

    bill_of_material_component: str
    bill_of_material_item_quantity: Decimal
    bill_of_material_item_unit: str


class BillRow(msgspec.Struct, frozen=True):
    """The part of `MaterialBOM` we read, with its items expanded."""

    material: str = msgspec.field(name="Material")
    version: str = msgspec.field(name="BillOfMaterialVersion")
    counts_from: datetime = msgspec.field(name="HeaderValidityStartDate")
    parts: tuple[_PartRow, ...] = msgspec.field(name="to_BillOfMaterialItem")


@inbound("MaterialBOM")
def bill_of_material(item: Item, known: Known) -> Iterator[Said]:
    """Revisions are engineering's to say: what stands here is read back. Read oldest change first,
    so the newest revision is believed last."""
    row = item.read(BillRow)
    if row == known.before(BillRow):
        return
    counts_from = moment(row.counts_from, None, known)
    assert counts_from is not None
    stands = ItemRevised(
        item_id=row.material,
        revision=row.version,
        effective_at=counts_from,
        components=tuple(
            Component(
                material_id=part.bill_of_material_component,
                quantity=Quantity(
                    part.bill_of_material_item_quantity, part.bill_of_material_item_unit
                ),
            )
            for part in row.parts
        ),
    )
    yield ReadBack(kind=stands.KIND, object_id=stands.item_id, holds=stands.claims())


@outbound(UpdateBom, proof="findable", local=True)
def update_bom(command: UpdateBom, known: Known) -> Request:
    """A new version of the bill of material for production, valid from the day it counts."""
    settings, day = settings_of(known), day_of(command.effective_at, known)
    parts = [
        {
            "BillOfMaterialItemNumber": f"{n:04}",
            "BillOfMaterialItemCategory": "L",
            "BillOfMaterialComponent": part.material_id,
            "BillOfMaterialItemQuantity": part.quantity.amount,
            "BillOfMaterialItemUnit": part.quantity.unit,
        }
        for n, part in zip(range(10, 9991, 10), command.components, strict=False)
    ]
    return Request(
        target="POST MaterialBOM",
        body={
            "Material": known.local,
            "Plant": settings.plant,
            "BillOfMaterialCategory": "M",
            "BillOfMaterialVariant": "1",
            "BillOfMaterialVariantUsage": "1",
            "BillOfMaterialVersion": command.revision,
            "HeaderValidityStartDate": day,
            "BOMAlternativeText": command.change_id or "",
            "to_BillOfMaterialItem": parts,
        },
    )


@outbound(UpdateItem, proof="state", local=True)
def update_item(command: UpdateItem, known: Known) -> Request:
    """The version of its document. Sent again it changes nothing."""
    return Request(
        target=f"MERGE A_Product({literal(known.local)})",
        body={"ProductDocumentVersion": command.revision},
    )
