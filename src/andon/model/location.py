"""Locations: where things lie, as whoever owns a place divides it (ISA-95 OperationalLocation)."""

__all__ = ["LocationChanged"]

from collections.abc import Iterable
from typing import ClassVar

from andon.core.message import Claims, Event, Link
from andon.model.isa95 import EquipmentLevel
from andon.model.terms import Name


class LocationChanged(Event, frozen=True, kw_only=True):
    """There is such a place, and this is where it is."""

    TYPE: ClassVar[str] = "andon.master.location.changed.v1"
    KIND: ClassVar[str] = "location"
    KEY: ClassVar[str] = "location_id"

    location_id: Name
    level: EquipmentLevel
    part_of: Name
    """The place it lies in."""

    def claims(self) -> Claims:
        """Where it stands in the hierarchy."""
        return {"level": self.level}

    def links(self) -> Iterable[Link]:
        """The place it lies in."""
        yield Link("part-of", "location", self.part_of)
