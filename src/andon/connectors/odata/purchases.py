"""Purchase orders as `A_PurchaseOrder` says them, what suppliers promise, and the goods receipt."""

__all__ = [
    "ComponentRow",
    "PurchaseItemRow",
    "PurchaseRow",
    "ScheduleRow",
    "complete_purchase_lines",
    "confirm_purchase_order",
    "post_receipt",
    "post_return",
    "purchase_order",
]

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from andon.connectors.odata.moments import day_of, moment
from andon.connectors.odata.postings import document_of, local_name, place_of
from andon.connectors.odata.values import entity
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.quantity import Quantity
from andon.model.completing import CompletePurchaseLines, PurchaseLinesCompleted
from andon.model.production import NeededComponent
from andon.model.returning import PostReturn, ReturnedLot
from andon.model.subcontracting import SubcontractLine, SubcontractPlaced
from andon.model.supply import (
    ConfirmPurchaseOrder,
    PostReceipt,
    PurchaseLine,
    PurchaseOrderConfirmed,
    PurchaseOrderPlaced,
    ReceivedLot,
)

_DAMAGED = "0003"
"""Reason for a return, as SAP delivers it for return deliveries."""
_FIRST = "1"
"""The schedule line that a line of an order means which names none: `00010`, not `00010/2`."""


_SUBCONTRACTING = "3"
"""Item category: the supplier processes what we provide; L on the screen."""


class ComponentRow(msgspec.Struct, frozen=True, rename="pascal"):
    """The part of `A_POSubcontractingComponent` we read."""

    material: str
    required_quantity: Decimal
    base_unit: str


class ScheduleRow(msgspec.Struct, frozen=True, rename="pascal"):
    """The part of `A_PurchaseOrderScheduleLine` we read."""

    schedule_line: str
    schedule_line_delivery_date: datetime | None = None
    schedule_line_order_quantity: Decimal | None = None
    schedule_line_committed_quantity: Decimal | None = None
    components: tuple[ComponentRow, ...] = msgspec.field(
        name="to_SubcontractingComponent", default=()
    )

    @property
    def committed(self) -> Decimal:
        """How much of it the supplier has committed itself to; nothing is no word, too."""
        return self.schedule_line_committed_quantity or Decimal(0)


class PurchaseItemRow(msgspec.Struct, frozen=True, rename="pascal"):
    """The part of `A_PurchaseOrderItem` we read."""

    purchase_order_item: str
    material: str
    order_quantity: Decimal
    purchase_order_quantity_unit: str
    is_completely_delivered: bool = False
    """Nothing more is expected: all of it came, or a buyer has said so."""
    purchase_order_item_category: str = ""
    schedule: tuple[ScheduleRow, ...] = msgspec.field(name="to_ScheduleLine", default=())

    def ordered(self, known: Known) -> Iterator[PurchaseLine]:
        """A line for each schedule line; for the item, where it has no more than one."""
        match self.schedule:
            case ():
                yield self._line(ScheduleRow(_FIRST), self.order_quantity, known)
            case (one,):
                yield self._line(one, self.order_quantity, known)
            case many:
                for one in many:
                    amount = one.schedule_line_order_quantity or Decimal(0)
                    yield self._line(one, amount, known)

    @property
    def provided_for(self) -> bool:
        """Whether the supplier makes it of what we provide."""
        return self.purchase_order_item_category == _SUBCONTRACTING

    def subcontracted(self, known: Known) -> Iterator[SubcontractLine]:
        """The same lines, each with what is provided for it."""
        for line, row in zip(self.ordered(known), self.schedule, strict=False):
            yield SubcontractLine(
                **msgspec.structs.asdict(line),
                components=tuple(
                    NeededComponent(
                        material_id=one.material,
                        quantity=Quantity(one.required_quantity, one.base_unit),
                    )
                    for one in row.components
                ),
            )

    def committed(self, known: Known) -> Iterator[PurchaseLine]:
        """Of the same lines those to which the supplier has committed itself."""
        for one in self.schedule:
            if one.committed:
                yield self._line(one, one.committed, known)

    def _line(self, row: ScheduleRow, amount: Decimal, known: Known) -> PurchaseLine:
        item = self.purchase_order_item
        single = len(self.schedule) < 2 and row.schedule_line == _FIRST
        return PurchaseLine(
            line=item if single else f"{item}/{row.schedule_line}",
            material_id=self.material,
            quantity=Quantity(amount, self.purchase_order_quantity_unit),
            due_at=moment(row.schedule_line_delivery_date, None, known),
        )


class PurchaseRow(msgspec.Struct, frozen=True):
    """The part of `A_PurchaseOrder` we read, with its items expanded."""

    number: str = msgspec.field(name="PurchaseOrder")
    supplier: str = msgspec.field(name="Supplier")
    items: tuple[PurchaseItemRow, ...] = msgspec.field(name="to_PurchaseOrderItem")
    created: datetime | None = msgspec.field(name="CreationDate", default=None)

    def completed(self, known: Known) -> tuple[str, ...]:
        """The lines of which nothing more is expected."""
        done = (one for one in self.items if one.is_completely_delivered)
        return tuple(line.line for one in done for line in one.ordered(known))


