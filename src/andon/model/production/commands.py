"""What is asked about production orders; one command is one call with an effect."""

__all__ = [
    "AssignComponents",
    "AssignLots",
    "CancelOrder",
    "ChangeOrder",
    "CompleteProduction",
    "ConfirmOperation",
    "DistributeOrder",
    "OrderCommand",
    "ReceiveOutput",
    "RecordOperation",
    "ReleaseOrder",
    "StartOperation",
    "StartProduction",
]

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, ClassVar

import msgspec

from andon.core.message import Claims, Command, Link, claim
from andon.core.quantity import Quantity
from andon.model.production.beliefs import header, known, operation
from andon.model.production.parts import ComponentLot
from andon.model.terms import EquipmentId, Instant, LotId, MaterialId, Name, OrderId, Text


class OrderCommand(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parent of all commands about one production order."""

    KIND: ClassVar[str] = "production-order"
    KEY: ClassVar[str] = "order_id"

    order_id: OrderId


class ReleaseOrder(OrderCommand, frozen=True, kw_only=True):
    """Release a planned order where it is planned: from then on it may be made."""

    TYPE: ClassVar[str] = "andon.production.order.release.v1"

    def claims(self) -> Claims:
        """Released."""
        return {"status": "Released"}


class DistributeOrder(OrderCommand, frozen=True, kw_only=True):
    """Give the released order to the shop floor. The floor's acknowledgment is the receipt."""

    TYPE: ClassVar[str] = "andon.production.order.distribute.v1"

    material_id: MaterialId
    quantity: Quantity
    due_at: Instant | None = None

    def claims(self) -> Claims:
        """Once acknowledged the floor holds the order as released, with this header."""
        return {"status": "Released", **header(self.material_id, self.quantity, self.due_at)}


class ChangeOrder(OrderCommand, frozen=True, kw_only=True):
    """Tell the shop floor, which holds the order, all that it is to be, as OrderChanged says it."""

    TYPE: ClassVar[str] = "andon.production.order.change.v1"

    material_id: MaterialId
    quantity: Quantity
    due_at: Instant | None = None

    def claims(self) -> Claims:
        """The header; a change says nothing about the status."""
        whole = header(self.material_id, self.quantity, self.due_at)
        return {**whole, "due_at": claim(self.due_at)}


class CancelOrder(OrderCommand, frozen=True, kw_only=True):
    """Stop making the order; overtakes what waits before it."""

    TYPE: ClassVar[str] = "andon.production.order.cancel.v1"
    OVERTAKES: ClassVar[bool] = True

    reason: Text | None = None

    def claims(self) -> Claims:
        """Cancelled."""
        return {"status": "Cancelled"}


class AssignComponents(OrderCommand, frozen=True, kw_only=True):
    """Reserve the components from stock; the order is ready when all of them are there."""

    TYPE: ClassVar[str] = "andon.production.order.assign-components.v1"

    def claims(self) -> Claims:
        """Ready."""
        return {"status": "Ready"}


class AssignLots(OrderCommand, frozen=True, kw_only=True):
    """Say which lots the components came from, all in one call. Posts a fact: no hold can bring it
    back."""

    TYPE: ClassVar[str] = "andon.production.order.assign-lots.v1"

    components: Annotated[tuple[ComponentLot, ...], msgspec.Meta(min_length=1)]

    def claims(self) -> Claims:
        """The lots of each component, sorted, under `component.<material>.lots`."""
        lots: dict[str, set[str]] = {}
        for part in self.components:
            lots.setdefault(part.material_id, set()).add(part.lot_id)
        return {f"component.{m}.lots": ", ".join(sorted(ids)) for m, ids in lots.items()}

    def links(self) -> Iterable[Link]:
        """The order consumes the lots."""
        return tuple(Link("consumes", "material-lot", part.lot_id) for part in self.components)


class StartProduction(OrderCommand, frozen=True, kw_only=True):
    """Book the components as consumed and the order as running."""

    TYPE: ClassVar[str] = "andon.production.order.start.v1"

    started_at: Instant | None = None

    def claims(self) -> Claims:
        """Running. When it began is not written to the target, so it is not claimed."""
        return {"status": "Running"}


class StartOperation(OrderCommand, frozen=True, kw_only=True):
    """Book that work on one operation has begun."""

    TYPE: ClassVar[str] = "andon.production.operation.start.v1"

    operation: Name
    equipment: EquipmentId | None = None

    def claims(self) -> Claims:
        """Running."""
        return operation(self.operation, status="Running")


class RecordOperation(OrderCommand, frozen=True, kw_only=True):
    """Book how long a running operation took, where a target wants that before it is confirmed."""

    TYPE: ClassVar[str] = "andon.production.operation.record.v1"

    operation: Name
    machine_time: timedelta

    def claims(self) -> Claims:
        """Still running."""
        return operation(self.operation, status="Running")


class ConfirmOperation(OrderCommand, frozen=True, kw_only=True):
    """Book what one operation made and how long it took."""

    TYPE: ClassVar[str] = "andon.production.operation.confirm.v1"

    operation: Name
    good: Quantity
    scrap: Quantity
    equipment: EquipmentId | None = None
    machine_time: timedelta | None = None
    started_at: Instant | None = None
    completed_at: Instant | None = None

    def claims(self) -> Claims:
        """Completed. An ERP may keep the time and not the figures, so those are not claimed."""
        return operation(self.operation, status="Completed")


class ReceiveOutput(OrderCommand, frozen=True, kw_only=True):
    """Put lot and quantity on the order's output; it is in stock only after CompleteProduction."""

    TYPE: ClassVar[str] = "andon.production.output.receive.v1"

    material_id: MaterialId
    good: Quantity
    lot_id: LotId | None = None

    def claims(self) -> Claims:
        """What came of the order."""
        return {"good": claim(self.good), **known(lot=self.lot_id)}

    def links(self) -> Iterable[Link]:
        """The order makes the lot."""
        if self.lot_id is not None:
            yield Link("makes", "material-lot", self.lot_id)


class CompleteProduction(OrderCommand, frozen=True, kw_only=True):
    """Book the output into stock and end the order."""

    TYPE: ClassVar[str] = "andon.production.order.complete.v1"

    completed_at: Instant | None = None

    def claims(self) -> Claims:
        """Completed."""
        return {"status": "Completed"}
