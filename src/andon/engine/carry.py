"""One batch: work in, one commit, new commands out."""

__all__ = ["Carry", "poisoned"]

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence, Set

import asyncpg

from andon.core.workflow import Workflow
from andon.engine.clock import Clock
from andon.engine.ends import Ends
from andon.engine.fence import Fence
from andon.engine.guard import Guard
from andon.engine.hearing import Hearing
from andon.engine.memory import Memory, run_id
from andon.engine.notes import Notes
from andon.engine.parcel import Delivered, Parcel, Refused
from andon.engine.parking import Parking
from andon.engine.plan import Plan
from andon.engine.steps import Steps
from andon.engine.work import Work
from andon.store.advance import Batch

_CONTENT = ("22", "23", "54")
"""SQLSTATE classes that blame what is written: data, constraints, limits."""


def poisoned(error: Exception) -> bool:
    """Whether the work itself is at fault. A lost session or a full disk is not: the worker ends
    and the same work comes again."""
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "").startswith(_CONTENT)
    if isinstance(error, asyncpg.InterfaceError):  # asyncpg refuses a value before it is sent
        return isinstance(error, ValueError)
    return not isinstance(error, OSError | asyncpg.InternalClientError)


class Carry:
    """Carries work out, everything of it or nothing. Steps only the runs that are let through."""

    def __init__(
        self,
        plan: Plan,
        db: asyncpg.Connection,
        clock: Clock,
        *,
        adopt: Callable[[Parcel], None],
        parcels_of: Callable[[Sequence[str]], Awaitable[list[Parcel]]],
        unpark: Callable[[str, str], None],
        drop: Callable[[str, str], object],
    ) -> None:
        self._plan = plan
        self._db = db
        self._clock = clock
        self._adopt = adopt
        self.memory = Memory(plan, db)
        self.fence = Fence(plan)
        self.steps = Steps(plan, self.memory, self.fence)
        self.ends = Ends(plan, self.memory, self.steps)
        self.guard = Guard(db, self.memory)
        self.hearing = Hearing(db, plan, self.memory, self.steps, load=self._load)
        self.parking = Parking(db, self.memory, self.steps, self.guard)
        self.notes = Notes(
            self.memory,
            self.steps,
            self.ends,
            load=self._load,
            parcels_of=parcels_of,
            adopt=adopt,
            unpark=unpark,
            drop=drop,
            decide=self._decide,
        )
        self.known_to = 0
        """Up to here a record may have been taken before; runs are looked up first."""
        self.only: set[str] | None = None
        """If set, no other run is stepped."""
        self.barred: set[str] = set()
        """Runs that are not stepped."""
        self.touched: set[str] = set()
        """Runs that would have been stepped, in order to find out which."""

    async def out(self, work: Work) -> None:
        """Everything of it in one commit, or an error and nothing; new commands leave after it."""
        batch = Batch(self._clock.now())
        await self._fill(batch, work)
        await self.commit(batch)
        for _, done in work.saving:
            if not done.done():
                done.set_result(None)

    async def runs_of(self, work: Work) -> list[str]:
        """The runs that this work steps, as far as it can be read; nothing is written."""
        self.only, self.touched = set(), set()
        try:
            await self._fill(Batch(self._clock.now()), work)
        except Exception as error:
            if not poisoned(error):
                raise
        finally:
            self.only = None
            self.roll_back()
        return sorted(self.touched)

    async def _fill(self, batch: Batch, work: Work) -> None:
        ended = [o.parcel.run for o in work.outcomes if isinstance(o, Delivered | Refused)]
        await self._load(batch, ended)
        for outcome in work.outcomes:
            self.ends.take(batch, outcome)
        for moved, _ in work.saving:
            self.ends.move(batch, moved)
        await self._load(batch, [run for run, _, _ in work.due])
        for run, n, _ in work.due:
            self.steps.ring(batch, run, n)
        for write in work.also:
            write(batch)
        if work.events:
            await self._take_events(batch, work.events)
        woken = work.woken
        if woken is None:
            woken = await self.hearing.woken(work.after, work.last, work.lanes)
        await self.hearing.wake(batch, woken)
        for row in work.notes:
            await self.notes.take(batch, row)

    async def commit(self, batch: Batch) -> None:
        """Writes the batch; only then do its new commands leave. Runs in hand have lived."""
        self.guard.pass_with(batch)
        await self._write(batch)
        self.guard.passed()

    async def _write(self, batch: Batch) -> None:
        if not len(batch):
            return
        base = await batch.commit(self._db)
        self.ends.kept()
        self.notes.kept()
        out, self.steps.out = self.steps.out, []
        for parcel in out:
            parcel.position += base - 1
            self._adopt(parcel)

    def roll_back(self) -> None:
        """Memory is ahead of the journal: runs come back over it, parcels as they stood."""
        self.memory.clear()
        self.steps.out.clear()
        self.steps.look_back.clear()
        self.ends.restore()
        self.notes.forget()

    async def look_back(self, last: int) -> None:
        """Waits also take what came between the trigger and the wait."""
        batch = Batch(self._clock.now())
        await self.guard.before({live.id: live.lane for live in self.steps.look_back.values()})
        await self.hearing.look_back(batch, last)
        await self.commit(batch)

    async def recall(self, runs: Iterable[str]) -> None:
        """Lets runs look back next. To be loaded is not to have lived: their marks stay."""
        batch = Batch(self._clock.now())
        runs = list(runs)
        await self._load(batch, runs)
        await self._write(batch)
        lives = [live for live in map(self.memory.get, runs) if live is not None]
        self.steps.look_back |= {live.id: live for live in lives}

    async def park(self, run: str, reason: Exception, work: Work | None = None) -> None:
        """Sets one run aside in a commit of its own."""
        batch = Batch(self._clock.now())
        trigger = work.events[0] if work is not None and work.events else None
        await self.parking.park(batch, {run: reason}, trigger=trigger)
        await self.commit(batch)

    # -- which runs -----------------------------------------------------------------------------

    def _let_through(self, runs: Iterable[str]) -> list[str]:
        asked = list(dict.fromkeys(runs))
        if self.only is None and not self.barred:
            return asked
        self.touched.update(asked)
        return [r for r in asked if r not in self.barred and (self.only is None or r in self.only)]

    async def _load(self, batch: Batch, runs: Iterable[str | None]) -> None:
        """Brings runs back that are to be stepped; one that cannot be is parked."""
        wanted = self._let_through(run for run in runs if run is not None)
        if not wanted:
            return
        dead = {run: times for run in wanted if (times := self.guard.stuck(run))}
        if dead:
            await self.parking.park(batch, dead)
        wanted = [run for run in wanted if run not in dead]
        await self.guard.before(dict.fromkeys(wanted, 0))
        failed = await self.memory.load(set(wanted))
        if failed:
            await self.parking.park(batch, failed)

    async def _decide(self, batch: Batch, run: str, answer: str) -> None:
        if self._let_through([run]):
            await self.guard.before({run: 0})
            await self.parking.decide(batch, run, answer)

    async def in_line(self, rows: Sequence[asyncpg.Record], marked: set[str]) -> list[str]:
        """The runs that these events begin, from the first of `marked` about each subject on."""
        held = {
            row["subject"]
            for row in await self._db.fetch(
                "select subject from run where id = any($1::text[]) and ended_at is null",
                list(marked),
            )
        }
        line: list[str] = []
        for run, (row, _) in self._starting(rows).items():
            if run in marked or row["subject"] in held:
                held.add(row["subject"])
                line.append(run)
        return line

    async def subjects_of(
        self, runs: Set[str], rows: Sequence[asyncpg.Record]
    ) -> Mapping[str, str | None]:
        """What each of these runs is about, also of those that these events begin; None for one
        that nobody knows."""
        there = await self._db.fetch(
            "select id, subject from run where id = any($1::text[])", list(runs)
        )
        about: dict[str, str | None] = dict.fromkeys(runs)
        about |= {
            run: row["subject"] for run, (row, _) in self._starting(rows).items() if run in runs
        }
        about |= {row["id"]: row["subject"] for row in there}
        return about

    def _starting(
        self, rows: Sequence[asyncpg.Record]
    ) -> dict[str, tuple[asyncpg.Record, Workflow]]:
        return {
            run_id(row, flow.name): (row, flow)
            for row in rows
            for flow in self._plan.starts.get(row["type"], ())
        }

    async def _take_events(self, batch: Batch, rows: Sequence[asyncpg.Record]) -> None:
        starting = self._starting(rows)
        begun: set[str] = set()
        if rows[0]["position"] <= self.known_to:
            known = await self._db.fetch(
                "select id from run where id = any($1::text[])", list(starting)
            )
            begun = {row["id"] for row in known}
        await self.hearing.give(batch, rows)
        fresh = self._let_through(run for run in starting if run not in begun)
        await self._before_beginning({run: starting[run][0] for run in fresh})
        for run in fresh:
            row, flow = starting[run]
            if times := self.guard.stuck(run):
                await self.parking.park(batch, {run: times}, trigger=row)
            else:
                self.steps.begin(batch, row, flow.name)

    async def _before_beginning(self, rows: dict[str, asyncpg.Record]) -> None:
        old = {
            run: row["lane"]
            for run, row in rows.items()
            if self.guard.old(row["lane"], row["position"]) and not self.guard.stuck(run)
        }
        await self.guard.before(old)
