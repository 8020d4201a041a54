"""Disposing: what becomes of a lot that quality holds, and what that asks of the books."""

__all__ = ["DecideUsage", "DisposeLot", "LotDisposed", "Usage"]

from typing import ClassVar

from andon.core.message import Claims, Event
from andon.model.holding import Usage
from andon.model.quality import LotCommand
from andon.model.terms import Instant, LotId, Name, Text


class LotDisposed(Event, frozen=True, kw_only=True):
    """Quality has decided what becomes of a held lot. Only `release` frees it, by a release of its
    own; reworked or scrapped it stays held."""

    TYPE: ClassVar[str] = "andon.quality.lot.disposed.v1"
    KIND: ClassVar[str] = "material-lot"
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId
    usage: Usage
    reason: Text | None = None
    inspection_id: Name | None = None
    """The inspection that is closed by it; none where there was none, or it is closed already."""
    disposed_at: Instant | None = None

    def claims(self) -> Claims:
        """What becomes of it."""
        return {"usage": self.usage}


class DisposeLot(LotCommand, frozen=True, kw_only=True):
    """Decide what becomes of a held lot. Whoever owns holds takes it or refuses it."""

    TYPE: ClassVar[str] = "andon.quality.lot.dispose.v1"

    usage: Usage
    reason: Text

    def claims(self) -> Claims:
        """What becomes of it."""
        return {"usage": self.usage}


class DecideUsage(LotCommand, frozen=True, kw_only=True):
    """Close the inspection of the lot in the books with the usage decision. It moves no stock."""

    TYPE: ClassVar[str] = "andon.quality.usage.decide.v1"

    usage: Usage

    def claims(self) -> Claims:
        """What becomes of it."""
        return {"usage": self.usage}
