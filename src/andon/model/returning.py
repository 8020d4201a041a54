"""Returning: what came damaged and goes back to its supplier."""

__all__ = [
    "AdviseReturn",
    "Instead",
    "PostReturn",
    "RequestReplacement",
    "RequestReturn",
    "ReturnedLot",
    "ReturnedLots",
    "ShipmentReturned",
]

from typing import Annotated, ClassVar, Literal

import msgspec

from andon.core.message import Claims, Command
from andon.model.supply import OrderedLot, PurchaseOrderEvent, lots_text
from andon.model.terms import Instant, Name

Instead = Literal["replacement", "credit"]
"""What the supplier owes for what goes back: the same again, or its price."""


class ReturnedLot(OrderedLot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount of one lot that goes back, and the line it was bought by."""


ReturnedLots = Annotated[tuple[ReturnedLot, ...], msgspec.Meta(min_length=1)]
"""At least one."""


class ShipmentReturned(PurchaseOrderEvent, frozen=True, kw_only=True):
    """A driver has taken back to the supplier what came damaged on one shipment."""

    TYPE: ClassVar[str] = "andon.supply.shipment.returned.v1"

    shipment_id: Name
    """On which it came, as the supplier numbers it."""
    return_id: Name
    """As the dock numbers the way back."""
    supplier_id: Name
    instead: Instead
    returned: tuple[ReturnedLot, ...]
    """What has left."""
    absent: tuple[ReturnedLot, ...] = ()
    """What should have, and was not found."""
    returned_at: Instant

    def claims(self) -> Claims:
        """What went back last, if anything did, on which return, and whether it is owed again."""
        return _claims(self) if self.returned else {}


class RequestReturn(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Have what came damaged on one shipment given to a driver who takes it back."""

    TYPE: ClassVar[str] = "andon.supply.return.request.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    shipment_id: Name
    supplier_id: Name
    """To whom it goes."""
    instead: Instead
    returned: ReturnedLots

    def claims(self) -> Claims:
        """What shall go back."""
        return {"to-return": lots_text(self.shipment_id, self.returned)}


class PostReturn(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Put into the books what went back to the supplier. Posts a fact: no hold can bring it
    back."""

    TYPE: ClassVar[str] = "andon.supply.return.post.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    shipment_id: Name
    return_id: Name
    instead: Instead
    returned: ReturnedLots

    def claims(self) -> Claims:
        """What went back last, on which return, and whether it is owed again."""
        return _claims(self)


class AdviseReturn(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let the supplier know what is on its way back to it."""

    TYPE: ClassVar[str] = "andon.supply.return.advise.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    supplier_id: Name
    shipment_id: Name
    return_id: Name
    returned_at: Instant
    returned: ReturnedLots

    def claims(self) -> Claims:
        """What it was told went back."""
        return {"returned": lots_text(self.shipment_id, self.returned)}


class RequestReplacement(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Have the supplier send again what went back. Nothing more is ordered by it."""

    TYPE: ClassVar[str] = "andon.supply.replacement.request.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    supplier_id: Name
    shipment_id: Name
    """On which it came."""
    return_id: Name
    """By which it names what it sends."""
    asked_at: Instant
    returned: ReturnedLots

    def claims(self) -> Claims:
        """For which return it was asked last."""
        return {"asked-again": self.return_id}


def _claims(went: ShipmentReturned | PostReturn) -> Claims:
    return {
        "returned": lots_text(went.shipment_id, went.returned),
        "return": went.return_id,
        "owed-again": went.instead == "replacement",
    }
