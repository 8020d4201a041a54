"""What happens to lots and stock."""

__all__ = [
    "GoodsIssued",
    "GoodsReceived",
    "LotCreated",
    "MovementEvent",
    "StockCounted",
    "StockMoved",
    "StockReported",
    "StockScrapped",
    "StockUse",
]

from collections.abc import Iterable
from typing import ClassVar, Literal

from andon.core.message import Claims, Event, Link, claim
from andon.core.quantity import Quantity
from andon.model.isa95 import Disposition, MaterialUse
from andon.model.terms import Instant, LotId, MaterialId, Name, OrderId, Text

StockUse = Literal["unrestricted", "blocked", "inspection"]
"""What an amount may be used for: anything, nothing, or nothing before it is inspected."""


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


class StockCounted(Event, frozen=True, kw_only=True):
    """Somebody has counted what lies of a lot in one place; the speaker believes the count now."""

    TYPE: ClassVar[str] = "andon.inventory.stock.counted.v1"
    KIND: ClassVar[str] = "material-lot"
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId
    material_id: MaterialId
    counted: Quantity
    expected: Quantity
    """What the speaker believed before, in the same unit."""
    location: Name
    bin: Name | None = None
    counted_at: Instant

    @property
    def difference(self) -> Quantity:
        """Above zero: more was found than believed."""
        return self.counted + Quantity(-self.expected.amount, self.expected.unit)

    def claims(self) -> Claims:
        """When it was counted last, wherever of it."""
        return {"counted_at": claim(self.counted_at)}


class StockReported(Event, frozen=True, kw_only=True):
    """Somebody says how much it has of a lot in one place for one use: its books, or its shelves.
    Said again when that is something else; as nothing when none is left."""

    TYPE: ClassVar[str] = "andon.inventory.stock.reported.v1"
    KIND: ClassVar[str] = "material-lot"
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId
    material_id: MaterialId
    location: Name
    """Storage location, by the name that all systems have for it."""
    use: StockUse
    quantity: Quantity

    def claims(self) -> Claims:
        """What it is of, and how much lies there so."""
        amount = claim(self.quantity)
        return {"material": self.material_id, f"stock.{self.location}.{self.use}": amount}

    def links(self) -> Iterable[Link]:
        """What it is of."""
        yield Link("of", "item", self.material_id)


class StockScrapped(Event, frozen=True, kw_only=True):
    """An amount of a lot was thrown away where it lay."""

    TYPE: ClassVar[str] = "andon.inventory.stock.scrapped.v1"
    KIND: ClassVar[str] = "material-lot"
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId
    material_id: MaterialId
    quantity: Quantity
    location: Name
    bin: Name | None = None
    reason: Text = ""
    scrapped_at: Instant | None = None

    def claims(self) -> Claims:
        """What it is of; how much is left nobody has said."""
        return {"material": self.material_id}
