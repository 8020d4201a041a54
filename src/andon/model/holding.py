"""What a hold asks of each system that has the lot: its books, its floor, its warehouse."""

__all__ = [
    "AllowUse",
    "BlockStock",
    "LockStock",
    "StopUse",
    "UnblockConsumed",
    "UnblockDeparted",
    "UnblockStock",
    "UnlockStock",
    "Usage",
]

from typing import Annotated, ClassVar, Literal

import msgspec

from andon.core.message import Claims
from andon.model.fulfilment import DeliveryCommand
from andon.model.production import ComponentLot, OrderCommand
from andon.model.quality import LotCommand
from andon.model.terms import Text

Usage = Literal["release", "rework", "scrap"]
"""What becomes of a lot: it is used as it is, made good first, or thrown away."""


class BlockStock(LotCommand, frozen=True, kw_only=True):
    """Take all of the lot that the books have for use, wherever it lies, out of use: nothing
    is carried. It keeps its place, or it could pass the release of an older hold, which then frees
    what is held."""

    TYPE: ClassVar[str] = "andon.quality.stock.block.v1"
    URGENT: ClassVar[bool] = True

    reason: Text

    def claims(self) -> Claims:
        """Held in the books."""
        return {"hold": True}


class UnblockStock(LotCommand, frozen=True, kw_only=True):
    """Give all of the lot that the books have blocked to use again. Waits its turn."""

    TYPE: ClassVar[str] = "andon.quality.stock.unblock.v1"

    def claims(self) -> Claims:
        """Not held in the books."""
        return {"hold": False}


class UnblockDeparted(DeliveryCommand, frozen=True, kw_only=True):
    """Give what left with a delivery back to use in the books, which have its lots blocked: it left
    before the word of a hold came, and what is gone must be issued. What is left stays blocked."""

    TYPE: ClassVar[str] = "andon.quality.departed.unblock.v1"

    def claims(self) -> Claims:
        """That it was given back."""
        return {"unblocked": True}


class UnblockConsumed(OrderCommand, frozen=True, kw_only=True):
    """Give what an order has consumed back to use in the books, as far as they have it blocked: it
    went in before the floor heard of a hold, and what is gone must be issued. What is left stays
    blocked."""

    TYPE: ClassVar[str] = "andon.quality.consumed.unblock.v1"

    components: Annotated[tuple[ComponentLot, ...], msgspec.Meta(min_length=1)]

    def claims(self) -> Claims:
        """That it was given back."""
        return {"unblocked": True}


class StopUse(LotCommand, frozen=True, kw_only=True):
    """Let no line consume the lot, from now on. It keeps its place, as `BlockStock` does."""

    TYPE: ClassVar[str] = "andon.quality.use.stop.v1"
    URGENT: ClassVar[bool] = True

    reason: Text
    usage: Usage | None = None
    """What becomes of it, once that is decided; the floor must have it held by then."""

    def claims(self) -> Claims:
        """Held on the floor."""
        return {"hold": True}


class AllowUse(LotCommand, frozen=True, kw_only=True):
    """Lines may consume the lot again. Waits its turn."""

    TYPE: ClassVar[str] = "andon.quality.use.allow.v1"

    def claims(self) -> Claims:
        """Not held on the floor."""
        return {"hold": False}


class LockStock(LotCommand, frozen=True, kw_only=True):
    """Let nobody take the lot off a shelf, from now on. It keeps its place, as `BlockStock`
    does."""

    TYPE: ClassVar[str] = "andon.quality.stock.lock.v1"
    URGENT: ClassVar[bool] = True

    reason: Text
    usage: Usage | None = None
    """What becomes of it, once that is decided; the warehouse must have it locked by then."""

    def claims(self) -> Claims:
        """Held in the warehouse."""
        return {"hold": True}


class UnlockStock(LotCommand, frozen=True, kw_only=True):
    """The lot may be taken off its shelves again. Waits its turn."""

    TYPE: ClassVar[str] = "andon.quality.stock.unlock.v1"

    def claims(self) -> Claims:
        """Not held in the warehouse."""
        return {"hold": False}
