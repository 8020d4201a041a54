"""Stock: lots, and the movements that put material in and take it out (ISA-95 MaterialLot)."""

__all__ = [
    "CreateLot",
    "GoodsIssued",
    "GoodsReceived",
    "LotCreated",
    "MovementEvent",
    "PostTransfer",
    "PutAway",
    "StockMoved",
]

from collections.abc import Iterable
from typing import ClassVar

from andon.core.message import Claims, Command, Event, Link, claim
from andon.core.quantity import Quantity
from andon.model.isa95 import Disposition, MaterialUse
from andon.model.terms import Instant, LotId, MaterialId, Name, OrderId


class LotCreated(Event, frozen=True, kw_only=True):
    """A lot exists from now on."""

    TYPE: ClassVar[str] = "andon.inventory.lot.created.v1"
    KIND: ClassVar[str] = "material-lot"
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId
    material_id: MaterialId
    disposition: Disposition | None = None

    def claims(self) -> Claims:
        """What the lot is of, and what it may be used for where that is said."""
        use: Claims = {} if self.disposition is None else {"disposition": self.disposition}
        return {"material": self.material_id, **use}


class MovementEvent(Event, frozen=True, kw_only=True):
    """Parent of all postings of stock. A movement never changes; a mistake is another movement."""

    KIND: ClassVar[str] = "inventory-movement"
    KEY: ClassVar[str] = "movement_id"

    movement_id: Name
    """Document and line, as the posting system numbers them."""
    material_id: MaterialId
    quantity: Quantity
    use: MaterialUse = "Other"
    lot_id: LotId | None = None
    order_id: OrderId | None = None
    location: Name | None = None
    posted_at: Instant | None = None

    def claims(self) -> Claims:
        """What was moved."""
        claims: Claims = {
            "material": self.material_id,
            "quantity": claim(self.quantity),
            "use": self.use,
        }
        extra = {"lot": self.lot_id, "location": self.location, "posted_at": self.posted_at}
        return {**claims, **{name: claim(v) for name, v in extra.items() if v is not None}}

    def links(self) -> Iterable[Link]:
        """The lot and the order it belongs to."""
        if self.lot_id is not None:
            yield Link("moves", "material-lot", self.lot_id)
        if self.order_id is not None:
            yield Link("posted-for", "production-order", self.order_id)


class GoodsReceived(MovementEvent, frozen=True, kw_only=True):
    """Material came into stock."""

    TYPE: ClassVar[str] = "andon.inventory.goods.received.v1"


class GoodsIssued(MovementEvent, frozen=True, kw_only=True):
    """Material left stock."""

    TYPE: ClassVar[str] = "andon.inventory.goods.issued.v1"


class CreateLot(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Make the lot known to a system, so that output can be booked on it."""

    TYPE: ClassVar[str] = "andon.inventory.lot.create.v1"
    KIND: ClassVar[str] = "material-lot"
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId
    material_id: MaterialId
    order_id: OrderId | None = None

    def claims(self) -> Claims:
        """What the lot is of."""
        return {"material": self.material_id}

    def links(self) -> Iterable[Link]:
        """The lot is made by the order."""
        if self.order_id is not None:
            yield Link("made-by", "production-order", self.order_id)


class StockMoved(Event, frozen=True, kw_only=True):
    """Somebody has carried an amount of a lot from one place to another."""

    TYPE: ClassVar[str] = "andon.inventory.stock.moved.v1"
    KIND: ClassVar[str] = "material-lot"
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId
    material_id: MaterialId
    quantity: Quantity
    origin: Name
    """Storage location it came from."""
    destination: Name
    """Storage location in which it lies now."""
    bin: Name | None = None
    """Where in it, if that has places of its own."""
    moved_at: Instant | None = None

    def claims(self) -> Claims:
        """Where it was last put."""
        return {"location": "/".join(filter(None, (self.destination, self.bin)))}


class PutAway(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take what was made into the warehouse."""

    TYPE: ClassVar[str] = "andon.inventory.lot.put-away.v1"
    KIND: ClassVar[str] = "material-lot"
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId
    material_id: MaterialId
    quantity: Quantity

    def claims(self) -> Claims:
        """What it is of."""
        return {"material": self.material_id}


class PostTransfer(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Post that an amount lies somewhere else. Posts a fact: no hold can bring it back."""

    TYPE: ClassVar[str] = "andon.inventory.transfer.post.v1"
    KIND: ClassVar[str] = "material-lot"
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId
    material_id: MaterialId
    quantity: Quantity
    origin: Name
    destination: Name

    def claims(self) -> Claims:
        """What it is of, and where it lies."""
        return {"material": self.material_id, "location": self.destination}
