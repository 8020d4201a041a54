"""Expediting: what is missing of an item, and what suppliers are asked to send sooner for it."""

__all__ = ["RequestExpedite", "SendExpedite", "ShortageChecked"]

from collections.abc import Iterable
from typing import ClassVar

from andon.core.message import Claims, Command, Event, Link, claim
from andon.core.quantity import Quantity
from andon.model.supply import PurchaseLine, lines_text
from andon.model.terms import Instant, MaterialId, Name, OrderId


class ShortageChecked(Event, frozen=True, kw_only=True):
    """Whoever keeps the stock says how much of an item nobody can promise to the orders that take
    it; said again whenever that changes, and as nothing once all of it is there."""

    TYPE: ClassVar[str] = "andon.supply.shortage.checked.v1"
    KIND: ClassVar[str] = "item"
    KEY: ClassVar[str] = "item_id"

    item_id: MaterialId
    missing: Quantity
    orders: tuple[OrderId, ...] = ()
    """Production orders that miss some of it."""
    checked_at: Instant | None = None

    def claims(self) -> Claims:
        """How much is missing; nothing if none is."""
        return {"missing": claim(self.missing) if self.missing.amount else None}

    def links(self) -> Iterable[Link]:
        """The orders that wait for it."""
        return tuple(Link("missing-for", "production-order", order) for order in self.orders)


class RequestExpedite(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Note what of an order its supplier is asked to send at once, in place of what was noted
    before. A supplier that is our partner reads it here."""

    TYPE: ClassVar[str] = "andon.supply.expedite.request.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    wanted: tuple[PurchaseLine, ...]
    """As the order numbers its lines, how much of each, and for which day. None: it is no longer
    urgent."""

    def claims(self) -> Claims:
        """What is wanted sooner."""
        return {"expedite": lines_text(self.wanted) or None}


class SendExpedite(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let the supplier know what of an order is wanted at once, and what of that no longer is.
    Nothing more is ordered by it."""

    TYPE: ClassVar[str] = "andon.supply.expedite.send.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    supplier_id: Name
    request_id: Name
    """No two requests have one."""
    asked_at: Instant
    wanted: tuple[PurchaseLine, ...]
    relieved: tuple[PurchaseLine, ...] = ()
    """What it was asked to send at once and may send later after all, and for which day."""

    def claims(self) -> Claims:
        """What it was told is wanted sooner."""
        return {"expedite": lines_text(self.wanted) or None}
