"""How long what grows without end is kept: `[retention]` in a project's parameters."""

__all__ = ["Lifetimes"]

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from andon.core.errors import Fault

SHORTEST = timedelta(days=1)
_PATTERN = re.compile(r"[a-z0-9][a-z0-9.-]*(\.\*)?|\*")


class Lifetimes(msgspec.Struct, frozen=True, kw_only=True):
    """What has no lifetime is kept for ever, and by default nothing has one."""

    records: Mapping[str, timedelta] = {}
    """Records of the log by type: `"andon.equipment.*" = "90 d"`. The longest pattern that fits
    counts; `"*"` is all that has no other. What an open run, case or command needs stays longer."""
    runs: timedelta | None = None
    """Ended runs with their journals, since they ended."""
    cases: timedelta | None = None
    """Resolved exceptions with the items as they came, since they were resolved."""
    agreements: timedelta | None = None
    """How soon a follower agreed with its owner, since it agreed."""
    seen: timedelta | None = None
    """Ids by which a repetition is known, since they were recorded. Longer than any system and any
    caller may send again: what comes after that is news."""

    def faults(self, at: str) -> list[Fault]:
        """Patterns that fit nothing, and lifetimes that can only be a slip."""
        named = [(f"{at}.records.{pattern}", life) for pattern, life in self.records.items()]
        named += [
            (f"{at}.{name}", life)
            for name in ("runs", "cases", "agreements", "seen")
            if (life := getattr(self, name)) is not None
        ]
        return [
            Fault(place, "is shorter than a day; write 90 d, or leave it out to keep it for ever")
            for place, life in named
            if life < SHORTEST
        ] + [
            Fault(f"{at}.records.{pattern}", "is no record type; write one, or one ending in .*")
            for pattern in self.records
            if not _PATTERN.fullmatch(pattern)
        ]

    def cutoffs(self, now: datetime) -> list[tuple[str, datetime]]:
        """For PostgreSQL's `like`: patterns, and before when a record of one has expired."""
        return [(_like(pattern), now - life) for pattern, life in self.records.items()]


def _like(pattern: str) -> str:
    plain = pattern.removesuffix("*")
    quoted = re.sub(r"([\\%_])", r"\\\1", plain)
    return quoted + "%" if plain != pattern else quoted
