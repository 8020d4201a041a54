"""Appending what systems say: each fact once, under one lock, in one statement."""

__all__ = ["Draft", "Raised", "append_events", "kept", "raise_exceptions", "raised_row"]

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

import asyncpg
import msgspec

from andon.core.message import LOT, PASSES, ReadBack, full_name
from andon.store.access import Speaks
from andon.store.holds import hold_said, note_concessions, note_holds
from andon.store.raw import measured, said_of, whole
from andon.store.sql import query

_DRAFT_COLUMNS = [
    "source", "id", "digest", "type", "kind", "local", "correlation", "occurred_at", "follow",
    "claims", "data", "site",
]  # fmt: skip
_RAISED_COLUMNS = [
    "cause", "acts", "code", "team", "connection", "subject", "position", "run", "n",
    "text", "detail", "raw",
]  # fmt: skip


class Draft(msgspec.Struct, kw_only=True):
    """An event about to be recorded. `local` is the speaker's own id of the subject."""

    source: str
    id: str
    type: str
    kind: str
    local: str
    correlation: str
    occurred_at: datetime
    site: str
    """Where it was said."""
    data: str
    claims: str | None = None
    follow: bool = True
    links: Sequence[tuple[str, str, str]] = ()
    aliases: Sequence[tuple[str, str]] = ()

    @property
    def about(self) -> str:
        """The subject's name unless an alias says another."""
        return full_name(self.kind, self.source, self.local)

    @property
    def hold(self) -> tuple[bool, str] | None:
        """Whether it binds its lot or frees it, and why; None when it does neither. A belief binds
        nothing: what follows a hold would stay bound after its release."""
        if self.kind != LOT or self.type == ReadBack.TYPE:
            return None
        return hold_said(self.claims, self.data)

    @property
    def passed(self) -> Sequence[str]:
        """The held lots that do not bind its lot, by a concession."""
        if self.kind != LOT:
            return ()
        return [local for relation, kind, local in self.links if (relation, kind) == (PASSES, LOT)]

    @property
    def alone(self) -> bool:
        """Whether its row in the log is all that is written of it. What is not goes into one
        transaction with the row: the record is known by its id and is never related again."""
        return not (self.links or self.aliases or self.hold)

    @property
    def digest(self) -> bytes:
        """Tells a redelivery from a corrected fact under its old key."""
        return blake2b(self.data.encode(), digest_size=16).digest()


class Raised(msgspec.Struct, kw_only=True, frozen=True):
    """An exception about to be opened;
    the same `cause` is one exception however often it happens."""

    cause: str
    acts: str
    code: str
    team: str
    text: str
    connection: str | None = None
    subject: str | None = None
    position: int | None = None
    run: str | None = None
    n: int | None = None
    detail: str = "{}"
    raw: bytes | None = None
    choices: Sequence[str] = ()


async def append_events(
    db: asyncpg.Connection, drafts: Sequence[Draft], *, now: datetime
) -> list[Draft]:
    """Records drafts in order; returns those that were news.
    Same id with other content is kept as an exception."""
    columns = [[getattr(draft, name) for draft in drafts] for name in _DRAFT_COLUMNS]
    rows = await db.fetch(query("ingest"), len(drafts), *columns, now)
    fresh = {int(row[0]): int(row[1]) for row in rows}
    if len(fresh) < len(drafts):
        await _raise_conflicts(db, [d for i, d in enumerate(drafts) if i not in fresh], now)
    news = {i: draft for i, draft in enumerate(drafts) if i in fresh}
    await _relate(db, [(fresh[i], draft) for i, draft in news.items()])
    return list(news.values())


async def _raise_conflicts(db: asyncpg.Connection, known: Sequence[Draft], now: datetime) -> None:
    digests = {
        (row["source"], row["id"]): bytes(row["digest"])
        for row in await db.fetch(
            "select source, id, digest from seen"
            " join unnest($1::text[], $2::text[]) as t(source, id)"
            " using (source, id)",
            [draft.source for draft in known],
            [draft.id for draft in known],
        )
    }
    changed = [d for d in known if digests.get((d.source, d.id)) not in (None, d.digest)]
    await raise_exceptions(db, [_conflict(draft) for draft in changed], now)


def _conflict(draft: Draft) -> Raised:
    raw = draft.data.encode()
    return Raised(
        cause=f"conflict:{draft.source}:{draft.id}:{draft.digest.hex()}",
        acts="data owner",
        code="same-id-other-content",
        team=draft.source,
        connection=draft.source,
        subject=draft.about,
        text=f"{draft.source} sent {draft.id} again with other content. The first one stands; the"
        f" second {said_of(raw)}. Compare them with {draft.source} and correct by hand what is"
        " wrong.",
        detail=msgspec.json.encode({"id": draft.id, **measured(raw)}).decode(),
        raw=whole(raw),
    )


async def _relate(db: asyncpg.Connection, news: Sequence[tuple[int, Draft]]) -> None:
    """Links and names, at the place and of the time of the record that says them."""
    links = [
        (d.kind, d.source, d.local, *link, at, d.occurred_at) for at, d in news for link in d.links
    ]
    if links:
        await db.execute(query("link"), *map(list, zip(*links, strict=True)))
    held = [(d.kind, d.source, d.local, *said, d.occurred_at) for _, d in news if (said := d.hold)]
    await note_holds(db, held)
    conceded = [
        (d.kind, d.source, d.local, root, d.occurred_at) for _, d in news for root in d.passed
    ]
    await note_concessions(db, conceded)
    aliases = [(d.kind, d.source, d.local, *alias) for _, d in news for alias in d.aliases]
    if aliases:
        await db.execute(query("alias"), *map(list, zip(*aliases, strict=True)))


def raised_row(one: Raised) -> list[Any]:
    """An exception as both writers lay it out. What a system says may hold a NUL, which
    PostgreSQL keeps neither in text nor in jsonb."""
    row = {name: getattr(one, name) for name in _RAISED_COLUMNS}
    for name in ("cause", "text", "subject"):
        row[name] = row[name] and kept(row[name])
    row["detail"] = one.detail.replace("\\u0000", "\\ufffd")
    return [*row.values(), "\x1f".join(one.choices)]


def kept(text: str) -> str:
    """The text without NUL, which PostgreSQL does not keep."""
    return text.replace("\x00", "\ufffd")


async def raise_exceptions(db: Speaks, raised: Sequence[Raised], now: datetime) -> None:
    """Opens exceptions; one that is open already counts another time."""
    if not raised:
        return
    columns = map(list, zip(*map(raised_row, raised), strict=True))
    await db.execute(query("raise"), *columns, now)
