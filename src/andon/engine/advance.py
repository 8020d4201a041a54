"""The worker's one writing loop: records and outcomes in, one commit, new commands out."""

__all__ = ["Advance"]

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from andon.core.connector import Receipt
from andon.core.errors import (
    AndonError,
    CancelledRunError,
    DeniedError,
    InvalidError,
    LateError,
    RefusedError,
    RejectedError,
)
from andon.core.mapping import Known
from andon.core.message import Command, Event
from andon.core.record import Actor
from andon.core.workflow import Ask, Send, Sleep, Verb, Wait
from andon.engine.clock import Clock
from andon.engine.gate import pass_gate
from andon.engine.live import Answer, Live, Replay, answer_json
from andon.engine.parcel import Asked, Delivered, Moved, Outcome, Parcel, Refused
from andon.engine.plan import Plan
from andon.engine.read import claims_text
from andon.store.advance import Batch, LogRow
from andon.store.ingest import Raised
from andon.store.sql import query

_log = logging.getLogger(__name__)

_WORKFLOW = Actor("andon")
_MOST_RECORDS = 500
_MOST_LIVE = 4_000


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
        drop: Callable[[str, str], None],
    ) -> None:
        self._plan = plan
        self._db = db
        self._clock = clock
        self._hand_over = hand_over
        self._unpark = unpark
        self._drop = drop
        self._outcomes: deque[Outcome] = deque()
        self._saved: deque[tuple[Moved, asyncio.Future[None]]] = deque()
        self._wake = asyncio.Event()
        self._records = False
        self._live: OrderedDict[str, Live] = OrderedDict()
        self._parcels: dict[str, Parcel] = {}
        self._out: list[Parcel] = []
        self._due: list[tuple[str, int]] = []
        self._look_back: list[tuple[Live, Wait[Any]]] = []
        self._extra: list[Callable[[Batch], None]] = []
        self.lanes: list[int] = []
        self.after = 0
        """Records up to here have been taken by the lanes of this worker."""
        self.known_to = 0
        """Up to here a record may have been taken before a crash; runs are looked up first."""
        self.committed_after = 0

    # -- what others call -------------------------------------------------------------------

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

    def also(self, write: Callable[[Batch], None]) -> None:
        """Lets another part of the worker write with the next commit."""
        self._extra.append(write)
        self._wake.set()

    def keep(self, parcel: Parcel) -> None:
        """Remembers an offered parcel; the system fetches it from us."""
        self._parcels[parcel.key] = parcel

    def adopt(self, parcel: Parcel) -> None:
        """Takes a parcel that an earlier worker left."""
        self._parcels[parcel.key] = parcel
        self._hand_over(parcel)

    # -- the loop -----------------------------------------------------------------------------

    async def run(self) -> None:
        """Goes on until cancelled. A lost session ends it with the database's error."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.once()

    async def once(self) -> None:
        """One batch: read, step, commit, hand over."""
        batch = Batch(self._clock.now())
        # Taken out before the first await: what is reported meanwhile may be of a run not loaded yet.
        outcomes = [self._outcomes.popleft() for _ in range(len(self._outcomes))]
        await self._load_runs(o for o in outcomes if isinstance(o, Delivered | Refused))
        for outcome in outcomes:
            self._take_outcome(batch, outcome)
        saving = [self._saved.popleft() for _ in range(len(self._saved))]
        for moved, _ in saving:
            self._move(batch, moved)
        await self._take_due(batch)
        extra, self._extra = self._extra, []
        for write in extra:
            write(batch)
        after = self.after
        if self._records and len(self._parcels) < _MOST_LIVE:
            after = await self._take_records(batch)
        if len(batch):
            await self._commit(batch)
        self.after = after
        for _, done in saving:
            if not done.done():
                done.set_result(None)
        await self._looked_back()
        self._forget()

    async def _commit(self, batch: Batch) -> None:
        """Writes the batch; only then do its new commands leave."""
        base = await batch.commit(self._db)
        out, self._out = self._out, []
        for parcel in out:
            parcel.position += base - 1
            self._parcels[parcel.key] = parcel
            if not parcel.wired.offers:
                self._hand_over(parcel)

    # -- outcomes -----------------------------------------------------------------------------

    def _take_outcome(self, batch: Batch, outcome: Outcome) -> None:
        match outcome:
            case Delivered():
                self._delivered(batch, outcome)
            case Refused(parcel=parcel, error=error):
                self._refused(batch, parcel, error)
            case Moved():
                self._move(batch, outcome)
            case Asked(parcel=parcel):
                self._move(batch, Moved(parcel, "parked", outcome.text))
                batch.raise_exception(_parked(outcome))

    def _move(self, batch: Batch, moved: Moved) -> None:
        parcel = moved.parcel
        if parcel.key not in self._parcels:
            return
        parcel.state = moved.state
        batch.add(
            "moved",
            parcel.key,
            moved.state,
            parcel.attempts,
            parcel.due_at,
            parcel.looks,
            moved.error,
        )

    def _delivered(self, batch: Batch, outcome: Delivered) -> None:
        parcel, receipt = outcome.parcel, outcome.receipt
        if self._parcels.pop(parcel.key, None) is None:
            return
        data = {
            "key": parcel.key,
            "command": parcel.command.TYPE,
            "reference": receipt.reference,
            "body": receipt.body,
            "attempts": parcel.attempts,
            "ms": round(outcome.ms, 2),
            "found": outcome.found,
        }
        place = batch.append(
            LogRow(
                kind="receipt",
                source=parcel.wired.name,
                id=f"{parcel.key}:receipt",
                type="andon.delivery.command.delivered.v1",
                subject=parcel.subject,
                order_key=parcel.order_key,
                lane=parcel.lane,
                correlation=parcel.correlation,
                causation=parcel.position,
                occurred_at=parcel.sent_at or batch.now,
                site=parcel.site,
                actor=parcel.wired.name,
                system=parcel.wired.name,
                claims=claims_text(parcel.command.claims()),
                data=_jsonb(data),
            )
        )
        batch.add("done", parcel.key)
        self._close_case(batch, parcel)
        self._answer_parcel(batch, parcel, Answer(receipt), -place)

    def _refused(self, batch: Batch, parcel: Parcel, error: RefusedError) -> None:
        if self._parcels.pop(parcel.key, None) is None:
            return
        data = {"key": parcel.key, "command": parcel.command.TYPE, "says": str(error)}
        place = batch.append(
            LogRow(
                kind="refusal",
                source=parcel.wired.name,
                id=f"{parcel.key}:refusal",
                type="andon.delivery.command.refused.v1",
                subject=parcel.subject,
                order_key=parcel.order_key,
                lane=parcel.lane,
                correlation=parcel.correlation,
                causation=parcel.position,
                occurred_at=batch.now,
                site=parcel.site,
                actor=parcel.wired.name,
                data=_jsonb(data),
            )
        )
        batch.add("done", parcel.key)
        self._close_case(batch, parcel)
        if parcel.run is None:
            batch.raise_exception(_refusal(parcel, error))
            return
        self._answer_parcel(batch, parcel, Answer(error=error), -place)

    def _close_case(self, batch: Batch, parcel: Parcel) -> None:
        if parcel.attempts > 1 or parcel.state != "pending":
            batch.add("settled", f"parked:{parcel.key}")

    def _answer_parcel(self, batch: Batch, parcel: Parcel, answer: Answer, position: int) -> None:
        if parcel.run is None:
            return
        live = self._live.get(parcel.run)
        if live is not None:
            self._answer(batch, live, parcel.n, answer, position)

    # -- runs -----------------------------------------------------------------------------------

    def _answer(self, batch: Batch, live: Live, n: int, answer: Answer, position: int) -> None:
        """Journals one answer and steps the run; whatever it asks next goes into the batch."""
        if live.asked(n) is None or live.ended:
            return
        batch.add("journal", live.id, live.at, n, position, answer_json(answer))
        try:
            verbs = live.take(n, answer, batch.now)
        except Exception as error:
            self._fail(batch, live, error)
        else:
            self._issue(batch, live, verbs, position)
        if live.ended:
            batch.add("ends", live.id, "failed" if live.failed else "ended")

    def _issue(self, batch: Batch, live: Live, verbs: Sequence[Verb[Any]], cause: int) -> None:
        for verb in verbs:
            match verb:
                case Send(command=command):
                    self._send(batch, live, verb, command, cause)
                case Wait(types=types, within=within):
                    names = " ".join(kind.TYPE for kind in types)
                    batch.add("waits", live.id, verb.n, live.subject, live.lane, names, live.cursor)
                    if within is not None:
                        batch.add("timers", live.id, verb.n, live.lane, batch.now + within)
                    self._look_back.append((live, verb))
                case Sleep(span=span):
                    batch.add("timers", live.id, verb.n, live.lane, batch.now + span)
                case Ask():
                    batch.raise_exception(_question(live, verb))
                case _:
                    pass

    def _send(
        self,
        batch: Batch,
        live: Live,
        verb: Send,
        command: Command,
        cause: int,
    ) -> None:
        key = f"{live.correlation}:{live.flow.name}.{verb.n}"
        local = command.local
        subject = local if "/" in local else _same_kind(live, command)
        try:
            passed = pass_gate(self._plan, command, _WORKFLOW, live.site)
        except (DeniedError, InvalidError) as error:
            place = self._log_command(
                batch, live, key, subject, command, "{}", cause, "refusal", str(error)
            )
            self._answer(batch, live, verb.n, Answer(error=error), -place)
            return
        place = self._log_command(
            batch, live, key, subject, command, passed.data, cause, "command", None
        )
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
            state="offered" if passed.wired.offers else "pending",
        )
        self._lay_out(batch, parcel, place)
        self._out.append(parcel)

    def _lay_out(self, batch: Batch, parcel: Parcel, place: int) -> None:
        batch.add(
            "sends", parcel.key, place, parcel.run, parcel.n, parcel.lane, parcel.order_key,
            parcel.wired.name, parcel.outbound.proof, parcel.state,
        )  # fmt: skip
        if parcel.wired.offers:
            request = parcel.outbound.writes(
                parcel.command, Known(parcel.wired.settings, local=_local(parcel))
            )
            if request.names:
                batch.add(
                    "names", parcel.wired.name, parcel.command.KIND, request.names, parcel.subject
                )

    def _log_command(
        self,
        batch: Batch,
        live: Live,
        key: str,
        subject: str,
        command: Command,
        data: str,
        cause: int,
        kind: str,
        says: str | None,
    ) -> int:
        return batch.append(
            LogRow(
                kind=kind,
                source="andon",
                id=key,
                type=command.TYPE,
                subject=subject,
                order_key=live.subject,
                lane=live.lane,
                correlation=live.correlation,
                causation=cause,
                occurred_at=batch.now,
                site=live.site,
                actor=f"workflow:{live.flow.name}",
                data=data if says is None else _jsonb({"key": key, "says": says}),
            )
        )

    def _fail(self, batch: Batch, live: Live, error: Exception) -> None:
        """An error the body did not handle ends the run; the case names who acts next."""
        live.ended = True
        live.failed = True
        acts = error.acts if isinstance(error, AndonError) else "developer"
        if acts == "developer":
            _log.error("workflow %s failed", live.id, exc_info=error)
        batch.raise_exception(_failure(live, acts, error))

    # -- records ----------------------------------------------------------------------------------

    async def _take_records(self, batch: Batch) -> int:
        self._records = False  # before the look: a hint that comes during it must count
        rows = await self._db.fetch(query("follow"), self.after, self.lanes, _MOST_RECORDS)
        if len(rows) == _MOST_RECORDS:
            self._records = True
            self._wake.set()
        if not rows:
            return self.after
        after = int(rows[-1]["position"])
        events = [row for row in rows if row["kind"] == "event"]
        await self._take_events(batch, events)
        for row in rows:
            if row["kind"] != "event":
                await self._take_note(batch, row)
        return after

    async def _take_events(self, batch: Batch, rows: Sequence[asyncpg.Record]) -> None:
        starting = [(row, flow) for row in rows for flow in self._plan.starts.get(row["type"], ())]
        begun: set[str] = set()
        if rows and rows[0]["position"] <= self.known_to:
            ids = [_run_id(row, flow.name) for row, flow in starting]
            known = await self._db.fetch("select id from run where id = any($1::text[])", ids)
            begun = {row["id"] for row in known}
        await self._wake_waiting(batch, rows)
        for row, flow in starting:
            id = _run_id(row, flow.name)
            if id not in begun:
                begun.add(id)
                self._begin(batch, row, id, flow.name)

    def _begin(self, batch: Batch, row: asyncpg.Record, id: str, name: str) -> None:
        live = self._new_live(row, id, name)
        self._live[id] = live
        try:
            event = self._plan.contracts.decode(row["type"], row["data"].encode())
            assert isinstance(event, Event)
            verbs = live.start(event)
            self._issue(batch, live, verbs, int(row["position"]))
        except Exception as error:
            self._fail(batch, live, error)
        state = "running" if not live.ended else "failed" if live.failed else "ended"
        batch.add(
            "runs",
            id,
            name,
            live.subject,
            live.lane,
            live.trigger,
            live.correlation,
            state,
            live.started_at,
        )

    def _new_live(self, row: asyncpg.Record, id: str, name: str) -> Live:
        return Live(
            self._plan.workflows[name],
            id=id,
            subject=row["subject"],
            lane=row["lane"],
            correlation=row["correlation"],
            site=row["site"],
            trigger=int(row["position"]),
            started_at=row["recorded_at"],
        )

    async def _wake_waiting(self, batch: Batch, rows: Sequence[asyncpg.Record]) -> None:
        if not rows:
            return
        waiting = await self._db.fetch(
            "select run, n, subject, types, after from waiting where subject = any($1::text[])",
            list({row["subject"] for row in rows}),
        )
        if not waiting:
            return
        await self._load({w["run"] for w in waiting})
        for row in rows:
            for w in waiting:
                if w["subject"] == row["subject"] and row["type"] in w["types"]:
                    self._give_event(batch, w["run"], w["n"], row)

    def _give_event(self, batch: Batch, run: str, n: int, row: asyncpg.Record) -> None:
        live = self._live.get(run)
        position = int(row["position"])
        if live is None or live.asked(n) is None or position <= live.cursor:
            return
        live.cursor = position
        event = self._plan.contracts.decode(row["type"], row["data"].encode())
        batch.add("waited", run, n)
        batch.add("rung", run, n)
        self._answer(batch, live, n, Answer(event), position)

    async def _looked_back(self) -> None:
        """A wait also takes what came between the trigger and the wait, in log order."""
        waits, self._look_back = self._look_back, []
        waits = [(live, wait) for live, wait in waits if live.asked(wait.n) is not None]
        if not waits:
            return
        rows = await self._db.fetch(
            query("look_back"),
            [live.subject for live, _ in waits],
            [live.cursor for live, _ in waits],
            self.after,
        )
        if not rows:
            return
        batch = Batch(self._clock.now())
        for row in rows:
            for live, wait in waits:
                if live.subject == row["subject"] and row["type"] in {t.TYPE for t in wait.types}:
                    self._give_event(batch, live.id, wait.n, row)
        if len(batch):
            await self._commit(batch)
            await self._looked_back()

    async def _take_note(self, batch: Batch, row: asyncpg.Record) -> None:
        """What the API or an outbox wrote for the worker: receipts, answers, commands."""
        data: dict[str, Any] = msgspec.json.decode(row["data"])
        match row["kind"]:
            case "receipt" | "refusal":
                await self._acknowledged(batch, row, data)
            case "command":
                await self._submitted(row)
            case "note":
                await self._answered(batch, data, int(row["position"]))
            case _:
                pass

    async def _acknowledged(self, batch: Batch, row: asyncpg.Record, data: dict[str, Any]) -> None:
        parcel = self._parcels.pop(data["key"], None)
        if parcel is None:
            return
        batch.add("done", parcel.key)
        if parcel.run is None:
            return
        await self._load({parcel.run})
        answer = (
            Answer(Receipt(reference=data.get("reference")))
            if row["kind"] == "receipt"
            else Answer(error=RejectedError(str(data.get("says"))))
        )
        self._answer_parcel(batch, parcel, answer, int(row["position"]))

    async def _submitted(self, row: asyncpg.Record) -> None:
        for parcel in await self.parcels_of([row["id"]]):
            if parcel.key in self._parcels:
                continue
            if parcel.wired.offers:
                self.keep(parcel)
            else:
                self.adopt(parcel)

    async def _answered(self, batch: Batch, data: dict[str, Any], position: int) -> None:
        key, answer = data.get("key"), str(data.get("answer"))
        if key:
            self._decide_parcel(batch, str(key), answer)
        elif data.get("run"):
            await self._load({data["run"]})
            live = self._live.get(data["run"])
            if live is not None:
                self._answer(batch, live, int(data["n"]), Answer(answer), position)

    def _decide_parcel(self, batch: Batch, key: str, answer: str) -> None:
        parcel = self._parcels.get(key)
        if parcel is None:
            return
        if answer == "try again":
            self._unpark(parcel.wired.name, key)
        elif answer == "it was done":
            self._drop(parcel.wired.name, key)
            self._delivered(batch, Delivered(parcel, Receipt(), 0.0, found=True))
        else:
            self._drop(parcel.wired.name, key)
            self._refused(batch, parcel, CancelledRunError("a person gave it up"))

    # -- timers -------------------------------------------------------------------------------------

    def ring(self, due: Sequence[tuple[str, int]]) -> None:
        """Answers what is due with the next commit: sleeps end, waits are late."""
        self._due += due
        self._wake.set()

    async def _take_due(self, batch: Batch) -> None:
        due, self._due = self._due, []
        if due:
            await self._load({run for run, _ in due})
            for run, n in dict.fromkeys(due):
                self._ring_one(batch, run, n)

    def _ring_one(self, batch: Batch, run: str, n: int) -> None:
        batch.add("rung", run, n)
        live = self._live.get(run)
        verb = None if live is None else live.asked(n)
        if live is None or verb is None:
            return
        if isinstance(verb, Wait):
            batch.add("waited", run, n)
            answer = Answer(error=LateError(f"{live.subject}: nothing came in time"))
        else:
            answer = Answer(None)
        self._answer(batch, live, n, answer, live.cursor)

    # -- memory ---------------------------------------------------------------------------------------

    async def _load_runs(self, outcomes: Iterable[Delivered | Refused]) -> None:
        runs = {o.parcel.run for o in outcomes if o.parcel.run is not None}
        missing = {run for run in runs if run not in self._live}
        if missing:
            await self._load(missing)

    async def _load(self, runs: set[str]) -> None:
        """Brings runs back over their journals."""
        missing = [run for run in runs if run not in self._live]
        if not missing:
            return
        rows = await self._db.fetch(query("load_runs"), missing)
        lines = await self._db.fetch(
            "select run, n, position, answered_at, data from journal where run = any($1::text[])"
            " order by run, at",
            missing,
        )
        journals: dict[str, list[asyncpg.Record]] = {}
        for line in lines:
            journals.setdefault(line["run"], []).append(line)
        for row in rows:
            self._bring_back(row, journals.get(row["run"], []))

    def _bring_back(self, row: asyncpg.Record, journal: Sequence[asyncpg.Record]) -> None:
        live = self._new_live(row, row["run"], row["workflow"])
        event = self._plan.contracts.decode(row["type"], row["data"].encode())
        assert isinstance(event, Event)
        try:
            live.replay(
                event,
                [Replay(line["n"], line["answered_at"], line["data"]) for line in journal],
                self._plan.contracts,
            )
        except Exception as error:
            self.also(lambda batch, error=error: self._fail_kept(batch, live, error))
            return
        live.cursor = max([live.trigger, *(line["position"] for line in journal)])
        self._live[live.id] = live

    def _fail_kept(self, batch: Batch, live: Live, error: Exception) -> None:
        self._fail(batch, live, error)
        batch.add("ends", live.id, "failed")

    def _forget(self) -> None:
        """Ended runs leave at once, others when there are too many; their journals bring them back."""
        for id in [id for id, live in self._live.items() if live.ended]:
            del self._live[id]
        while len(self._live) > _MOST_LIVE * 2:
            _, live = self._live.popitem(last=False)
            live.close()

    async def parcels_of(self, keys: Sequence[str] | None = None) -> list[Parcel]:
        """Parcels of these keys, or of all lanes of this worker, in log order."""
        rows = await self._db.fetch(query("parcels"), self.lanes, keys)
        return [parcel for row in rows if (parcel := self._parcel(row)) is not None]

    def _parcel(self, row: asyncpg.Record) -> Parcel | None:
        command = self._plan.contracts.decode(row["type"], row["data"].encode())
        wired = self._plan.connections.get(row["connection"])
        if wired is None or not isinstance(command, Command):
            return None
        outbound = wired.outbound.get(type(command))
        if outbound is None:
            return None
        state = row["state"]
        return Parcel(
            key=row["key"],
            position=row["position"],
            run=row["run"],
            n=row["n"],
            lane=row["lane"],
            subject=row["subject"],
            order_key=row["order_key"],
            correlation=row["correlation"],
            site=row["site"],
            command=command,
            wired=wired,
            outbound=outbound,
            # a worker that died while sending left an open question, not a failure
            state="unknown" if state == "sending" else state,
            attempts=row["attempts"],
            looks=row["looks"],
            due_at=row["due_at"],
        )


def _run_id(row: asyncpg.Record, workflow: str) -> str:
    return f"{workflow}@{row['source']}/{row['id']}"


def _same_kind(live: Live, command: Command) -> str:
    """A command about the run's own subject names it by any id; another subject needs its full name."""
    return (
        live.subject
        if live.subject.startswith(f"{command.KIND}/")
        else f"{command.KIND}/andon:{command.local}"
    )


