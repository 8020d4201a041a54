"""What the MES of plant A makes items by: their revisions, and from when each counts."""

__all__ = ["Items", "Needs", "Revision", "Step"]

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

import msgspec


class Needs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a part one piece takes."""

    part: str
    quantity: Decimal


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One operation, as a terminal shows it, and the seconds it is planned to take a piece."""

    operation: str
    work: str
    seconds: Decimal


class Revision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One revision as it was given."""

    valid_from: datetime
    needs: tuple[Needs, ...] = ()
    instruction: str = ""
    steps: tuple[Step, ...] = ()


_FIRST = datetime(2020, 1, 1, tzinfo=UTC)


class Items:
    """All items that it knows. A revision is never changed: it may lie on a line already."""

    def __init__(self) -> None:
        pump = Revision(
            valid_from=_FIRST, needs=(Needs("HOUSING", Decimal(1)), Needs("SEAL", Decimal(2)))
        )
        self.revisions: dict[str, dict[str, Revision]] = {
            "HOUSING": {"01": Revision(valid_from=_FIRST)},
            "SEAL": {"01": Revision(valid_from=_FIRST)},
            "PUMP": {"01": pump},
        }
        self._released = {(item, "01") for item in self.revisions}

    def put(self, item: str, name: str, revision: Revision) -> bool:
        """Whether it is new. Raises KeyError for an unknown item or part, ValueError where the
        revision is something else already."""
        known = self.revisions[item]
        for need in revision.needs:
            if need.part not in self.revisions:
                raise KeyError(need.part)
        if known.setdefault(name, revision) != revision:
            raise ValueError(f"revision {name} of {item} is another one already")
        return known[name] is revision

    def release(self, item: str, name: str) -> None:
        """It counts from its time on. Raises KeyError when it was not given."""
        if name not in self.revisions.get(item, {}):
            raise KeyError(f"{item}/{name}")
        self._released.add((item, name))

    def released(self, item: str, name: str) -> bool:
        """Whether it may be made by it, once its time has come."""
        return (item, name) in self._released

    def effective(self, item: str, at: datetime) -> str:
        """The revision that counts then; none of an item it does not know."""
        counting = [
            (one.valid_from, name)
            for name, one in self.revisions.get(item, {}).items()
            if one.valid_from <= at and self.released(item, name)
        ]
        return max(counting)[1] if counting else ""

    def needs(self, item: str, revision: str) -> Mapping[str, Decimal]:
        """What one piece takes."""
        found = self.revisions.get(item, {}).get(revision)
        return {} if found is None else {need.part: need.quantity for need in found.needs}
