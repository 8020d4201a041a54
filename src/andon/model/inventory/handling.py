"""Handling units: what stands on one pallet or lies in one box, under its SSCC."""

__all__ = ["HandlingUnitEvent", "HandlingUnitPacked", "HandlingUnitShipped", "PackedContent"]

from collections.abc import Iterable
from typing import Annotated, ClassVar

import msgspec

from andon.core.message import Claims, Event, Link, claim
from andon.core.quantity import Quantity
from andon.model.terms import Instant, LotId, MaterialId, Name


class PackedContent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount of one lot in the unit."""

    material_id: MaterialId
    lot_id: LotId
    quantity: Quantity

    def __str__(self) -> str:
        return f"{self.quantity} {self.material_id}, lot {self.lot_id}"


class HandlingUnitEvent(Event, frozen=True, kw_only=True):
    """Parent of all events about one handling unit."""

    KIND: ClassVar[str] = "handling-unit"
    KEY: ClassVar[str] = "unit_id"

    unit_id: Name
    """Its SSCC, eighteen digits by GS1: nobody else gives the same."""


class HandlingUnitPacked(HandlingUnitEvent, frozen=True, kw_only=True):
    """It is closed, and this is in it."""

    TYPE: ClassVar[str] = "andon.inventory.unit.packed.v1"

    contents: Annotated[tuple[PackedContent, ...], msgspec.Meta(min_length=1)]
    location: Name
    bin: Name | None = None
    delivery_id: Name | None = None
    packed_at: Instant | None = None

    def claims(self) -> Claims:
        """What is in it, and where it stands."""
        return {
            "content": "; ".join(sorted(str(part) for part in self.contents)),
            "location": "/".join(filter(None, (self.location, self.bin))),
        }

    def links(self) -> Iterable[Link]:
        """The lots in it, and the delivery it goes with."""
        for part in self.contents:
            yield Link("contains", "material-lot", part.lot_id)
        if self.delivery_id is not None:
            yield Link("goes-with", "delivery", self.delivery_id)


class HandlingUnitShipped(HandlingUnitEvent, frozen=True, kw_only=True):
    """It has left our dock."""

    TYPE: ClassVar[str] = "andon.inventory.unit.shipped.v1"

    shipped_at: Instant

    def claims(self) -> Claims:
        """When it left; it stands nowhere of ours."""
        return {"shipped_at": claim(self.shipped_at), "location": None}
