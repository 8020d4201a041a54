"""What counts as true of an object: each attribute with who says so, since when, how old."""

__all__ = ["authoritative", "objects", "values_of"]

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from andon.visibility.eyes import Eyes
from andon.visibility.identity import AmbiguousError, Identity, UnknownIdError, identity_of
from andon.visibility.matrix import Belief, Owned, matrix
from andon.visibility.reading import Asks, maybe_json
from andon.visibility.sql import statement
from andon.visibility.views import Authoritative, AuthoritativeValue, MatrixRow, Related


async def authoritative(
    db: Asks, kind: str, any_id: str, *, eyes: Eyes, related: str | None = None, now: datetime
) -> Authoritative:
    """The object of a kind that an id means, with linked objects of the kind `related`.
    Raises UnknownIdError, or AmbiguousError."""
    who = await _of_kind(db, kind, any_id, eyes)
    beside = await _beside(db, who, related, eyes)
    seen = await _seen(
        db, [(who.name, kind), *((one["name"], one["kind"]) for one in beside)], eyes
    )
    if who.name not in seen:
        raise _unknown(kind, any_id)
    read = await _Values.read(db, seen, {who.kind, related or who.kind}, now)
    return Authoritative(
        name=who.name,
        kind=who.kind,
        local=who.local,
        site=who.site,
        values=read.of(who.name, who.kind),
        generated_at=now,
        related=[
            Related(
                relation=one["relation"],
                name=one["name"],
                kind=one["kind"],
                local=one["local"],
                values=read.of(one["name"], one["kind"]),
            )
            for one in beside
            if one["name"] in seen
        ],
    )


async def objects(
    db: Asks, kind: str, *, eyes: Eyes, before: int | None, limit: int, now: datetime
) -> tuple[list[Authoritative], int | None]:
    """A page of the objects of a kind, newest first, and where the next one begins."""
    which, party = ("objects", []) if eyes.party is None else ("own_objects", [eyes.party])
    rows = await db.fetch(statement(which), kind, before, sorted(eyes.sites), limit, *party)
    seen = await _seen(db, [(row["name"], kind) for row in rows], eyes)
    read = await _Values.read(db, seen, {kind}, now)
    page = [
        Authoritative(
            name=row["name"],
            kind=kind,
            local=row["local"],
            site=row["site"],
            values=read.of(row["name"], kind),
            generated_at=now,
        )
        for row in rows
        if row["name"] in seen
    ]
    return page, rows[-1]["position"] if len(rows) == limit else None


async def _of_kind(db: Asks, kind: str, any_id: str, eyes: Eyes) -> Identity:
    """An id may mean an order and an item; asked for an item, it means the item."""
    if eyes.party is not None:
        return await _own(db, kind, any_id, eyes.party, eyes.sites)
    try:
        who = await identity_of(db, any_id, eyes.sites)
    except AmbiguousError as error:
        ours = [name for name in error.choices if name.startswith(f"{kind}/")]
        if len(ours) != 1:
            raise
        who = await identity_of(db, ours[0], eyes.sites)
    if who.kind != kind:
        raise UnknownIdError(f"{any_id!r} is a {who.kind}, and not a {kind}. Check the spelling.")
    return who


async def _own(db: Asks, kind: str, any_id: str, party: str, sites: frozenset[str]) -> Identity:
    """Whether others have such an object is not told."""
    if "\0" in any_id:
        raise _unknown(kind, any_id)
    rows = await db.fetch(statement("own_identity"), any_id, sorted(sites), kind, party)
    found = [Identity(**row) for row in rows]
    if not found:
        raise _unknown(kind, any_id)
    if len(found) > 1 and found[0].name != any_id:
        raise AmbiguousError(
            f"{any_id!r} means several of yours. Ask again with one of `choices`.",
            [one.name for one in found[:50]],
        )
    return found[0]


def _unknown(kind: str, any_id: str) -> UnknownIdError:
    return UnknownIdError(f"You have no {kind} {any_id!r}. Check the spelling.")


async def _beside(
    db: Asks, who: Identity, kind: str | None, eyes: Eyes
) -> Sequence[Mapping[str, Any]]:
    if kind is None or "\0" in kind:
        return ()
    return await db.fetch(statement("related"), who.name, kind, sorted(eyes.sites))


async def _seen(
    db: Asks, subjects: Collection[tuple[str, str]], eyes: Eyes
) -> dict[str, frozenset[str] | None]:
    """Those of which anything may be seen, and which attributes; None: all."""
    if eyes.party is None:
        return {name: None for name, _ in subjects}
    rows = await db.fetch(statement("roles"), eyes.party, [name for name, _ in subjects])
    roles = {row["subject"]: row["roles"] for row in rows}
    return {
        name: eyes.attributes(kind, roles.get(name, ()))
        for name, kind in subjects
        if eyes.sees(kind, roles.get(name, ()))
    }


class _Values:
    """What counts of many objects, read at once."""

    def __init__(
        self,
        seen: Mapping[str, frozenset[str] | None],
        beliefs: Mapping[str, Sequence[Belief]],
        owned: Mapping[str, Sequence[Owned]],
        now: datetime,
    ) -> None:
        self._seen = seen
        self._beliefs = beliefs
        self._owned = owned
        self._now = now

    @classmethod
    async def read(
        cls,
        db: Asks,
        seen: Mapping[str, frozenset[str] | None],
        kinds: Collection[str],
        now: datetime,
    ) -> "_Values":
        beliefs: dict[str, list[Belief]] = {}
        for row in await db.fetch(statement("beliefs_of"), list(seen)):
            said = {**row, "value": maybe_json(row["value"])}
            beliefs.setdefault(said.pop("subject"), []).append(Belief(**said))
        owned = {
            kind: [Owned(**row) for row in await db.fetch(statement("ownership"), kind)]
            for kind in kinds
        }
        return cls(seen, beliefs, owned, now)

    def of(self, name: str, kind: str) -> list[AuthoritativeValue]:
        """A partner is not told who else says what."""
        rows = matrix(self._beliefs.get(name, ()), self._owned[kind], self._now)
        values, attributes = values_of(rows, self._now), self._seen[name]
        if attributes is None:
            return values
        return [
            msgspec.structs.replace(value, others=[])
            for value in values
            if value.attribute in attributes
        ]


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
