"""Runs that were in hand when a worker died: counted before they are stepped again."""

__all__ = ["Guard"]

from collections.abc import Iterable, Mapping, Sequence

import asyncpg

from andon.engine.memory import Memory
from andon.store.advance import Batch

_DEATHS = 2
"""Counted ones. The death that nobody counted yet, for nobody was suspected, is the third."""


class Guard:
    """Finds the run that kills its worker. Where no worker died it costs nothing.

    After a death the older runs of its lanes are marked in the database before they are stepped,
    and the mark goes with the commit of the step. A mark that is found when lanes are taken names
    a run that was in hand at a second death: it is stepped alone, so that the third names one.
    """

    def __init__(self, db: asyncpg.Connection, memory: Memory) -> None:
        self._db = db
        self._memory = memory
        self._died: dict[int, int] = {}
        self.marked: dict[str, int] = {}
        """Runs that were in hand when a worker died, and how often."""
        self._in_hand: set[str] = set()

    async def take(self, lanes: Sequence[int], known_to: int) -> None:
        """Watches lanes whose worker died; `known_to` is the log's end now."""
        self._died |= dict.fromkeys(lanes, known_to)
        rows = await self._db.fetch(
            "select run, times from suspect where lane = any($1::smallint[])", list(lanes)
        )
        self.marked |= {row["run"]: row["times"] for row in rows}

    def leave(self, lanes: Iterable[int]) -> None:
        """Another worker watches these lanes now."""
        for lane in lanes:
            self._died.pop(lane, None)

    def old(self, lane: int, trigger: int) -> bool:
        """Whether a run with this trigger may have been there when its worker died."""
        return trigger <= self._died.get(lane, 0)

    def stuck(self, run: str) -> int:
        """How many workers the run killed, if that is too many; else 0."""
        times = self.marked.get(run, 0)
        return times + 1 if times >= _DEATHS else 0

    async def before(self, runs: Mapping[str, int]) -> None:
        """Marks runs (and their lanes) that are about to be stepped, if they are old ones."""
        if not self._died:
            return
        fresh = {run: lane for run, lane in runs.items() if self._suspected(run)}
        if not fresh:
            return
        await self._db.execute(
            "insert into suspect (run, lane, times)"
            " select t.run, coalesce(r.lane, t.lane), 1"
            " from unnest($1::text[], $2::smallint[]) as t(run, lane)"
            " left join run r on r.id = t.run"
            " on conflict (run) do update set times = suspect.times + 1",
            list(fresh),
            list(fresh.values()),
        )
        self._in_hand.update(fresh)

    def _suspected(self, run: str) -> bool:
        live = self._memory.get(run)
        young = live is not None and not self.old(live.lane, live.trigger)
        return run not in self._in_hand and not young

    def pass_with(self, batch: Batch) -> None:
        """The marks go with this batch's commit."""
        for run in self._in_hand:
            batch.add("cleared", run)

    def passed(self) -> None:
        """The batch is committed: what was in hand lives."""
        for run in self._in_hand:
            self.marked.pop(run, None)
        self._in_hand.clear()

    def acquit(self, batch: Batch, run: str) -> None:
        """The run is parked, or a person lets it go on: it is counted anew."""
        self.marked.pop(run, None)
        batch.add("cleared", run)
