"""Fulfilment: deliveries to customers, and how far they are (UN/CEFACT consignment)."""

__all__ = [
    "ArrivalExpected",
    "ConfirmPick",
    "DeliveryCommand",
    "DeliveryCreated",
    "DeliveryEvent",
    "DeliveryLine",
    "DeliveryPicked",
    "LoadAnswered",
    "Milestone",
    "MilestonePassed",
    "PickDelivery",
    "PostGoodsIssue",
    "ResumePick",
    "StopPick",
    "TenderLoad",
]

from collections.abc import Iterable, Sequence
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
    orders: tuple[Name, ...] = ()
    """Sales orders for which it goes."""
    lines: Annotated[tuple[DeliveryLine, ...], msgspec.Meta(min_length=1)]

    def claims(self) -> Claims:
        """Who shall have it."""
        return {"customer": self.customer_id}

    def links(self) -> Iterable[Link]:
        """The customer, the orders, and the lots that go."""
        yield Link("customer", "party", self.customer_id)
        for order in self.orders:
            yield Link("fulfils", "sales-order", order)
        for line in self.lines:
            if line.lot_id is not None:
                yield Link("ships", "material-lot", line.lot_id)


class DeliveryPicked(DeliveryEvent, frozen=True, kw_only=True):
    """All of it stands at the dock."""

    TYPE: ClassVar[str] = "andon.fulfilment.delivery.picked.v1"

    picked_at: Instant | None = None

    def claims(self) -> Claims:
        """That it is picked."""
        return {"picked": True}


class LoadAnswered(DeliveryEvent, frozen=True, kw_only=True):
    """A carrier takes the load that it was tendered, or does not."""

    TYPE: ClassVar[str] = "andon.fulfilment.load.answered.v1"

    accepted: bool

    def claims(self) -> Claims:
        """Whether it carries it."""
        return {"carried": self.accepted}


class MilestonePassed(DeliveryEvent, frozen=True, kw_only=True):
    """The carrier says how far it is. May be said twice, and late: each milestone stands alone."""

    TYPE: ClassVar[str] = "andon.fulfilment.milestone.passed.v1"

    milestone: Milestone
    passed_at: Instant

    def claims(self) -> Claims:
        """When this milestone was passed; nothing of the other ones."""
        return {f"{self.milestone}_at": claim(self.passed_at)}


class ArrivalExpected(DeliveryEvent, frozen=True, kw_only=True):
    """The carrier's word of when the delivery will be at the customer's; the newest counts."""

    TYPE: ClassVar[str] = "andon.fulfilment.arrival.expected.v1"

    expected_at: Instant

    def claims(self) -> Claims:
        """When it is expected there."""
        return {"eta": claim(self.expected_at)}


class DeliveryCommand(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parent of all commands about one delivery."""

    KIND: ClassVar[str] = "delivery"
    KEY: ClassVar[str] = "delivery_id"

    delivery_id: Name


class PickDelivery(DeliveryCommand, frozen=True, kw_only=True):
    """Bring what goes with the delivery to the dock."""

    TYPE: ClassVar[str] = "andon.fulfilment.delivery.pick.v1"

    lines: Annotated[tuple[DeliveryLine, ...], msgspec.Meta(min_length=1)]
    orders: tuple[Name, ...] = ()
    """Sales orders for which it goes."""

    def claims(self) -> Claims:
        """That it may be picked."""
        return {"picking": "open"}

    def lots(self) -> Sequence[str]:
        """All that would leave the shelf."""
        return [line.lot_id for line in self.lines if line.lot_id is not None]


class StopPick(DeliveryCommand, frozen=True, kw_only=True):
    """Leave on the shelf what is not picked yet. Waits behind the pick it stops."""

    TYPE: ClassVar[str] = "andon.fulfilment.pick.stop.v1"

    def claims(self) -> Claims:
        """That it may not be picked."""
        return {"picking": "stopped"}


class ResumePick(DeliveryCommand, frozen=True, kw_only=True):
    """What was stopped may be picked."""

    TYPE: ClassVar[str] = "andon.fulfilment.pick.resume.v1"

    lot_ids: tuple[LotId, ...] = ()
    """What is picked then. None: this command was sent before it had to say so."""

    def claims(self) -> Claims:
        """That it may be picked."""
        return {"picking": "open"}

    def lots(self) -> Sequence[str]:
        """All that may leave the shelf again."""
        return self.lot_ids


class ConfirmPick(DeliveryCommand, frozen=True, kw_only=True):
    """Tell the books that all of it stands at the dock."""

    TYPE: ClassVar[str] = "andon.fulfilment.pick.confirm.v1"

    def claims(self) -> Claims:
        """That it is picked."""
        return {"picked": True}


class TenderLoad(DeliveryCommand, frozen=True, kw_only=True):
    """Ask a carrier to take it; the answer comes as LoadAnswered."""

    TYPE: ClassVar[str] = "andon.fulfilment.load.tender.v1"

    def claims(self) -> Claims:
        """That it was asked."""
        return {"tendered": True}


class PostGoodsIssue(DeliveryCommand, frozen=True, kw_only=True):
    """Post what left with a delivery out of stock. Posts a fact: no hold can bring it back."""

    TYPE: ClassVar[str] = "andon.fulfilment.issue.post.v1"

    def claims(self) -> Claims:
        """That it is posted."""
        return {"goods-issue": True}
