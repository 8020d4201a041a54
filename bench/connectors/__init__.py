"""How fast each connector reads and sends, beside its bare library doing the same.

A module here measures one connector: `async def measure() -> list[Figure]`.
"""

__all__ = ["ROUNDS", "Figure", "Work", "measured"]

import gc
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

Work = Callable[[], Awaitable[int]]
"""Moves items and returns how many."""

ROUNDS = 5
"""Of each side; a measurement works, and its bare library too, so many times."""


class Figure(msgspec.Struct, frozen=True):
    """One direction of one connector."""

    connector: str
    direction: str
    """`read` or `send`, and what kind if there are several."""
    items_per_s: float
    bare_items_per_s: float
    of_bare: float
    """The median of what each round gave: both sides of one round had the same machine."""
    cpu_s_per_1000: float
    """CPU of this process; counterparts should run elsewhere."""
    peak_mb: float
    """Most memory of this process while the connector worked."""


class _Spent(msgspec.Struct, frozen=True):
    items_per_s: float
    cpu_s_per_1000: float
    peak_mb: float


async def measured(connector: str, direction: str, *, work: Work, bare: Work) -> Figure:
    """The median of five rounds, connector and bare library in turn so that drift hits both."""
    works: list[_Spent] = []
    bares: list[_Spent] = []
    for _ in range(ROUNDS):
        bares.append(await _spent(bare))
        works.append(await _spent(work))
    return Figure(
        connector=connector,
        direction=direction,
        items_per_s=round(statistics.median(one.items_per_s for one in works), 1),
        bare_items_per_s=round(statistics.median(one.items_per_s for one in bares), 1),
        of_bare=round(
            statistics.median(
                ours.items_per_s / theirs.items_per_s
                for ours, theirs in zip(works, bares, strict=True)
            ),
            3,
        ),
        cpu_s_per_1000=round(statistics.median(one.cpu_s_per_1000 for one in works), 4),
        peak_mb=round(max(one.peak_mb for one in works), 1),
    )


async def _spent(work: Work) -> _Spent:
    gc.collect()
    _forget_peak()
    began, cpu = time.perf_counter(), time.process_time()
    items = await work()
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    return _Spent(items / seconds, cpu / items * 1000, _peak_mb())


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024
