"""What counts as true of one object: each attribute with who says so, since when, how old."""

__all__ = ["authoritative", "values_of"]

from collections.abc import Sequence
from datetime import datetime

from andon.visibility.identity import AmbiguousError, Identity, UnknownIdError, identity_of
from andon.visibility.matrix import Owned, matrix
from andon.visibility.reading import Asks
from andon.visibility.sql import statement
from andon.visibility.subject import held_of
from andon.visibility.views import Authoritative, AuthoritativeValue, MatrixRow


async def authoritative(
    db: Asks, kind: str, any_id: str, *, sites: frozenset[str], now: datetime
) -> Authoritative:
    """The object of a kind that an id means. Raises UnknownIdError, or AmbiguousError."""
    who = await _of_kind(db, kind, any_id, sites)
    owned = [Owned(**row) for row in await db.fetch(statement("ownership"), who.kind)]
    return Authoritative(
        name=who.name,
        kind=who.kind,
        local=who.local,
        site=who.site,
        values=values_of(matrix(await held_of(db, who), owned, now), now),
        generated_at=now,
    )


async def _of_kind(db: Asks, kind: str, any_id: str, sites: frozenset[str]) -> Identity:
    """An id may mean an order and an item; asked for an item, it means the item."""
    try:
        who = await identity_of(db, any_id, sites)
    except AmbiguousError as error:
        ours = [name for name in error.choices if name.startswith(f"{kind}/")]
        if len(ours) != 1:
            raise
        who = await identity_of(db, ours[0], sites)
    if who.kind != kind:
        raise UnknownIdError(f"{any_id!r} is a {who.kind}, and not a {kind}. Check the spelling.")
    return who


def values_of(rows: Sequence[MatrixRow], now: datetime) -> list[AuthoritativeValue]:
    """The owner's word where one is declared and has spoken, else the newest word; and who says
    something else."""
    found: list[AuthoritativeValue] = []
    for row in rows:
        owner = [cell for cell in row.cells if cell.system == row.owner]
        says = owner[0] if owner else max(row.cells, key=lambda cell: cell.occurred_at)
        found.append(
            AuthoritativeValue(
                attribute=row.attribute,
                value=says.value,
                source=says.system,
                owner=row.owner,
                since=says.since,
                said_at=says.occurred_at,
                age_s=max(0.0, (now - says.recorded_at).total_seconds()),
                others=[cell.system for cell in row.cells if cell.value != says.value],
            )
        )
    return found
