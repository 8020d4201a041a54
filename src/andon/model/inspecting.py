"""What an inspection says of a lot, and asks of the books, which have it in inspection stock."""

__all__ = ["BlockInspected", "LotInspected", "ReleaseInspected"]

from collections.abc import Sequence
from typing import ClassVar

from andon.core.message import LOT, Claims, Event
from andon.model.quality import Decision, LotCommand
from andon.model.terms import Instant, LotId, Name


class LotInspected(Event, frozen=True, kw_only=True):
    """Quality has decided about the lot after an inspection: said of the lot beside what is said of
    the inspection, so that it has its place among all else that is said of the lot."""

    TYPE: ClassVar[str] = "andon.quality.lot.inspected.v1"
    KIND: ClassVar[str] = LOT
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId
    decision: Decision
    inspection_id: Name
    inspected_at: Instant | None = None

    def claims(self) -> Claims:
        """Whether it is accepted."""
        return {"accepted": self.decision == "accept"}


class ReleaseInspected(LotCommand, frozen=True, kw_only=True):
    """Give all of the lot that the books have in inspection to use. Waits while the lot, or what is
    in it, is held."""

    TYPE: ClassVar[str] = "andon.quality.inspected.release.v1"

    def claims(self) -> Claims:
        """That the books gave it to use."""
        return {"accepted": True}

    def lots(self) -> Sequence[str]:
        """The lot that anybody may take then."""
        return [self.lot_id]


class BlockInspected(LotCommand, frozen=True, kw_only=True):
    """Block all of the lot that the books have in inspection: that is over, and the lot is held."""

    TYPE: ClassVar[str] = "andon.quality.inspected.block.v1"

    def claims(self) -> Claims:
        """Held in the books."""
        return {"hold": True}
