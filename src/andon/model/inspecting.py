"""What an inspection asks of the books, which have what it is about in inspection stock."""

__all__ = ["BlockInspected", "ReleaseInspected"]

from collections.abc import Sequence
from typing import ClassVar

from andon.core.message import Claims
from andon.model.quality import LotCommand


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
