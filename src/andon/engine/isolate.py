"""Work that cannot be carried out whole: the culprit is found and parked, the rest goes on."""

__all__ = ["Isolate"]

import logging
from collections.abc import Iterable

import msgspec

from andon.engine.carry import Carry, poisoned
from andon.engine.cases import set_aside
from andon.engine.clock import Clock
from andon.engine.work import Work
from andon.store.advance import Batch

_log = logging.getLogger(__name__)


class Isolate:
    """Halves a failing batch until one run or one unit of work is left, and parks that."""

    def __init__(self, carry: Carry, clock: Clock) -> None:
        self._carry = carry
        self._clock = clock

    async def out(self, work: Work) -> None:
        """Carries work out. Raises only what is no fault of the work."""
        guard = self._carry.guard
        if guard.marked:
            await self._warily(work, set(guard.marked))
        else:
            await self._whole(work)

    async def _warily(self, work: Work, marked: set[str]) -> None:
        """Runs that were in hand when a worker died come alone, after all others. Those that begin
        behind one of them, about the same subject, stay behind it, and come alone as well."""
        of_note, hearing = self._carry.notes.run_of, self._carry.hearing
        # Known once: each of them would ask it again.
        woken = await hearing.woken(work.after, work.last, work.lanes)
        work = msgspec.structs.replace(work, woken=woken)
        line = await self._carry.in_line(work.events, marked)
        marked = marked.union(line)
        meant = {one.parcel.run for one in work.outcomes} | {run for run, _, _ in work.due}
        meant |= {of_note(row) for row in work.notes}
        self._carry.barred, self._carry.touched = marked, set()
        try:
            await self._whole(work.without(marked, of_note))
        finally:
            self._carry.barred = set()
        touched = marked & (self._carry.touched | meant)
        theirs = work.apart(await self._carry.subjects_of(touched, work.events), of_note)
        for run in (*sorted(touched.difference(line)), *(run for run in line if run in touched)):
            await self._alone(run, theirs[run])

    async def _whole(self, work: Work) -> None:
        try:
            await self._carry.out(work)
        except Exception as error:
            self._give_up(work, error)
            if len(work) > 1:
                for half in work.halves():
                    await self._whole(half)
            else:
                await self._one(work)
        else:
            await self.look_back(work.last)

    def _give_up(self, work: Work, error: Exception) -> None:
        """Takes a failed try back, or raises what is no fault of the work."""
        if not poisoned(error):
            raise error
        _log.error("a batch of %s cannot be written and is split", len(work), exc_info=error)
        self._carry.roll_back()
        self._carry.known_to = max(self._carry.known_to, work.last)

    async def _one(self, work: Work) -> None:
        """A single unit: its runs one by one, then what of it belongs to no run."""
        for run in await self._carry.runs_of(work):
            await self._alone(run, work)
        try:
            await self._carry.out(work)
        except Exception as error:
            self._give_up(work, error)
            await self._set_aside(work, error)
        await self.look_back(work.last)

    async def _alone(self, run: str, work: Work) -> None:
        self._carry.only = {run}
        try:
            await self._carry.out(work)
            await self.look_back(work.last)
        except Exception as error:
            self._give_up(work, error)
            self._carry.only = None
            await self._carry.park(run, error, work)
        finally:
            self._carry.only = None

    async def _set_aside(self, work: Work, error: Exception) -> None:
        for _, done in work.saving:
            if not done.done():
                done.set_exception(error)
        batch = Batch(self._clock.now())
        batch.raise_exception(set_aside(work, error))
        await self._carry.commit(batch)

    async def look_back(self, last: int) -> None:
        """Waits that were asked take what came before them."""
        while lives := set(self._carry.steps.look_back):
            try:
                await self._carry.look_back(last)
            except Exception as error:
                self._give_up(Work(after=last, last=last), error)
                await self.recall(lives, last, one_by_one=True)

    async def recall(self, runs: Iterable[str], last: int, *, one_by_one: bool = False) -> None:
        """Lets runs look back whose look back is outstanding, suspected ones alone."""
        runs = set(runs)
        alone = runs if one_by_one else runs & set(self._carry.guard.marked)
        if runs - alone:
            await self._carry.recall(runs - alone)
            await self.look_back(last)
        for run in sorted(alone):
            try:
                await self._carry.recall([run])
                while self._carry.steps.look_back:
                    await self._carry.look_back(last)
            except Exception as error:
                self._give_up(Work(after=last, last=last), error)
                await self._carry.park(run, error)
