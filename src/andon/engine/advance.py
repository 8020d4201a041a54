"""The worker's one writing loop: records and outcomes in, one commit, new commands out."""

__all__ = ["Advance"]

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

import asyncpg

from andon.engine.clock import Clock
from andon.engine.ends import Ends
from andon.engine.hearing import MOST_RECORDS, Hearing
from andon.engine.memory import Memory, parcel_of, run_id
from andon.engine.notes import Notes
from andon.engine.parcel import Delivered, Moved, Outcome, Parcel, Refused
from andon.engine.plan import Plan
from andon.engine.steps import Steps
from andon.store.advance import Batch
from andon.store.sql import query

_MOST_PARCELS = 4_000


class Advance:
    """Runs of the lanes this worker owns. Only this loop writes their journals and deliveries.

    The database session it writes with holds the lanes' advisory locks: when the session is
    gone, so is the right to write, and the worker stops.
    """

    def __init__(
        self,
        plan: Plan,
        db: asyncpg.Connection,
        clock: Clock,
        *,
        hand_over: Callable[[Parcel], None],
        unpark: Callable[[str, str], None],
        drop: Callable[[str, str], object],
    ) -> None:
        self._plan = plan
        self._db = db
        self._clock = clock
        self._hand_over = hand_over
        self._memory = Memory(plan, db)
        self._steps = Steps(plan, self._memory)
        self._ends = Ends(self._memory, self._steps)
        self._hearing = Hearing(db, self._memory, self._steps, load=self._load)
        self._notes = Notes(
            self._memory,
            self._steps,
            self._ends,
            load=self._load,
            parcels_of=self.parcels_of,
            adopt=self.adopt,
            unpark=unpark,
            drop=drop,
        )
        self._outcomes: deque[Outcome] = deque()
        self._saved: deque[tuple[Moved, asyncio.Future[None]]] = deque()
        self._wake = asyncio.Event()
        self._broken = False
        self.alone = asyncio.Lock()
        """Held during a batch;
        who holds it has the session, the lanes and the position to itself."""
        self._records = False
        self._due: list[tuple[str, int, int]] = []
        self.owned: set[int] = set()
        """Lanes whose runs may step:
        those in `lanes`, and those being given back until it is done."""
        self._extra: list[Callable[[Batch], None]] = []
        self.lanes: list[int] = []
        self.spare = 0
        """Parcels that only wait (offered, parked, their system away):
        they hold up no other record."""
        self.after = 0
        """Records up to here have been taken by the lanes of this worker."""
        self.known_to = 0
        """Up to here a record may have been taken before a crash; runs are looked up first."""

    # -- what others call -----------------------------------------------------------------------

    def report(self, outcome: Outcome) -> None:
        """Takes what became of a parcel; written with the next commit."""
        self._outcomes.append(outcome)
        self._wake.set()

    async def saved(self, moved: Moved) -> None:
        """Returns when the new state is committed."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._saved.append((moved, done))
        self._wake.set()
        await done

    def hint(self) -> None:
        """There may be new records; looking is the truth."""
        self._records = True
        self._wake.set()

    def ring(self, due: Sequence[tuple[str, int, int]]) -> None:
        """Answers deadlines (run, question, lane) with the next commit."""
        self._due += due
        self._wake.set()

    def also(self, write: Callable[[Batch], None]) -> None:
        """Lets another part of the worker write with the next commit."""
        self._extra.append(write)
        self._wake.set()

    def adopt(self, parcel: Parcel) -> None:
        """Takes a parcel that is already written; an offered one waits to be fetched."""
        self._ends.parcels[parcel.key] = parcel
        if not parcel.wired.offers:
            self._hand_over(parcel)

    async def parcels_of(self, keys: Sequence[str] | None = None) -> list[Parcel]:
        """Parcels of these keys, or of all lanes of this worker, in log order."""
        rows = await self._db.fetch(query("parcels"), self.lanes, keys)
        return [parcel for row in rows if (parcel := parcel_of(row, self._plan)) is not None]

    # -- lanes ----------------------------------------------------------------------------------

    async def take(self, lanes: Sequence[int]) -> None:
        """Takes lanes over with all that lies in them. For who holds `alone`."""
        after = await self._db.fetchval(
            "select case when count(*) = $2 then min(at) else 0 end from position"
            " where name = any($1::text[])",
            [f"lane:{lane}" for lane in lanes],
            len(lanes),
        )
        self.after = min(int(after), self.after) if self.lanes else int(after)
        self.known_to = int(await self._db.fetchval("select last_value from log_position"))
        self.owned.update(lanes)
        self.lanes = sorted({*self.lanes, *lanes})
        rows = await self._db.fetch(query("parcels"), list(lanes), None)
        for parcel in [one for row in rows if (one := parcel_of(row, self._plan)) is not None]:
            self.adopt(parcel)
        await self._look_back_for(lanes)
        self.hint()

    async def leave(self, lanes: Sequence[int]) -> None:
        """Takes no further records of these lanes; what is in flight may end.
        For who holds `alone`."""
        await self.remember(lanes)
        self.lanes = [lane for lane in self.lanes if lane not in lanes]

    async def remember(self, lanes: Sequence[int]) -> None:
        """Writes where lanes stand. For who holds `alone`."""
        await self._db.execute(
            "insert into position (name, at) select name, $2 from unnest($1::text[]) as t(name)"
            " on conflict (name) do update set at = excluded.at where position.at < excluded.at",
            [f"lane:{lane}" for lane in lanes],
            self.after,
        )
        await self._hearing.count(self.lanes)

    def busy_lanes(self) -> set[int]:
        """Lanes of which something is reported and not yet written."""
        reported = {outcome.parcel.lane for outcome in self._outcomes}
        return reported | {moved.parcel.lane for moved, _ in self._saved}

    def count_spare(self, away: Callable[[str], bool]) -> None:
        """Counts again what only waits."""
        self.spare = sum(
            parcel.state in ("offered", "parked") or away(parcel.wired.name)
            for parcel in self._ends.parcels.values()
        )

    def empty(self, lanes: set[int]) -> None:
        """Forgets runs and parcels of lanes that another worker owns from now on."""
        self.owned -= lanes
        self._memory.drop(lanes)
        for key in [key for key, parcel in self._ends.parcels.items() if parcel.lane in lanes]:
            del self._ends.parcels[key]

    async def _look_back_for(self, lanes: Sequence[int]) -> None:
        """Waits whose event was passed before a crash, between their commit and their look back."""
        batch = Batch(self._clock.now())
        runs = await self._hearing.recall(lanes, self.after)
        await self._load(batch, set(runs))
        for live in filter(None, map(self._memory.get, runs)):
            self._steps.look_back[live.id] = live
        await self._commit(batch)
        await self._look_back()

    # -- the loop -------------------------------------------------------------------------------

    async def run(self) -> None:
        """Goes on until cancelled. A lost session ends it with the database's error."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.once()

    async def once(self) -> None:
        """One batch: read, step, commit, hand over."""
        async with self.alone:
            await self.batch()

    async def last(self) -> None:
        """A last batch before leaving; nothing when the one before was broken off, for then memory
        is ahead of the journal and only the next owner may go on."""
        if not self._broken:
            await self.once()

    async def batch(self) -> None:
        """One batch for who holds `alone`."""
        self._broken = True
        self._ends.finished.clear()
        batch = Batch(self._clock.now())
        outcomes, self._outcomes = self._outcomes, deque()
        await self._load(
            batch, {o.parcel.run for o in outcomes if isinstance(o, Delivered | Refused)}
        )
        for outcome in outcomes:
            self._ends.take(batch, outcome)
        saving, self._saved = self._saved, deque()
        for moved, _ in saving:
            self._ends.move(batch, moved)
        await self._take_due(batch)
        extra, self._extra = self._extra, []
        for write in extra:
            write(batch)
        after = self.after
        if self._records and len(self._ends.parcels) - self.spare < _MOST_PARCELS:
            after = await self._take_records(batch)
        await self._commit(batch)
        self.after = after
        for _, done in saving:
            if not done.done():
                done.set_result(None)
        await self._look_back()
        self._memory.forget()
        self._broken = False

    async def _commit(self, batch: Batch) -> None:
        """Writes the batch; only then do its new commands leave."""
        if not len(batch):
            return
        base = await batch.commit(self._db)
        out, self._steps.out = self._steps.out, []
        for parcel in out:
            parcel.position += base - 1
            self.adopt(parcel)

    async def _load(self, batch: Batch, runs: set[str | None]) -> None:
        for live, error in await self._memory.load({run for run in runs if run is not None}):
            self._steps.fail(batch, live, error)
            batch.add("ends", live.id, "failed")

    # -- records --------------------------------------------------------------------------------

    async def _take_records(self, batch: Batch) -> int:
        self._records = False  # before the look: a hint that comes during it must not be lost
        rows, last = await self._hearing.read(self.after, self.lanes)
        if len(rows) == MOST_RECORDS:
            self.hint()
        if rows:
            await self._take_events(batch, [row for row in rows if row["kind"] == "event"])
        await self._hearing.wake_linked(batch, self.after, last, self.lanes)
        for row in rows:
            if row["kind"] != "event":
                await self._notes.take(batch, row)
        return last

    async def _take_events(self, batch: Batch, rows: Sequence[asyncpg.Record]) -> None:
        starting = [(row, flow) for row in rows for flow in self._plan.starts.get(row["type"], ())]
        begun: set[str] = set()
        if rows and rows[0]["position"] <= self.known_to:
            ids = [run_id(row, flow.name) for row, flow in starting]
            known = await self._db.fetch("select id from run where id = any($1::text[])", ids)
            begun = {row["id"] for row in known}
        await self._hearing.give(batch, rows)
        for row, flow in starting:
            if (id := run_id(row, flow.name)) not in begun:
                begun.add(id)
                self._steps.begin(batch, row, flow.name)

    async def _look_back(self) -> None:
        """A wait also takes what came between the trigger and the wait, in log order."""
        while self._steps.look_back:
            batch = Batch(self._clock.now())
            await self._hearing.look_back(batch, self.after)
            await self._commit(batch)

    async def _take_due(self, batch: Batch) -> None:
        due, self._due = self._due, []
        if due:
            due = [one for one in dict.fromkeys(due) if one[2] in self.owned]
            await self._load(batch, {run for run, _, _ in due})
            for run, n, _ in due:
                self._steps.ring(batch, run, n)
