"""Completing: lines of a purchase order of which nothing more is delivered."""

__all__ = ["CompletePurchaseLines", "PurchaseLinesCompleted"]

from typing import Annotated, ClassVar

import msgspec

from andon.core.message import Claims, Command
from andon.model.supply import PurchaseOrderEvent
from andon.model.terms import Name


class PurchaseLinesCompleted(PurchaseOrderEvent, frozen=True, kw_only=True):
    """Whoever places the order expects nothing more of these lines, whether all of it came or not;
    said again whenever they are others."""

    TYPE: ClassVar[str] = "andon.supply.lines.completed.v1"

    lines: tuple[Name, ...]
    """All of them, as the order numbers them. None: it was taken back."""

    def claims(self) -> Claims:
        """Which they are."""
        return {"completed": ", ".join(self.lines) or None}


class CompletePurchaseLines(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Expect nothing more of these lines: what has not come of them is not delivered."""

    TYPE: ClassVar[str] = "andon.supply.lines.complete.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    lines: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1)]
    """As the order numbers them, with those of which nothing was expected before."""

    def claims(self) -> Claims:
        """Which they are."""
        return {"completed": ", ".join(self.lines)}
