"""Planning, a SaaS: it takes signed webhooks, and posts its schedule back, signed too."""

__all__ = ["Job", "Planning"]

import hashlib
import hmac
import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
from aiohttp import web

from andon.sandbox.outbox import Outbox
from andon.sandbox.system import Belief, PostingSystem
from andon.sandbox.systems.machines import LINES
from andon.sandbox.world import World

_PLANT_B = ("LINE-B1",)
_MADE_IN_B = {"VALVE"}
_ONE_PIECE = timedelta(seconds=30)
_OLDEST = 300


class Job(msgspec.Struct):
    """An order's place: on which line, from when until when, and how much of it is made there."""

    order: str
    line: str
    starts: datetime
    ends: datetime
    quantity: Decimal = Decimal(0)
    due: datetime | None = None


class _Order(msgspec.Struct):
    order: str
    item: str
    quantity: Decimal
    due: datetime | None = None


class _Closed(msgspec.Struct):
    order: str
    why: str


class _Downtime(msgspec.Struct):
    machine: str
    since: datetime
    until: datetime | None
    reason: str | None = None


class _Told(msgspec.Struct):
    """What is posted to it: a type, and what goes with it."""

    type: str
    data: msgspec.Raw


class Planning(PostingSystem):
    """One queue of jobs per line. A post it has seen, by its id, changes nothing again."""

    name = "planning"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.secret = f"{world.chance('planning').getrandbits(256):064x}"
        self.jobs: dict[str, Job] = {}
        self.down: dict[str, datetime] = {}
        """Line -> until when it stands."""
        self.outbox = Outbox(f"{andon}/in/planning/events", world.chance("planning/secret"))
        self.said: dict[str, datetime] = {}
        """Order -> its end, as it was last said."""
        self._seen: set[str] = set()
        self._words = 0

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {
            "COMPANY_PLANNING_URL": f"{self.address}/hooks",
            "COMPANY_PLANNING_SIGNS": self.secret,
            "COMPANY_PLANNING_SECRET": self.outbox.secret,
        }

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """`POST /hooks`."""
        body = await request.read()
        if request.method != "POST" or request.path != "/hooks":
            return web.json_response({"detail": "not found"}, status=404)
        if not self._signed(request.headers, body):
            return web.json_response({"detail": "signature does not match"}, status=401)
        id = request.headers.get("webhook-id", "")
        if id in self._seen:
            return web.json_response({"ok": True, "known": True})
        try:
            self._take(msgspec.json.decode(body, type=_Told))
        except (msgspec.MsgspecError, ValueError) as error:
            return web.json_response({"detail": str(error)}, status=422)
        self._seen.add(id)
        return web.json_response({"ok": True})

    def _signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        at = headers.get("X-Timestamp", "")
        if not at.isdigit() or abs(time.time() - int(at)) > _OLDEST:
            return False
        made = hmac.new(self.secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
        return hmac.compare_digest(made.hexdigest(), headers.get("X-Signature-256", ""))

    def _take(self, told: _Told) -> None:
        match told.type:
            case "order":
                self._schedule(msgspec.json.decode(told.data, type=_Order, strict=False))
            case "order.closed":
                self._take_out(msgspec.json.decode(told.data, type=_Closed))
            case "downtime":
                self._stand(msgspec.json.decode(told.data, type=_Downtime))
            case _:
                raise ValueError(f"unknown type {told.type!r}")

    def _schedule(self, order: _Order) -> None:
        """One that has a place keeps it, and is made longer or shorter there."""
        if order.order in self.jobs:
            self._replan(self.jobs[order.order], order)
            return
        lines = _PLANT_B if order.item in _MADE_IN_B else LINES
        line = min(lines, key=lambda line: self._place_on(line, order.due))
        starts = self._place_on(line, order.due)
        ends = starts + _length(order.quantity)
        job = Job(order.order, line, starts, ends, order.quantity, order.due)
        self.jobs[order.order] = job
        self._say(job, None)
        self._make_room(job, f"{_local(order.order)} is due sooner")

    def _replan(self, job: Job, order: _Order) -> None:
        """What is behind it on its line makes room, and does not come forward."""
        job.due = order.due
        if job.quantity == order.quantity:
            return
        job.ends += _length(order.quantity) - _length(job.quantity)
        job.quantity = order.quantity
        self._say(job, None)
        self._make_room(job, f"{_local(job.order)} was changed")

    def _take_out(self, closed: _Closed) -> None:
        """It has no place any more. What was to be made behind an order that is cancelled comes
        forward; one that is done has had its time."""
        gone = self.jobs.pop(closed.order, None)
        if gone is None or closed.why != "cancelled":
            return
        free = max(gone.starts, self._open_from(gone.line))
        for one in self._behind(gone):
            if one.starts > free:
                self._move(one, free, f"{_local(gone.order)} is cancelled")
            free = max(free, one.ends)

    def _make_room(self, job: Job, why: str) -> None:
        free = job.ends
        for one in self._behind(job):
            if one.starts < free:
                self._move(one, free, why)
            free = max(free, one.ends)

    def _behind(self, job: Job) -> list[Job]:
        """What is made after it on its line, next first."""
        mine = [one for one in self.jobs.values() if one.line == job.line and one is not job]
        behind = [one for one in mine if one.starts >= job.starts]
        return sorted(behind, key=lambda one: one.starts)

    def _move(self, job: Job, starts: datetime, why: str) -> None:
        job.starts, job.ends = starts, starts + (job.ends - job.starts)
        self._say(job, why)

    def _open_from(self, line: str) -> datetime:
        now = self.world.now()
        return max(now, self.down.get(line, now))

    def _place_on(self, line: str, due: datetime | None) -> datetime:
        """Behind everything that is begun or due as soon."""
        first = self._open_from(line)
        before = [
            job.ends
            for job in self.jobs.values()
            if job.line == line
            and (job.starts < first or due is None or (job.due is not None and job.due <= due))
        ]
        return max([first, *before])

    def _stand(self, told: _Downtime) -> None:
        if told.machine not in LINES:
            raise ValueError(f"unknown machine {told.machine!r}")
        now = self.world.now()
        if told.until is None:
            self.down.pop(told.machine, None)
            self._queue_up(told.machine, told.since, now, f"{told.machine} runs again")
        else:
            self.down[told.machine] = told.until
            why = f"{told.machine} stands: {told.reason or 'unknown'}"
            self._queue_up(told.machine, told.since, told.until, why)

    def _queue_up(self, line: str, since: datetime, free: datetime, why: str) -> None:
        """What is not done by `since` goes on when the line is free, one job behind the other."""
        now = self.world.now()
        jobs = [job for job in self.jobs.values() if job.line == line and job.ends > now]
        for job in sorted(jobs, key=lambda job: job.starts):
            length = job.ends - max(job.starts, min(since, job.ends))
            before = (job.starts, job.ends)
            job.starts, job.ends = free, free + length
            free = job.ends
            if (job.starts, job.ends) != before:
                self._say(job, why)

    def _say(self, job: Job, reason: str | None) -> None:
        self._words += 1
        self.said[job.order] = job.ends
        body: dict[str, object] = {
            "id": f"schedule-{self._words}",
            "order": job.order,
            "line": job.line,
            "starts": job.starts,
            "ends": job.ends,
            "reason": reason,
            "sequence": self._words,
        }
        self.outbox.say("order.scheduled", body)

    def believes(self) -> Iterable[Belief]:
        """Which line stands and which orders are open, as far as it knows."""
        for job in self.jobs.values():
            yield Belief(f"order:{_local(job.order)}", "scheduled on", job.line)
        for line in LINES:
            yield Belief(f"machine:{line}", "broken", str(line in self.down).lower())


def _local(order: str) -> str:
    return order.rpartition(":")[2]


def _length(quantity: Decimal) -> timedelta:
    return _ONE_PIECE * float(quantity)
