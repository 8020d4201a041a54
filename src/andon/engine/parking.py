"""Runs set aside for a developer, and how they go on where they stood."""

__all__ = ["Parking"]

from collections.abc import Mapping
from typing import Any

import asyncpg
import msgspec

from andon.core.errors import AndonError
from andon.core.workflow import Ask, Send, Sleep, Verb, Wait
from andon.engine.answers import Answer, answer_of_record
from andon.engine.cases import stuck
from andon.engine.guard import Guard
from andon.engine.live import Live
from andon.engine.memory import Memory
from andon.engine.steps import Steps
from andon.store.advance import Batch


class Parking:
    """A parked run is not stepped; what comes for it stands in the log until it is let go on."""

    def __init__(self, db: asyncpg.Connection, memory: Memory, steps: Steps, guard: Guard) -> None:
        self._db = db
        self._memory = memory
        self._steps = steps
        self._guard = guard

    async def park(
        self, batch: Batch, reasons: Mapping[str, Exception | int], *, trigger: Any = None
    ) -> None:
        """Sets runs aside, each with its error or the number of workers it killed.

        One whose beginning failed is not yet kept; then `trigger` is its record.
        """
        rows = await self._db.fetch(
            "select id, subject from run where id = any($1::text[])", list(reasons)
        )
        subjects = {row["id"]: row["subject"] for row in rows}
        for run, reason in reasons.items():
            self._memory.remove(run)
            self._guard.acquit(batch, run)
            if run in subjects:
                batch.add("parked", run, reason if isinstance(reason, int) else 0)
            else:
                flow = run.partition("@")[0]
                subjects[run] = trigger["subject"]
                batch.add(
                    "runs", run, flow, trigger["subject"], trigger["lane"],
                    int(trigger["position"]), trigger["correlation"], "parked",
                    trigger["recorded_at"],
                )  # fmt: skip
            batch.raise_exception(stuck(run, subjects[run], _told(reason)))

    async def decide(self, batch: Batch, run: str, answer: str) -> None:
        """A person lets a parked run go on, or gives it up."""
        # The answer is read again after a restart; a run that was parked again asks anew.
        asks = await self._db.fetchval(
            "select 1 from run r join exception e on e.cause = 'stuck:' || r.id"
            " where r.id = $1 and r.state = 'parked' and e.answer = $2",
            run,
            answer,
        )
        if asks is None:
            return
        self._guard.acquit(batch, run)
        if answer == "try again":
            await self._go_on(batch, run)
        else:
            batch.add("ends", run, "failed")

    async def _go_on(self, batch: Batch, run: str) -> None:
        failed = await self._memory.load({run}, parked=True)
        if failed:
            await self.park(batch, failed)
            return
        live = self._memory.get(run)
        assert live is not None
        batch.add("resumed", run)
        for verb in live.left():
            if live.asked(verb.n) is not None:
                await self._catch_up(batch, live, verb)

    async def _catch_up(self, batch: Batch, live: Live, verb: Verb[Any]) -> None:
        """Answers what was answered meanwhile; asks what was never asked."""
        match verb:
            case Send():
                key = self._steps.key(live, verb)
                rows = await self._db.fetch(
                    "select kind, position, data from log where subject = $1"
                    " and id = any($2::text[]) order by position",
                    self._steps.subject(live, verb.command),
                    [key, f"{key}:receipt", f"{key}:refusal"],
                )
                if not rows:
                    self._steps.issue(batch, live, [verb], live.trigger, live.now)
                elif rows[-1]["kind"] != "command":
                    data = msgspec.json.decode(rows[-1]["data"])
                    answer = answer_of_record(rows[-1]["kind"], data)
                    self._steps.answer(batch, live, verb.n, answer, int(rows[-1]["position"]))
            case Ask():
                row = await self._db.fetchrow(
                    "select answer from exception where cause = $1", f"asked:{live.id}:{verb.n}"
                )
                if row is None:
                    self._steps.issue(batch, live, [verb], live.trigger, live.now)
                elif row["answer"] is not None:
                    answer = Answer(row["answer"])
                    self._steps.answer(batch, live, verb.n, answer, live.cursor.position)
            case Sleep() | Wait():
                self._steps.issue(batch, live, [verb], live.trigger, live.now)
            case _:
                raise TypeError(f"{verb!r} is no leaf verb")


def _told(reason: Exception | int) -> str:
    if isinstance(reason, int):
        return f"{reason} workers died while they had it in hand"
    kind = "" if isinstance(reason, AndonError) else f"{type(reason).__name__}: "
    return f"{kind}{reason}"
