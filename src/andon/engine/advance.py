"""The worker's one writing loop: records and outcomes in, one commit, new commands out."""

__all__ = ["Advance"]

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence

import asyncpg

from andon.engine.carry import Carry
from andon.engine.clock import Clock
from andon.engine.fence import Fence
from andon.engine.hearing import MOST_RECORDS
from andon.engine.isolate import Isolate
from andon.engine.memory import parcel_of
from andon.engine.parcel import Moved, Outcome, Parcel
from andon.engine.plan import Plan
from andon.engine.work import Work
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
        self._carry = Carry(
            plan,
            db,
            clock,
            adopt=self.adopt,
            parcels_of=self.parcels_of,
            unpark=unpark,
            drop=drop,
        )
        self._memory, self._ends = self._carry.memory, self._carry.ends
        self._hearing, self._guard = self._carry.hearing, self._carry.guard
        self._isolate = Isolate(self._carry, clock)
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

    @property
    def fence(self) -> Fence:
        """The held lots this worker knows."""
        return self._carry.fence

    # -- lanes ----------------------------------------------------------------------------------

    async def take(self, lanes: Sequence[int], *, died: Iterable[int] = ()) -> None:
        """Takes lanes over with all that lies in them; of some the last worker died.
        For who holds `alone`."""
        after = await self._db.fetchval(
            "select case when count(*) = $2 then min(at) else 0 end from position"
            " where name = any($1::text[])",
            [f"lane:{lane}" for lane in lanes],
            len(lanes),
        )
        self.after = min(int(after), self.after) if self.lanes else int(after)
        self._carry.known_to = int(await self._db.fetchval("select last_value from log_position"))
        if suspected := [lane for lane in lanes if lane in set(died)]:
            await self._guard.take(suspected, self._carry.known_to)
        self.owned.update(lanes)
        self.lanes = sorted({*self.lanes, *lanes})
        rows = await self._db.fetch(query("parcels"), list(lanes), None)
        for parcel in [one for row in rows if (one := parcel_of(row, self._plan)) is not None]:
            self.adopt(parcel)
        # an event may be passed between the commit of a wait and its look back
        await self._isolate.recall(await self._hearing.recall(lanes, self.after), self.after)
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
            parcel.state in ("offered", "parked", "awaiting") or away(parcel.wired.name)
            for parcel in self._ends.parcels.values()
        )

    def empty(self, lanes: set[int]) -> None:
        """Forgets runs and parcels of lanes that another worker owns from now on."""
        self.owned -= lanes
        self._memory.drop(lanes)
        self._guard.leave(lanes)
        for key in [key for key, parcel in self._ends.parcels.items() if parcel.lane in lanes]:
            del self._ends.parcels[key]

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
        work = await self._gathered()
        await self._isolate.out(work)
        self.after = work.last
        self._memory.forget()
        self._broken = False

    async def _gathered(self) -> Work:
        """What came since the last batch."""
        outcomes, self._outcomes = self._outcomes, deque()
        saving, self._saved = self._saved, deque()
        due, self._due = self._due, []
        also, self._extra = self._extra, []
        rows, last = await self._records_after()
        return Work(
            after=self.after,
            last=last,
            lanes=self.lanes,
            outcomes=tuple(outcomes),
            saving=tuple(saving),
            due=[one for one in dict.fromkeys(due) if one[2] in self.owned],
            also=also,
            events=[row for row in rows if row["kind"] == "event"],
            notes=[row for row in rows if row["kind"] != "event"],
        )

    async def _records_after(self) -> tuple[Sequence[asyncpg.Record], int]:
        if not self._records or len(self._ends.parcels) - self.spare >= _MOST_PARCELS:
            return (), self.after
        self._records = False  # before the look: a hint that comes during it must not be lost
        rows, last = await self._hearing.read(self.after, self.lanes)
        if len(rows) == MOST_RECORDS:
            self.hint()
        return rows, last
