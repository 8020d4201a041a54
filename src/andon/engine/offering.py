"""What a system that fetches is given, and what it is not given because it would misread it."""

__all__ = ["Offering", "name_offered"]

from collections.abc import Mapping, Sequence

import asyncpg
import msgspec

from andon.core.connector import Offer, Offered
from andon.core.mapping import Known
from andon.core.message import Command
from andon.engine.clock import Clock
from andon.engine.fence import Fence
from andon.engine.plan import Plan, Wired
from andon.store.access import Speaks
from andon.store.ingest import Raised, raise_exceptions
from andon.store.sql import query


class Offering:
    """Pending commands at a door. One that is withheld stands as a case, with the reason."""

    def __init__(self, plan: Plan, pool: "asyncpg.Pool[asyncpg.Record]", clock: Clock) -> None:
        self._plan = plan
        self._fence = Fence(plan)
        self._pool = pool
        self._clock = clock

    async def pending(self, wired: Wired, offer: Offer) -> list[Offered]:
        """What to offer now. A row that cannot be written must not keep the others from them."""
        rows = await self._pool.fetch(query("pending"), wired.name)
        if rows:
            await self._fence.look(self._pool)
        offered: list[Offered] = []
        doubts: dict[str, str] = {}
        for row in rows:
            one, doubt = self._one(wired, offer, row)
            if doubt is not None:
                doubts[row["key"]] = doubt
            elif one is not None:
                offered.append(one)
        if changed := [row for row in rows if row["last_error"] != doubts.get(row["key"])]:
            await self._write(wired, changed, doubts)
        return offered

    def _one(
        self, wired: Wired, offer: Offer, row: asyncpg.Record
    ) -> tuple[Offered | None, str | None]:
        command = self._plan.contracts.decode(row["type"], row["data"].encode())
        if not isinstance(command, Command) or (row["behind"] and not command.OVERTAKES):
            return None, None
        outbound = wired.outbound.get(type(command))
        if outbound is None:
            return None, None
        if (stopped := self._fence.stops(command)) is not None:
            return None, stopped
        local = row["subject"].partition(":")[2]
        try:
            request = outbound.writes(command, Known(wired.settings, local=local))
            one = Offered(row["key"], request)
            return one, offer.withholds(one)
        except Exception as error:  # a defect in a user's mapping must not stop the others
            name = type(command).__name__
            return None, f"The mapping of {name} failed: {type(error).__name__}: {error}. Mend it."

    async def _write(
        self, wired: Wired, changed: Sequence[asyncpg.Record], doubts: Mapping[str, str]
    ) -> None:
        withheld = [row for row in changed if row["key"] in doubts]
        free = [row["key"] for row in changed if row["key"] not in doubts]
        keys = [row["key"] for row in withheld]
        now = self._clock.now()
        async with self._pool.acquire() as db, db.transaction():
            await db.execute(query("withhold"), keys, [doubts[key] for key in keys], free, now)
            cases = [_case(wired, row, doubts[row["key"]]) for row in withheld]
            await raise_exceptions(db, cases, now)
            await db.execute("select pg_notify('andon_changed', '')")


async def name_offered(db: Speaks, wired: Wired, command: Command, subject: str) -> None:
    """What a system will fetch is named first, so that its acknowledgment finds its subject."""
    if not wired.offers:
        return
    known = Known(wired.settings, local=subject.partition(":")[2])
    try:
        names = wired.outbound[type(command)].writes(command, known).names
    except Exception:  # the door says what is wrong with it, and withholds it
        return
    if names:
        await db.execute(
            "insert into alias (system, kind, local, subject) values ($1, $2, $3, $4)"
            " on conflict do nothing",
            wired.name,
            command.KIND,
            names,
            subject,
        )


def _case(wired: Wired, row: asyncpg.Record, doubt: str) -> Raised:
    local = row["subject"].partition(":")[2]
    return Raised(
        cause=f"withheld:{row['key']}",
        acts="data owner",
        code="withheld",
        team=wired.name,
        connection=wired.name,
        subject=row["subject"],
        position=row["position"],
        text=f"{local} is withheld from {wired.name}, which would misread it. It waits in Andon and"
        f" is offered by itself once that is mended; others pass it. {doubt}",
        detail=msgspec.json.encode({"key": row["key"]}).decode(),
    )