@inbound("A_PurchaseOrder")
def purchase_order(item: Item, known: Known) -> Iterator[Said]:
    """A new order is news, of what is bought and of what is processed, and so is what its supplier
    has committed itself to: who hears that from the supplier has heard it before. So is of which
    lines nothing more is expected. Nothing else that is changed later is read."""
    row, before = item.read(PurchaseRow), known.before(PurchaseRow)
    if before is None:
        yield from _placed(row, known)
    promised = tuple(line for one in row.items for line in one.committed(known))
    if promised and (before is None or _other(row, before)):
        yield PurchaseOrderConfirmed(order_id=row.number, lines=promised)
    completed = row.completed(known)
    if completed != (() if before is None else before.completed(known)):
        yield PurchaseLinesCompleted(order_id=row.number, lines=completed)


def _placed(row: PurchaseRow, known: Known) -> Iterator[Said]:
    bought = tuple(line for one in row.items if not one.provided_for for line in one.ordered(known))
    if bought:
        yield PurchaseOrderPlaced(order_id=row.number, supplier_id=row.supplier, lines=bought)
    processed = tuple(
        line for one in row.items if one.provided_for for line in one.subcontracted(known)
    )
    if processed:
        yield SubcontractPlaced(
            order_id=row.number,
            supplier_id=row.supplier,
            lines=processed,
            ordered_at=moment(row.created, None, known),
        )


def _other(row: PurchaseRow, before: PurchaseRow) -> bool:
    return [one.schedule for one in row.items] != [one.schedule for one in before.items]


@outbound(ConfirmPurchaseOrder, proof="state", local=True)
def confirm_purchase_order(command: ConfirmPurchaseOrder, known: Known) -> Request:
    """Committed quantity and day of each schedule line, all or none of them."""
    changes: list[Request] = []
    for line in command.lines:
        item, _, schedule = line.line.partition("/")
        row = {
            "PurchasingDocument": known.local,
            "PurchasingDocumentItem": item,
            "ScheduleLine": schedule or _FIRST,
        }
        body: dict[str, Any] = {"ScheduleLineCommittedQuantity": line.quantity.amount}
        if line.due_at is not None:
            body["ScheduleLineDeliveryDate"] = day_of(line.due_at, known)
        target = f"MERGE {entity('A_PurchaseOrderScheduleLine', row)}"
        changes.append(Request(target=target, body=body))
    return _together(changes)


@outbound(CompletePurchaseLines, proof="state", local=True)
def complete_purchase_lines(command: CompletePurchaseLines, known: Known) -> Request:
    """The items are marked as completely delivered, all or none of them. Their quantity stays, and
    with it what invoices are checked against; a schedule line alone cannot be marked."""
    items = dict.fromkeys(line.partition("/")[0] for line in command.lines)
    keys = ({"PurchaseOrder": known.local, "PurchaseOrderItem": item} for item in items)
    return _together(
        [
            Request(
                target=f"MERGE {entity('A_PurchaseOrderItem', key)}",
                body={"IsCompletelyDelivered": True},
            )
            for key in keys
        ]
    )


def _together(changes: Sequence[Request]) -> Request:
    return changes[0] if len(changes) == 1 else Request(target="POST $batch", body=tuple(changes))


@outbound(PostReceipt, proof="findable", local=True)
def post_receipt(command: PostReceipt, known: Known) -> Request:
    """A goods receipt for the purchase order, movement type 101; what is damaged into GR blocked
    stock, 103: there, and in nobody's stock. One document for a shipment."""
    items = [
        {"GoodsMovementType": kind, **_item(lot, amount, known)}
        for lot in command.received
        for kind, amount in (("101", lot.quantity), ("103", lot.damaged))
        if amount is not None and amount.amount > 0
    ]
    return document_of("01", items)


@outbound(PostReturn, proof="findable", local=True)
def post_return(command: PostReturn, known: Known) -> Request:
    """A return delivery from GR blocked stock, movement type 124, with the reason for it. SAP never
    counted it as delivered, so the line stays as open as it was until it is completed."""
    items = [
        {
            "GoodsMovementType": "124",
            "GoodsMovementReasonCode": _DAMAGED,
            **_item(lot, lot.quantity, known),
        }
        for lot in command.returned
    ]
    return document_of("01", items)


def _item(lot: ReceivedLot | ReturnedLot, amount: Quantity, known: Known) -> dict[str, Any]:
    return {
        **place_of(known),
        "Material": lot.material_id,
        "Batch": local_name(lot.lot_id),
        "GoodsMovementRefDocType": "B",
        "PurchaseOrder": known.local,
        "PurchaseOrderItem": lot.line,
        "QuantityInEntryUnit": amount.amount,
        "EntryUnit": amount.unit,
    }
