"""Bounds: memory when nobody consumes, and what is left after closing."""

__all__ = ["BOUNDS", "closing", "memory"]

import asyncio
import gc
import os
import sys
import threading
import tracemalloc
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from andon.core.connector import Connector, Item, Sink, Source
from andon.core.counterpart import Counterpart, Speaks, Takes
from andon.testing.conformance.check import check, promise
from andon.testing.conformance.trial import Follower, Trial

_MANY = 20_000
_ALLOWED = 3 * 1024 * 1024
_BEAT = 0.05
_LOOK = 0.01


def _talks(counterpart: Counterpart) -> str:
    most = counterpart.most if isinstance(counterpart, Speaks) else 0
    return "" if most >= _MANY else f"it says at most {most} things in reasonable time"


@check(Source, counterpart=Speaks, fits=_talks)
async def memory(trial: Trial) -> None:
    """Memory stays bounded when 20,000 items wait and nobody consumes them."""
    async with trial.connected() as connector:
        source: Source[Any] = connector
        items = source.read("")
        await _begun(trial, items)  # a broker keeps things only for whom it knows
        await trial.speaks.say(_MANY)
        gc.collect()
        tracemalloc.start()
        try:
            first = await asyncio.wait_for(anext(items), 60)
            await asyncio.sleep(0.5)
            gc.collect()
            held, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
            await cast("Any", items).aclose()
    whole = _MANY * _size(first)
    promise(
        held < _ALLOWED + whole / 4,
        f"{held / 1e6:.1f} MB are held while nobody consumes; all items take {whole / 1e6:.1f} MB",
    )


async def _begun(trial: Trial, items: AsyncIterator[Item]) -> None:
    """Something was read."""
    reading = asyncio.ensure_future(anext(items))
    try:
        for _ in range(100):
            await trial.speaks.say(1)
            done, _ = await asyncio.wait({reading}, timeout=0.5)
            if done:
                reading.result()
                return
    finally:
        reading.cancel()
    promise(None, "nothing was read in 50 s")


@check(Source, Sink)
async def closing(trial: Trial) -> None:
    """Cancelling and closing are done within a second and leave no task, socket or thread."""
    if isinstance(trial.counterpart, Speaks):
        await trial.counterpart.say(1)
    await trial.first_error()  # what is made once and kept, such as a resolver's thread, is there
    await _settled(lambda: False, within=0.2)
    before = _Open()
    connector = trial.made()
    await connector.open()
    await _used(trial, connector)
    with _beating() as beats:
        await connector.close()
    promise(beats.seconds < 1, f"closing took {beats.seconds:.1f} s")
    await _settled(lambda: not before.left(), within=1)
    promise(not before.left(), f"left open: {before.left()}")
    await connector.close()  # twice is no mistake


async def _used(trial: Trial, connector: Connector[Any]) -> None:
    if isinstance(connector, Source) and connector.reads:
        async with Follower(connector, "") as follower:
            if isinstance(trial.counterpart, Speaks):
                await trial.heard(follower, 1)
            with _beating() as beats:
                await follower.cancel()
            promise(beats.seconds < 1, f"cancelling a read took {beats.seconds:.1f} s")
    if isinstance(connector, Sink) and isinstance(trial.counterpart, Takes):
        name = trial.effect()
        await connector.send(trial.takes.request(name), key=name)


async def _settled(so: Callable[[], bool], *, within: float) -> None:
    """So many looks, between which everybody has a turn, however busy the machine is."""
    for _ in range(round(within / _LOOK)):
        if so():
            return
        await asyncio.sleep(_LOOK)


class _Beats:
    """Counts turns of a thread of this process: a machine that is busy with others lets it wait,
    and nobody on it is slow for that. What stops the loop does not stop it."""

    def __init__(self) -> None:
        self._count = 0
        self.over = threading.Event()

    @property
    def seconds(self) -> float:
        """How long it was, had the thread had each turn in time."""
        return self._count * _BEAT

    def go_on(self) -> None:
        """Until it is over."""
        while not self.over.wait(_BEAT):
            self._count += 1


@contextmanager
def _beating() -> Generator[_Beats]:
    beats = _Beats()
    going = threading.Thread(target=beats.go_on)
    going.start()
    try:
        yield beats
    finally:
        beats.over.set()
        going.join()


class _Open:
    """What was open at one moment, to be compared with later."""

    def __init__(self) -> None:
        self._tasks = asyncio.all_tasks()
        self._threads = set(threading.enumerate())
        self._files = _files()

    def left(self) -> list[str]:
        """What was opened since and is still open."""
        tasks = [repr(task) for task in asyncio.all_tasks() - self._tasks if not task.done()]
        threads = [
            thread.name
            for thread in set(threading.enumerate()) - self._threads
            if not thread.name.startswith("asyncio_")  # the loop's own pool
        ]
        files = [name for number, name in _files().items() if number not in self._files]
        return [*tasks, *threads, *files]


def _files() -> dict[str, str]:
    """Open files, pipes and sockets of this program; empty where the system does not tell."""
    found: dict[str, str] = {}
    for entry in Path("/proc/self/fd").glob("*"):
        try:
            name = os.readlink(entry)
        except OSError:
            continue
        if not name.startswith("/proc/"):
            found[entry.name] = name
    return found


def _size(item: Item) -> int:
    parts = (item, item.kind, item.key, item.raw, item.position or "", item.mirror or "")
    return sum(sys.getsizeof(part) for part in parts)


BOUNDS = (memory, closing)
