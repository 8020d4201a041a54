"""One subject's page: names, links, beliefs, timeline, deliveries, sync lag, exceptions."""

__all__ = ["held_of", "subject_page"]

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from andon.core.errors import RefusedError
from andon.visibility.exceptions import exceptions_of
from andon.visibility.identity import Identity, identity_of
from andon.visibility.matrix import Belief, Claimed, Owned, beliefs_of, matrix
from andon.visibility.reading import Asks, maybe_json, row_with
from andon.visibility.sql import statement
from andon.visibility.timeline import Traced, deliveries, timeline
from andon.visibility.views import AliasName, LinkView, SubjectPage, Sync

NEWEST = 500
"""Records on one page; a subject with more has a longer story than a screen can tell."""


async def subject_page(
    db: Asks,
    any_id: str,
    *,
    sites: frozenset[str],
    now: datetime,
    as_of: datetime | None = None,
) -> SubjectPage:
    """Everything about the subject an id means; with `as_of`, beliefs as known at that instant."""
    who = await identity_of(db, any_id, sites)
    records = await _records(db, who)
    head = await db.fetchrow(statement("head"))
    thinned = await db.fetchrow(statement("thinned"), who.name)
    if as_of and thinned and as_of < thinned["at"]:
        raise RefusedError(_thinned(who, as_of, thinned))
    return SubjectPage(
        name=who.name,
        kind=who.kind,
        issuer=who.issuer,
        local=who.local,
        site=who.site,
        first_at=who.first_at,
        aliases=[AliasName(**row) for row in await db.fetch(statement("aliases"), who.name)],
        links=[
            LinkView(**row) for row in await db.fetch(statement("links"), who.name, sorted(sites))
        ],
        matrix=matrix(
            await (held_of(db, who) if as_of is None else _held_as_of(db, who, as_of)),
            [Owned(**row) for row in await db.fetch(statement("ownership"), who.kind)],
            as_of or now,
        ),
        timeline=timeline(records),
        archived_until=thinned["until"] if thinned else None,
        deliveries=deliveries(records),
        sync=[Sync(**row) for row in await db.fetch(statement("sync"), who.name, who.kind)],
        exceptions=await exceptions_of(db, who.name, sites=sites),
        generated_at=now,
        position=head["position"] if head else 0,
    )


def _thinned(who: Identity, as_of: datetime, thinned: Mapping[str, Any]) -> str:
    return (
        f"What was believed about {who.name} at {as_of:%Y-%m-%d %H:%M} UTC cannot be told: its"
        f" records up to {thinned['until']:%Y-%m-%d %H:%M} were archived at"
        f" {thinned['at']:%Y-%m-%d %H:%M}. Ask for a later instant, or"
        " read them with `andon log read`."
    )


async def _records(db: Asks, who: Identity) -> list[Traced]:
    rows = await db.fetch(statement("timeline"), who.name, NEWEST)
    return [
        Traced(
            **row_with(row, claims=maybe_json(row["claims"]) or {}, data=maybe_json(row["data"]))
        )
        for row in rows
    ]


async def held_of(db: Asks, who: Identity) -> list[Belief]:
    """What each system believes about it now."""
    rows = await db.fetch(statement("beliefs"), who.name)
    return [Belief(**row_with(row, value=maybe_json(row["value"]))) for row in rows]


async def _held_as_of(db: Asks, who: Identity, as_of: datetime) -> list[Belief]:
    rows = await db.fetch(statement("beliefs_as_of"), who.name, as_of)
    return beliefs_of(Claimed(**row_with(row, claims=maybe_json(row["claims"]))) for row in rows)
