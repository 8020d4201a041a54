"""Which life of the log this is: a restore or a failover begins another."""

__all__ = ["Generation", "current", "notice_copy", "renew", "require_own_positions"]

import logging
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from andon.core.errors import SettingsError
from andon.store.sql import query

_log = logging.getLogger(__name__)


class Generation(msgspec.Struct, frozen=True):
    """One life of the log. A position of another one means another record."""

    id: UUID
    since: datetime


async def notice_copy(db: asyncpg.Connection) -> Generation:
    """The generation, renewed first if the log lies elsewhere than it did: restored from a dump,
    copied to another database, or on a standby that was promoted.

    A copy of the files on the same machine is not noticed; a person says it (`andon log renew`).
    """
    async with db.transaction():
        row = await db.fetchrow(query("generation"))
        assert row is not None  # the first migration puts it there
        if row["held_by"] is None:
            await db.execute("update generation set held_by = $1", row["held_now"])
        elif row["held_by"] != row["held_now"]:
            await db.execute(query("renew"), row["held_now"])
            _log.warning(
                "The log lies elsewhere than before (restored, copied or failed over), so it has a"
                " new generation. Records of the last moments may be missing; whoever keeps"
                " positions of the old one is told to begin anew."
            )
    return await current(db)


async def renew(db: asyncpg.Connection) -> Generation:
    """Gives the log a new generation. Our own positions came with it and stay good."""
    async with db.transaction():
        row = await db.fetchrow(query("generation"))
        assert row is not None
        await db.execute(query("renew"), row["held_now"])
    return await current(db)


async def require_own_positions(db: asyncpg.Connection) -> None:
    """Raises when a follower's position is of another generation or past the end of the log: going
    on from there would skip records in silence."""
    strangers = [row["name"] for row in await db.fetch(query("strangers"))]
    if strangers:
        now = await current(db)
        raise SettingsError(
            f"This worker cannot go on: the positions of {', '.join(strangers[:5])}"
            f"{' and others' * (len(strangers) > 5)} are not of this log, whose generation began"
            f" {now.since:%Y-%m-%d %H:%M} UTC, or lie past its end. Nothing was changed. Restore"
            " all tables from one moment (docs/running.md, Restoring), then run `andon log renew`."
        )


async def current(db: asyncpg.Connection) -> Generation:
    """The generation as it stands."""
    row = await db.fetchrow("select id, since from generation")
    assert row is not None
    return Generation(row["id"], row["since"])
