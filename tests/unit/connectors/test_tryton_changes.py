"""Polling of Tryton: what a pass remembers does not grow with its rows."""

import gc
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec

from andon.connectors.tryton.changes import Changes, Watched
from andon.connectors.tryton.speech import Speech

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
ORDERS = Watched("production", ("number",), (), ())


class Long:
    """A Tryton with many orders, one changed in each second."""

    def __init__(self, many: int) -> None:
        self.many = many

    async def search(
        self, model: str, domain: Sequence[Any], *_: Any, limit: int, order: Any
    ) -> list[msgspec.Raw]:
        since = datetime(tzinfo=UTC, **{k: v for k, v in domain[0][2].items() if k != "__class__"})
        first = max(0, int((since - NOON).total_seconds()))
        return [_row(n) for n in range(first, min(first + limit, self.many))]


def _row(n: int) -> msgspec.Raw:
    at = NOON + timedelta(seconds=n)
    parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    typed = {"__class__": "datetime", **{part: getattr(at, part) for part in parts}}
    row = {"id": n, "_timestamp": f"{at.timestamp():.6f}", "last_modified_at": typed}
    return msgspec.Raw(msgspec.json.encode(row))


async def _pass(many: int) -> tuple[int, list[str], int]:
    """How many items a pass gave, what the next one gives again, and bytes held at its end."""
    changes = Changes(cast("Speech", Long(many)), [ORDERS], timedelta(minutes=1), crowd=500)
    count, held, last = 0, 0, ""
    async for item in changes.since(""):
        count, last = count + 1, item.position or last
        if count == many - 1:
            gc.collect()
            held = tracemalloc.get_traced_memory()[0]
    return count, [item.key async for item in changes.since(last)], held


async def test_a_long_pass_forgets_what_no_pass_reads_again_and_repeats_nothing() -> None:
    tracemalloc.start()
    try:
        (few, again, before), (many, again_too, after) = await _pass(1000), await _pass(6000)
    finally:
        tracemalloc.stop()
    assert (few, many) == (1000, 6000)
    assert (again, again_too) == ([], [])
    assert after - before < 100_000, "5,000 rows more are remembered"
