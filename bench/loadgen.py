"""The MES outbox: posts completions, repeats what was not accepted, and remembers when.

Open loop (``rate``) counts latency from the instant an event was due, so a slow hub cannot
hide by slowing the load down. Closed loop (``conns``) posts as fast as the hub accepts.
All instants are CLOCK_MONOTONIC nanoseconds and compare with those of the stub.
"""

import argparse
import asyncio
import os
import resource
import time
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from typing import Literal

import msgspec
import uvloop

from bench.wire import UNANSWERED, Poster
from bench.workload import Completion, Plant

__all__ = ["Load", "LoadRun", "Plan", "Posted", "load"]

_SIMULTANEOUS_SHARE = 0.2
_REPEAT_AFTER = 0.25
_KNOWN_ALREADY = 409


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to post where. ``max_events`` ends a closed loop before its time."""

    url: str
    mode: Literal["open", "closed"] = "open"
    rate: float = 50.0
    conns: int = 32
    secs: float = 20.0
    max_events: int = 10**9
    dup: float = 0.05
    poison: float = 0.0
    ops: int = 1
    timeout: float = 10.0
    retry_s: float = 30.0
    seed: int = 0
    key: str = ""


class Posted(msgspec.Struct):
    """One event: when it was due, and when the hub first said it has it."""

    due_at: int
    accepted_at: int | None
    order: str
    poison: bool


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What was posted and what came back."""

    began_at: int
    ended_at: int
    events: dict[str, Posted]
    posts: int
    duplicates: int
    unanswered: int
    given_up: int
    answers: dict[int, int]
    cpu_s: float


class LoadRun:
    """One plan being carried out."""

    def __init__(self, plan: Plan) -> None:
        headers = {"Authorization": f"Bearer {plan.key}"} if plan.key else {}
        self._plan = plan
        self._poster = Poster(plan.url, headers=headers, within=plan.timeout)
        self._plant = Plant(
            seed=plan.seed or time.time_ns(), operations=plan.ops, poison=plan.poison
        )
        self._events: dict[str, Posted] = {}
        self._answers: Counter[int] = Counter()
        self._posts = self._duplicates = self._unanswered = self._given_up = 0
        self._under_way: set[asyncio.Task[None]] = set()

    async def __call__(self) -> Load:
        """Carry the plan out; every post is answered or given up when this returns."""
        began_at = time.monotonic_ns()
        await (self._open_loop() if self._plan.mode == "open" else self._closed_loop())
        while self._under_way:
            await asyncio.wait(self._under_way)
        await self._poster.close()
        used = resource.getrusage(resource.RUSAGE_SELF)
        return Load(
            began_at=began_at,
            ended_at=time.monotonic_ns(),
            events=self._events,
            posts=self._posts,
            duplicates=self._duplicates,
            unanswered=self._unanswered,
            given_up=self._given_up,
            answers=dict(self._answers),
            cpu_s=used.ru_utime + used.ru_stime,
        )

    async def _open_loop(self) -> None:
        chance = self._plant.chance
        begin = time.monotonic() + 0.05
        for place in range(int(self._plan.rate * self._plan.secs)):
            due = begin + place / self._plan.rate
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            completion = self._due(int(due * 1e9))
            self._start(self._deliver(completion))
            if self._repeats():
                simultaneous = chance.random() < _SIMULTANEOUS_SHARE
                delay = 0.0 if simultaneous else chance.uniform(0.05, 1.0)
                self._start(self._repeat(completion, delay))

    async def _closed_loop(self) -> None:
        end = time.monotonic() + self._plan.secs
        chance = self._plant.chance

        async def one_connection() -> None:
            while time.monotonic() < end and len(self._events) < self._plan.max_events:
                completion = self._due(time.monotonic_ns())
                if not self._repeats():
                    await self._deliver(completion)
                elif chance.random() < _SIMULTANEOUS_SHARE:
                    await asyncio.gather(self._deliver(completion), self._repeat(completion, 0.0))
                else:
                    await self._deliver(completion)
                    await self._repeat(completion, 0.0)

        await asyncio.gather(*(one_connection() for _ in range(self._plan.conns)))

    def _due(self, due_at: int) -> Completion:
        completion = self._plant.next_completion()
        self._events[completion.event_id] = Posted(
            due_at, None, completion.order, completion.poison
        )
        return completion

    def _repeats(self) -> bool:
        """``dup`` is the share among all posts, so the share among originals is higher."""
        share = self._plan.dup
        return self._plant.chance.random() < share / (1 - share)

    def _start(self, posting: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(posting)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _repeat(self, completion: Completion, delay: float) -> None:
        self._duplicates += 1
        if delay:
            await asyncio.sleep(delay)
        await self._deliver(completion)

    async def _deliver(self, completion: Completion) -> None:
        """Post until accepted, as an outbox does; give up after ``retry_s``."""
        end = time.monotonic() + self._plan.retry_s
        while not await self._accepted(completion):
            if time.monotonic() > end:
                self._given_up += 1
                return
            await asyncio.sleep(_REPEAT_AFTER)

    async def _accepted(self, completion: Completion) -> bool:
        self._posts += 1
        try:
            status = await self._poster.post(completion.event_id, completion.body)
        except UNANSWERED:
            self._unanswered += 1
            return False
        self._answers[status] += 1
        if not (200 <= status < 300 or status == _KNOWN_ALREADY):
            return False
        posted = self._events[completion.event_id]
        if posted.accepted_at is None:
            posted.accepted_at = time.monotonic_ns()
            self._plant.accepted(completion)
        return True


async def load(plan: Plan) -> Load:
    """Post what the plan says and return what came back."""
    return await LoadRun(plan)()


def _arguments() -> argparse.Namespace:
    reads = argparse.ArgumentParser(prog="python -m bench.loadgen", description=__doc__)
    reads.add_argument("--url", required=True)
    reads.add_argument("--mode", choices=("open", "closed"), default="open")
    reads.add_argument("--rate", type=float, default=50.0, help="events a second, open loop")
    reads.add_argument("--conns", type=int, default=32, help="connections, closed loop")
    reads.add_argument("--secs", type=float, default=20.0)
    reads.add_argument("--max-events", type=int, default=10**9)
    reads.add_argument("--dup", type=float, default=0.05, help="share of posts that repeat an id")
    reads.add_argument("--poison", type=float, default=0.0, help="share no ERP will ever take")
    reads.add_argument("--ops", type=int, default=1, help="operations of an ordinary order")
    reads.add_argument("--timeout", type=float, default=10.0)
    reads.add_argument("--retry-s", type=float, default=30.0)
    reads.add_argument("--seed", type=int, default=0, help="0 takes the clock")
    reads.add_argument("--key-env", help="environment variable that holds the inbox key")
    reads.add_argument("--out", type=Path, required=True)
    return reads.parse_args()


def _main() -> None:
    arguments = vars(_arguments())
    out: Path = arguments.pop("out")
    key_env: str | None = arguments.pop("key_env")
    key = os.environ[key_env] if key_env else ""
    plan = msgspec.convert({**arguments, "key": key}, Plan)
    out.write_bytes(msgspec.json.encode(uvloop.run(load(plan))))


if __name__ == "__main__":
    _main()
