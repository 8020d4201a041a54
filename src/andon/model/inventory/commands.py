"""What is asked about lots and stock; one command is one call with an effect."""

__all__ = [
    "STOCK_DEFICIT",
    "CreateLot",
    "IssueGoods",
    "LotCommand",
    "PostAdjustment",
    "PostScrap",
    "PostTransfer",
    "PutAway",
    "ReceiveGoods",
]

from collections.abc import Iterable, Sequence
from typing import ClassVar

from andon.core.message import Claims, Command, Link
from andon.core.quantity import Quantity
from andon.model.inventory.events import StockUse
from andon.model.terms import LotId, MaterialId, Name, OrderId, Text

STOCK_DEFICIT = "stock-deficit"
"""Code of a refusal, whatever the system's own is: its books have less than is to be taken."""


class LotCommand(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parent of all commands about one lot and what it is of."""

    KIND: ClassVar[str] = "material-lot"
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId
    material_id: MaterialId

    def claims(self) -> Claims:
        """What it is of."""
        return {"material": self.material_id}


class CreateLot(LotCommand, frozen=True, kw_only=True):
    """Make the lot known to a system, so that output can be booked on it."""

    TYPE: ClassVar[str] = "andon.inventory.lot.create.v1"
    order_id: OrderId | None = None

    def links(self) -> Iterable[Link]:
        """The lot is made by the order."""
        if self.order_id is not None:
            yield Link("made-by", "production-order", self.order_id)


class PutAway(LotCommand, frozen=True, kw_only=True):
    """Take what was made into the warehouse."""

    TYPE: ClassVar[str] = "andon.inventory.lot.put-away.v1"
    quantity: Quantity


class PostTransfer(LotCommand, frozen=True, kw_only=True):
    """Post that an amount lies somewhere else. Posts a fact: no hold can bring it back."""

    TYPE: ClassVar[str] = "andon.inventory.transfer.post.v1"
    quantity: Quantity
    origin: Name
    destination: Name
    status: StockUse | None = None
    """As what the books have it; None is as they have it when it is posted, part of it so and part
    of it so if need be."""

    def claims(self) -> Claims:
        """What it is of, and where it lies."""
        return {"material": self.material_id, "location": self.destination}


class PostAdjustment(LotCommand, frozen=True, kw_only=True):
    """Post the difference that a count has found, so that the books say what lies there. Posts a
    fact: no hold can bring it back."""

    TYPE: ClassVar[str] = "andon.inventory.adjustment.post.v1"
    difference: Quantity
    """Above zero: more lies there than the books say."""
    location: Name
    status: StockUse | None = None
    """As what the books have it; None is as they have it when it is posted, part of it so and part
    of it so if need be."""


class PostScrap(LotCommand, frozen=True, kw_only=True):
    """Post what was thrown away out of stock. Posts a fact: no hold can bring it back."""

    TYPE: ClassVar[str] = "andon.inventory.scrap.post.v1"
    quantity: Quantity
    location: Name
    reason: Text = ""
    status: StockUse | None = None
    """As what the books have it; None is as they have it when it is posted, part of it so and part
    of it so if need be."""


class ReceiveGoods(LotCommand, frozen=True, kw_only=True):
    """Post an amount into stock that came for no order. Posts a fact: no hold can bring it back."""

    TYPE: ClassVar[str] = "andon.inventory.goods.receive.v1"
    quantity: Quantity
    location: Name


class IssueGoods(LotCommand, frozen=True, kw_only=True):
    """Give an amount out of stock to whoever pays for it, for no order."""

    TYPE: ClassVar[str] = "andon.inventory.goods.issue.v1"
    quantity: Quantity
    location: Name
    cost_center: Name

    def lots(self) -> Sequence[str]:
        """The lot it takes from."""
        return [self.lot_id]
