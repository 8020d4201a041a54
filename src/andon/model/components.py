"""Components: what an order is promised of the stock, and what is missing for it."""

__all__ = ["ComponentsChecked", "FreeComponents", "MissingComponent", "ReserveComponents"]

from collections.abc import Sequence
from typing import Annotated, ClassVar

import msgspec

from andon.core.message import Claims
from andon.core.quantity import Quantity
from andon.model.production import NeededComponent, OrderCommand, OrderEvent
from andon.model.terms import Instant, MaterialId


class MissingComponent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of one item nobody can promise to the order."""

    material_id: MaterialId
    quantity: Quantity


class ComponentsChecked(OrderEvent, frozen=True, kw_only=True):
    """Whoever keeps the stock says what is missing for the order now; said again whenever that
    changes."""

    TYPE: ClassVar[str] = "andon.production.components.checked.v1"

    missing: tuple[MissingComponent, ...] = ()
    checked_at: Instant | None = None

    def claims(self) -> Claims:
        """What is missing, by item; nothing if all of it is there."""
        return {"missing": _amounts(self.missing) or None}


class ReserveComponents(OrderCommand, frozen=True, kw_only=True):
    """Promise this of the stock to the order, in place of what was promised to it before. What is
    not there yet is promised when it comes, to who asked first."""

    TYPE: ClassVar[str] = "andon.production.components.reserve.v1"

    components: Annotated[tuple[NeededComponent, ...], msgspec.Meta(min_length=1)]

    def claims(self) -> Claims:
        """What is promised to it, by item."""
        return {"reserved": _amounts(self.components)}


class FreeComponents(OrderCommand, frozen=True, kw_only=True):
    """Let others have what is still promised to the order."""

    TYPE: ClassVar[str] = "andon.production.components.free.v1"

    def claims(self) -> Claims:
        """Nothing is promised to it, so nothing is missing."""
        return {"reserved": None, "missing": None}


def _amounts(parts: Sequence[NeededComponent] | Sequence[MissingComponent]) -> str:
    return ", ".join(sorted(f"{part.material_id} {part.quantity}" for part in parts))
