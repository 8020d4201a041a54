"""What changed since a position; the feed of the page reads this after every hint."""

__all__ = ["MOST_NAMES", "Change", "Marks", "change_since", "head_of", "marks"]

import msgspec

from andon.visibility.place import Place
from andon.visibility.reading import Asks
from andon.visibility.sql import statement

MOST_NAMES = 200
"""Beyond this a change names no subjects: whoever looks should look at everything again."""


class Change(msgspec.Struct, frozen=True):
    """The new head of what is recorded and projected, and whose story went on."""

    place: Place
    subjects: tuple[tuple[str, str | None], ...] | None
    """Names with their sites; None when there are too many to name."""

    def seen_by(self, sites: frozenset[str]) -> list[str] | None:
        """The names a caller may see; empty means nothing of theirs changed."""
        if self.subjects is None:
            return None
        return [name for name, site in self.subjects if not sites or site in sites]


class Marks(msgspec.Struct, frozen=True):
    """Two texts that change when open exceptions, or connections, look different."""

    exceptions: str
    connections: str


async def change_since(db: Asks, position: int) -> Change:
    """What is after `position`; an equal position means nothing."""
    rows = await db.fetch(statement("changed"), position)
    head: int = rows[0]["position"]
    place = Place.of(rows[0]["generation"], head)
    named = tuple((row["name"], row["site"]) for row in rows if row["name"] is not None)
    few = len(named) <= MOST_NAMES and not rows[0]["far"] and head >= position
    return Change(place, named if few else None)


async def head_of(db: Asks) -> Place:
    """Up to where the log is recorded and projected."""
    row = await db.fetchrow(statement("projected"))
    assert row is not None  # its parts are aggregates
    return Place.of(row["generation"], row["position"])


async def marks(db: Asks) -> Marks:
    """How exceptions and connections look now."""
    row = await db.fetchrow(statement("marks"))
    assert row is not None  # an aggregate always has one row
    return Marks(row["exceptions"], row["connections"])