def _local(parcel: Parcel) -> str:
    return parcel.subject.partition(":")[2]


def _jsonb(data: Any) -> str:
    return msgspec.json.encode(data).decode().replace("\\u0000", "\\ufffd")


def _parked(asked: Asked) -> Raised:
    parcel = asked.parcel
    name = type(parcel.command).__name__
    return Raised(
        cause=f"parked:{parcel.key}",
        acts=asked.acts,
        code=asked.code,
        team=parcel.wired.name,
        connection=parcel.wired.name,
        subject=parcel.subject,
        position=parcel.position,
        run=parcel.run,
        n=parcel.n,
        text=f"{name} did not get through to {parcel.wired.name} after {parcel.attempts} attempts:"
        f" {asked.text}. Later commands for {parcel.order_key} to {parcel.wired.name} wait behind it."
        " Mend the cause, then try again; or say that it was done; or give it up.",
        detail=_jsonb({"key": parcel.key, "attempts": parcel.attempts}),
        choices=("try again", "it was done", "give up"),
    )


def _refusal(parcel: Parcel, error: RefusedError) -> Raised:
    name = type(parcel.command).__name__
    return Raised(
        cause=f"refused:{parcel.key}",
        acts=error.acts,
        code="refused",
        team=parcel.wired.name,
        connection=parcel.wired.name,
        subject=parcel.subject,
        position=parcel.position,
        text=f"{parcel.wired.name} refuses {name}: {error}. Nothing was changed there."
        f" Correct the data with {parcel.wired.name} and send it again.",
        detail=_jsonb({"key": parcel.key}),
    )


def _question(live: Live, ask: Ask) -> Raised:
    return Raised(
        cause=f"asked:{live.id}:{ask.n}",
        acts="data owner",
        code="question",
        team=ask.team,
        subject=live.subject,
        run=live.id,
        n=ask.n,
        text=ask.text,
        choices=ask.choices,
    )


def _failure(live: Live, acts: str, error: Exception) -> Raised:
    kind = "" if isinstance(error, AndonError) else f"{type(error).__name__}: "
    return Raised(
        cause=f"failed:{live.id}",
        acts=acts,
        code="workflow-failed",
        team="integration" if acts == "developer" else "planning",
        subject=live.subject,
        run=live.id,
        text=f"{live.flow.name} stopped for {live.subject}: {kind}{error}. What it did before stands;"
        " nothing further is sent. Mend the cause and start it again.",
    )
