"""Concession: what contains a held lot may be used all the same (ISO 9000:2015, 3.12.5)."""

__all__ = ["ConcessionGranted", "GrantConcession"]

from collections.abc import Iterable
from typing import ClassVar

from andon.core.message import LOT, PASSES, Claims, Event, Link
from andon.model.quality import LotCommand
from andon.model.terms import Instant, LotId, Text


class ConcessionGranted(Event, frozen=True, kw_only=True):
    """The lot passes though the speaker holds one that is in it, and so does what is made of it.
    That hold stands and binds all else; held anew, it binds this as well. Of a hold of the lot
    itself, and of what others hold, it says nothing."""

    TYPE: ClassVar[str] = "andon.quality.concession.granted.v1"
    KIND: ClassVar[str] = LOT
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId
    held_lot_id: LotId
    reason: Text | None = None
    granted_at: Instant | None = None

    def claims(self) -> Claims:
        """The held lot that it passes."""
        return _claimed(self.held_lot_id)

    def links(self) -> Iterable[Link]:
        """The held lot that it passes."""
        yield Link(PASSES, LOT, self.held_lot_id)


class GrantConcession(LotCommand, frozen=True, kw_only=True):
    """Let the lot pass though a held one is in it. Whoever owns holds grants it or refuses it;
    nothing passes before."""

    TYPE: ClassVar[str] = "andon.quality.concession.grant.v1"

    held_lot_id: LotId
    reason: Text

    def claims(self) -> Claims:
        """The held lot that it passes."""
        return _claimed(self.held_lot_id)

    def links(self) -> Iterable[Link]:
        """The held lot that it passes."""
        yield Link(PASSES, LOT, self.held_lot_id)


def _claimed(held: str) -> Claims:
    """By its number, as people call it, whoever names it."""
    return {"concession": held.rpartition(":")[2]}
