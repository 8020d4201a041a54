"""What runs hear: records as they come, and what came before a wait was asked."""

__all__ = ["MOST_RECORDS", "Hearing"]

from collections.abc import Awaitable, Callable, Iterable, Sequence, Set
from typing import Any

import asyncpg

from andon.core.workflow import Wait
from andon.engine.live import Live
from andon.engine.memory import Memory
from andon.engine.plan import Plan
from andon.engine.steps import Steps
from andon.store.advance import Batch
from andon.store.sql import query

MOST_RECORDS = 500
"""How many records one batch takes."""


class Hearing:
    """Gives events to the waits that take them, each once, in the order the log came to hold them.

    A run that waits for its own subject is answered as its record comes. One that also waits for
    linked subjects is only woken; it takes what it hears from the log, where the order is plain.
    """

    def __init__(
        self,
        db: asyncpg.Connection,
        plan: Plan,
        memory: Memory,
        steps: Steps,
        *,
        load: Callable[[Batch, Iterable[str | None]], Awaitable[None]],
    ) -> None:
        self._db = db
        self._memory = memory
        self._steps = steps
        self._load = load
        self._back = [flow.name for flow in plan.workflows.values() if flow.earlier]

    async def read(self, after: int, lanes: Sequence[int]) -> tuple[Sequence[asyncpg.Record], int]:
        """The next records of these lanes, and the place up to which that is all.

        Where runs hear linked subjects that place passes records of other lanes too: a link or
        an event that wakes them may be the last record there is.
        """
        head = 0
        if self._steps.hears:  # before the records, so that none below it is missed
            head = int(await self._db.fetchval("select coalesce(max(position), 0) from log"))
        rows = await self._db.fetch(query("follow"), after, lanes, MOST_RECORDS)
        last = int(rows[-1]["position"]) if rows else after
        return rows, last if len(rows) == MOST_RECORDS else max(last, head)

    async def give(self, batch: Batch, rows: Sequence[asyncpg.Record]) -> None:
        """Gives events about runs' own subjects."""
        if not rows:
            return
        waiting = await self._db.fetch(
            "select run, n, subject, types from waiting where subject = any($1::text[])"
            " order by run, n",
            list({row["subject"] for row in rows}),
        )
        if not waiting:
            return
        await self._load(batch, {wait["run"] for wait in waiting})
        later = self._wake({wait["run"] for wait in waiting}) | self._widened(waiting)
        about: dict[str, list[asyncpg.Record]] = {}
        for wait in waiting:
            if wait["run"] not in later:
                about.setdefault(wait["subject"], []).append(wait)
        for row in rows:
            for wait in about.get(row["subject"], ()):
                live = self._memory.get(wait["run"])
                if live is not None and row["type"] in wait["types"]:
                    self._steps.give_event(batch, live, wait["n"], row)

    def _wake(self, runs: Iterable[str]) -> set[str]:
        """Runs that also hear linked subjects look back after the commit; which they are."""
        lives = [live for live in map(self._memory.get, runs) if live is not None]
        mixed = {live.id: live for live in lives if any(map(live.linked, live.waits()))}
        self._steps.look_back |= mixed
        return set(mixed)

    def _widened(self, waiting: Iterable[asyncpg.Record]) -> set[str]:
        """Runs whose body has come to wait for more than it did when the wait was written look back
        after the commit, also for what was passed; which they are."""
        lives: dict[str, Live] = {}
        for wait in waiting:
            live = self._memory.get(wait["run"])
            verb = None if live is None else live.asked(wait["n"])
            if (
                live is not None
                and isinstance(verb, Wait)
                and any(kind.TYPE not in wait["types"] for kind in verb.types)
            ):
                lives[live.id] = live
        self._steps.look_back |= lives
        return set(lives)

    async def woken(self, after: int, last: int, lanes: Sequence[int]) -> Set[str]:
        """Runs with a linked subject of which something was said between two places."""
        if not self._steps.hears or last <= after:
            return set()
        rows = await self._db.fetch(query("woken"), after, last, lanes, list(self._steps.hears))
        return {row["run"] for row in rows}

    async def wake(self, batch: Batch, runs: Set[str]) -> None:
        """These look back after the commit."""
        await self._load(batch, runs)
        self._wake(runs)

    async def look_back(self, batch: Batch, last: int) -> None:
        """Waits take what came since the trigger, up to `last`."""
        lives, self._steps.look_back = self._steps.look_back, {}
        waits = [(live, wait) for live in lives.values() for wait in live.waits()]
        mixed = {live.id for live, wait in waits if live.linked(wait)}
        plain = [(live, wait) for live, wait in waits if live.id not in mixed]
        if plain:
            await self._look_back_plain(batch, plain, last)
        if mixed:
            for row in await self._db.fetch(query("hear"), list(mixed), last, self._back):
                self._give_heard(batch, lives[row["run"]], row)

    async def _look_back_plain(
        self, batch: Batch, waits: Sequence[tuple[Live, Wait[Any]]], last: int
    ) -> None:
        rows = await self._db.fetch(
            query("look_back"),
            [live.subject for live, _ in waits],
            [live.cursor.at for live, _ in waits],
            last,
        )
        about: dict[str, list[tuple[Live, int, Set[str]]]] = {}
        for live, wait in waits:
            types = {kind.TYPE for kind in wait.types}
            about.setdefault(live.subject, []).append((live, wait.n, types))
        for row in rows:
            for live, n, types in about[row["subject"]]:
                if row["type"] in types:
                    self._steps.give_event(batch, live, n, row)

    def _give_heard(self, batch: Batch, live: Live, row: asyncpg.Record) -> None:
        for wait in live.waits():
            own = row["subject"] == live.subject
            types = [kind.TYPE for kind in wait.types] if own else live.linked(wait)
            if row["type"] in types:
                self._steps.give_event(batch, live, wait.n, row, int(row["at"]))

    async def recall(self, lanes: Sequence[int], last: int) -> set[str]:
        """Runs of lanes just taken whose event was passed before a crash, between the commit of
        their wait and their look back. A lane is at a place only once all that was asked before has
        looked back, so that most need not do it again."""
        plain = await self._db.fetch(query("recall"), list(lanes), last)
        linked = await self._linked_waits(lanes, last)
        heard = await self._db.fetch(query("hear"), linked, last, self._back) if linked else []
        return {row["run"] for row in [*plain, *heard]}

    async def _linked_waits(self, lanes: Sequence[int], last: int) -> list[str]:
        """Runs that wait for linked subjects and may not have looked back up to `last`."""
        rows = await self._db.fetch(
            "select run, hears, asked_at from waiting"
            " where hears <> '{}' and lane = any($1::smallint[])",
            list(lanes),
        )
        self._steps.hears.update(type for row in rows for type in row["hears"])
        return list({row["run"] for row in rows if row["asked_at"] >= last})

    async def count(self, lanes: Sequence[int]) -> None:
        """Forgets the event types that no wait of these lanes takes of linked subjects any more."""
        rows = await self._db.fetch(
            "select distinct unnest(hears) as type from waiting"
            " where hears <> '{}' and lane = any($1::smallint[])",
            list(lanes),
        )
        self._steps.hears = {row["type"] for row in rows}
