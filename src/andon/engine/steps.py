"""Stepping runs: an answer goes in, the next commands, waits and questions go into the batch."""

__all__ = ["Steps"]

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg

from andon.core.errors import AndonError, DeniedError, InvalidError, LateError
from andon.core.mapping import Known
from andon.core.message import Command, Event, subject_name
from andon.core.record import Actor
from andon.core.workflow import Ask, Send, Sleep, Verb, Wait, Withdraw
from andon.engine.answers import Answer, Heard, answer_json
from andon.engine.cases import approval, failure, question
from andon.engine.fence import Fence, hold_reason
from andon.engine.gate import pass_gate
from andon.engine.live import Live
from andon.engine.memory import Memory, run_id
from andon.engine.parcel import Parcel
from andon.engine.plan import Plan
from andon.engine.rows import command_row
from andon.store.advance import Batch

_log = logging.getLogger(__name__)
_WORKFLOW = Actor("andon")


class Steps:
    """Pure but for the log of defects: everything it decides stands in the batch or in `out`."""

    def __init__(self, plan: Plan, memory: Memory, fence: Fence) -> None:
        self._plan = plan
        self._fence = fence
        self._memory = memory
        self.out: list[Parcel] = []
        """Commands that may leave once the batch is committed; positions count from the batch."""
        self.look_back: dict[str, Live] = {}
        """Runs that may already be answered by what came since the trigger."""
        self.hears: set[str] = set()
        """Event types that waits of this worker take of linked subjects."""

    def begin(self, batch: Batch, row: asyncpg.Record, workflow: str) -> None:
        """Starts a run."""
        live = self._memory.begin(row, run_id(row, workflow), workflow)
        try:
            event = self._plan.contracts.decode(row["type"], row["data"].encode())
            assert isinstance(event, Event)
            self.issue(batch, live, live.start(event), live.trigger, batch.now)
        except Exception as error:
            self.fail(batch, live, error)
        batch.add(
            "runs", live.id, workflow, live.subject, live.lane, live.trigger, live.correlation,
            _state(live) if live.ended else "running", live.started_at,
        )  # fmt: skip

    def answer(self, batch: Batch, live: Live, n: int, answer: Answer, position: int) -> None:
        """Journals one answer and steps the run;
        a second answer to the same question is nothing."""
        verb = live.asked(n)
        if live.ended or verb is None:
            return
        batch.add("journal", live.id, live.at, n, position, answer_json(answer, verb))
        try:
            self.issue(batch, live, live.take(n, answer, batch.now), position, batch.now)
        except Exception as error:
            self.fail(batch, live, error)
        if live.ended:
            batch.add("ends", live.id, _state(live))
            _clear(batch, live)

    def give_event(
        self, batch: Batch, live: Live, n: int, row: asyncpg.Record, heard_at: int | None = None
    ) -> None:
        """Answers a wait by an event that came after what the run has taken."""
        position = int(row["position"])
        heard = Heard(heard_at or position, position)
        if live.asked(n) is None or heard <= live.cursor or position == live.trigger:
            return
        if not live.awaits(n):  # it lost a race; the event belongs to a later wait
            return
        live.hears(heard)
        event = self._plan.contracts.decode(row["type"], row["data"].encode())
        batch.add("waited", live.id, n)
        batch.add("rung", live.id, n)
        late = None if heard.at == position else heard.at
        self.answer(batch, live, n, Answer(event, heard_at=late), position)

    def ring(self, batch: Batch, run: str, n: int) -> None:
        """A deadline is there: a sleep ends, a wait is late."""
        batch.add("rung", run, n)
        live = self._memory.get(run)
        verb = None if live is None else live.asked(n)
        if live is None or verb is None:
            return
        if isinstance(verb, Wait):
            batch.add("waited", run, n)
            late = LateError(f"{live.subject}: nothing came in time")
            self.answer(batch, live, n, Answer(error=late), live.cursor.position)
        else:
            self.answer(batch, live, n, Answer(None), live.cursor.position)

    def fail(self, batch: Batch, live: Live, error: Exception) -> None:
        """An error the body does not handle ends the run; the case names who acts next."""
        live.ended = live.failed = True
        acts = error.acts if isinstance(error, AndonError) else "developer"
        if acts == "developer":
            _log.error("workflow %s failed", live.id, exc_info=error)
        batch.raise_exception(failure(live, acts, error))

    def issue(
        self, batch: Batch, live: Live, verbs: Sequence[Verb[Any]], cause: int, since: datetime
    ) -> None:
        """Writes what a run asks for; its deadlines count from `since`."""
        for verb in verbs:
            match verb:
                case Send(command=command):
                    self._send(batch, live, verb, command, cause)
                case Wait(types=types, within=within):
                    names, linked = [kind.TYPE for kind in types], live.linked(verb)
                    batch.add(
                        "waits", live.id, verb.n, live.subject, live.lane, " ".join(names),
                        " ".join(linked), live.cursor.at,
                    )  # fmt: skip
                    self.hears.update(linked)
                    if within is not None:
                        batch.add("timers", live.id, verb.n, live.lane, since + within)
                    self.look_back[live.id] = live
                case Sleep(span=span):
                    batch.add("timers", live.id, verb.n, live.lane, since + span)
                case Ask():
                    batch.raise_exception(question(live, verb))
                case Withdraw(ask=ask):
                    batch.settle(f"asked:{live.id}:{ask.n}")
                case _:
                    raise TypeError(f"{verb!r} is no leaf verb")

    def _send(self, batch: Batch, live: Live, verb: Send, command: Command, cause: int) -> None:
        key = self.key(live, verb)
        subject = self.subject(live, command)
        try:
            passed = pass_gate(self._plan, command, _WORKFLOW, live.site, fence=self._fence)
        except (DeniedError, InvalidError) as error:
            row = command_row(
                live,
                batch.now,
                key=key,
                subject=subject,
                command=command,
                cause=cause,
                data="",
                denied=str(error),
            )
            self.answer(batch, live, verb.n, Answer(error=error), -batch.append(row))
            return
        row = command_row(
            live,
            batch.now,
            key=key,
            subject=subject,
            command=command,
            cause=cause,
            data=passed.data,
            denied=None,
        )
        place = batch.append(row)
        parcel = Parcel(
            key=key,
            position=place,
            run=live.id,
            n=verb.n,
            lane=live.lane,
            subject=subject,
            order_key=live.subject,
            correlation=live.correlation,
            site=live.site,
            command=command,
            wired=passed.wired,
            outbound=passed.outbound,
            state=passed.state,
        )
        self._lay_out(batch, parcel)
        if command.HOLDS:
            reason = hold_reason(command)
            batch.hold(subject, reason, held=True)
            self._fence.bind(subject, "andon", reason)
        if passed.approvals:
            batch.raise_exception(approval(parcel, f"workflow {live.flow.name}", passed.approvals))
        self.out.append(parcel)

    def key(self, live: Live, verb: Send) -> str:
        """The command's key: the record that began the run, the workflow, the step."""
        return f"{live.id.partition('@')[2]}:{live.flow.name}.{verb.n}"

    def subject(self, live: Live, command: Command) -> str:
        """A command about the run's own kind is about its subject, by whatever id it says it."""
        local = self._plan.named(command.KIND, command.local)
        if "/" in local:
            return local
        if live.subject.startswith(f"{command.KIND}/"):
            return live.subject
        return subject_name(command.KIND, "andon", local)

    def _lay_out(self, batch: Batch, parcel: Parcel) -> None:
        """Writes the delivery.
        What a system will fetch is named first, so its answer finds its subject."""
        batch.add(
            "sends", parcel.key, parcel.position, parcel.run, parcel.n, parcel.lane,
            parcel.order_key, parcel.wired.name, parcel.outbound.proof, parcel.state,
        )  # fmt: skip
        if parcel.wired.offers:
            known = Known(parcel.wired.settings, local=parcel.subject.partition(":")[2])
            names = parcel.outbound.writes(parcel.command, known).names
            if names:
                batch.add("names", parcel.wired.name, parcel.command.KIND, names, parcel.subject)


def _clear(batch: Batch, live: Live) -> None:
    """Nothing waits for an ended run any more."""
    for verb in live.left():
        match verb:
            case Wait():
                batch.add("waited", live.id, verb.n)
                batch.add("rung", live.id, verb.n)
            case Sleep():
                batch.add("rung", live.id, verb.n)
            case Ask():
                batch.settle(f"asked:{live.id}:{verb.n}")
            case _:
                pass  # a command on its way comes to its own end


def _state(live: Live) -> str:
    return "failed" if live.failed else "ended"
