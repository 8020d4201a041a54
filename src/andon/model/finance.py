"""Finance: what the journal holds of stock that moved, and periods that take no more."""

__all__ = ["PERIOD_CLOSED", "JournalEntryPosted"]

from collections.abc import Iterable
from typing import ClassVar

from andon.core.message import Claims, Event, Link, claim
from andon.core.quantity import Quantity
from andon.model.isa95 import MaterialUse
from andon.model.terms import Instant, MaterialId, Name, OrderId

PERIOD_CLOSED = "period-closed"
"""Code of a refusal, whatever the system's own is: its books take nothing for that day now."""


class JournalEntryPosted(Event, frozen=True, kw_only=True):
    """The value of one movement of stock stands in the journal. An entry never changes; a mistake
    is another entry."""

    TYPE: ClassVar[str] = "andon.finance.entry.posted.v1"
    KIND: ClassVar[str] = "journal-entry"
    KEY: ClassVar[str] = "entry_id"

    entry_id: Name
    """Document and line, as the journal numbers them."""
    movement_id: Name
    """The movement it values, as the posting system numbers it."""
    material_id: MaterialId
    quantity: Quantity
    """Below zero where it takes an earlier entry back."""
    value: Quantity
    """In a currency (ISO 4217), with the sign of the quantity."""
    use: MaterialUse = "Other"
    order_id: OrderId | None = None
    posted_at: Instant | None = None

    def claims(self) -> Claims:
        """What was valued, and at what."""
        when: Claims = {} if self.posted_at is None else {"posted_at": claim(self.posted_at)}
        return {
            "material": self.material_id,
            "quantity": claim(self.quantity),
            "value": claim(self.value),
            "use": self.use,
            **when,
        }

    def links(self) -> Iterable[Link]:
        """The movement, and the order it was for."""
        yield Link("values", "inventory-movement", self.movement_id)
        if self.order_id is not None:
            yield Link("posted-for", "production-order", self.order_id)
