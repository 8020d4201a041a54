"""Fulfilment: deliveries to customers, and how far they are (UN/CEFACT consignment)."""

__all__ = [
    "DeliveryCreated",
    "DeliveryEvent",
    "DeliveryLine",
    "Milestone",
    "MilestonePassed",
    "PostGoodsIssue",
]

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

import msgspec

from andon.core.message import Claims, Command, Event, Link, claim
from andon.core.quantity import Quantity
from andon.model.terms import Instant, LotId, MaterialId, Name

Milestone = Literal["departed", "arrived", "delivered"]
"""It left our dock, it stands at the customer's, the customer has it."""


class DeliveryEvent(Event, frozen=True, kw_only=True):
    """Parent of all events about one delivery."""

    KIND: ClassVar[str] = "delivery"
    KEY: ClassVar[str] = "delivery_id"

    delivery_id: Name


class DeliveryLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount of one material that goes with a delivery."""

    material_id: MaterialId
    quantity: Quantity
    lot_id: LotId | None = None


class DeliveryCreated(DeliveryEvent, frozen=True, kw_only=True):
    """Goods shall go to a customer."""

    TYPE: ClassVar[str] = "andon.fulfilment.delivery.created.v1"

    customer_id: Name
    lines: Annotated[tuple[DeliveryLine, ...], msgspec.Meta(min_length=1)]

    def claims(self) -> Claims:
        """Who shall have it."""
        return {"customer": self.customer_id}

    def links(self) -> Iterable[Link]:
        """The lots that go."""
        for line in self.lines:
            if line.lot_id is not None:
                yield Link("ships", "material-lot", line.lot_id)


class MilestonePassed(DeliveryEvent, frozen=True, kw_only=True):
    """The carrier says how far it is. May be said twice, and late: each milestone stands alone."""

    TYPE: ClassVar[str] = "andon.fulfilment.milestone.passed.v1"

    milestone: Milestone
    passed_at: Instant

    def claims(self) -> Claims:
        """When this milestone was passed; nothing of the other ones."""
        return {f"{self.milestone}_at": claim(self.passed_at)}


class PostGoodsIssue(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Post what left with a delivery out of stock. Posts a fact: no hold can bring it back."""

    TYPE: ClassVar[str] = "andon.fulfilment.issue.post.v1"
    KIND: ClassVar[str] = "delivery"
    KEY: ClassVar[str] = "delivery_id"

    delivery_id: Name

    def claims(self) -> Claims:
        """That it is posted."""
        return {"goods-issue": True}
