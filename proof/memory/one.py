"""One connector against one counterpart elsewhere: ``python -m proof --target memory``."""

import asyncio
import importlib
import os
import sys
import time
from array import array
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec

from andon.core.connector import Item, Source
from andon.testing.conformance import installed
from andon.testing.conformance.trial import settings_of
from bench.connectors.elsewhere import Elsewhere, elsewhere
from proof.memory.reading import Reading

_AT_ONCE = 20_000
_BATCH = 500
_GATHER = 0.005
_LOOK_EVERY = 2_000
_IDLE = 3.0
_PATIENCE = 60.0
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6


def _used_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_MB


async def read_all(name: str, peer: str, many: int) -> Reading:
    """Lets `many` things wait while nobody consumes, then reads them all."""
    kind = installed()[name].load()
    importlib.import_module(peer.partition(":")[0])  # its settings may name what it registers
    async with elsewhere(peer) as other:
        connector: Source[Any] = kind(name, settings_of(kind, await other.ask("settings")))
        await connector.open()
        items = connector.read("")
        first, said = await _begun(other, items)
        seen = _Seen(many * 2)
        seen.add(first)
        before = _used_mb()
        while said < many:
            said += len(await other.ask("say", min(many - said, _AT_ONCE)))
        await asyncio.sleep(_IDLE)
        waiting = _used_mb()
        began = time.monotonic()
        peak, ended = await _consumed(connector, items, seen, said)
        took = ended - began
        await items.aclose()  # pyright: ignore[reportAttributeAccessIssue]
        await connector.close()
    return Reading(
        connector=name,
        counterpart=peer.rpartition(":")[2],
        items=len(seen),
        keys=seen.distinct(),
        asked=said,
        waiting_mb=round(waiting - before, 1),
        reading_mb=round(peak - before, 1),
        items_per_s=round(len(seen) / took),
    )


async def _consumed(
    source: Source[Any], items: Any, seen: "_Seen", many: int
) -> tuple[float, float]:
    """Reads until nothing comes, committing as the engine does; the most memory, and when."""
    peak, unsaid, last, ended = _used_mb(), 0, None, time.monotonic()
    while True:
        coming = asyncio.ensure_future(anext(items))
        done, _ = await asyncio.wait({coming}, timeout=_GATHER)
        if unsaid and (not done or unsaid >= _BATCH) and last is not None:
            await source.committed(last)
            unsaid = 0
        patience = _PATIENCE if len(seen) < many else _IDLE  # repeats may take others' places
        if not done and not (await asyncio.wait({coming}, timeout=patience))[0]:
            coming.cancel()
            await asyncio.wait({coming})
            break
        item = coming.result()
        seen.add(item)
        last = item.position or last
        unsaid += 1
        ended = time.monotonic()
        if len(seen) % _LOOK_EVERY == 0:
            peak = max(peak, _used_mb())
    return peak, ended


async def _begun(other: Elsewhere, items: AsyncIterator[Item]) -> tuple[Item, int]:
    """Something was read, and how much was said: a broker keeps things only for whom it knows."""
    reading, said = asyncio.ensure_future(anext(items)), 0
    while not reading.done():
        said += len(await other.ask("say", 1))
        await asyncio.wait({reading}, timeout=0.5)
    return reading.result(), said


class _Seen:
    """Keys in eight bytes each, all taken beforehand, so that counting is not growing."""

    def __init__(self, most: int) -> None:
        self._hashes = array("q", bytes(8 * most))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, item: Item) -> None:
        """One more; a reader that repeats without end is cut off."""
        if self._count == len(self._hashes):
            raise RuntimeError("more than twice as many items came as were said")
        self._hashes[self._count] = hash(item.key)
        self._count += 1

    def distinct(self) -> int:
        """How many different keys there were."""
        return len(set(self._hashes[: self._count]))


if __name__ == "__main__":
    reading = asyncio.run(read_all(sys.argv[1], sys.argv[2], int(sys.argv[3])))
    sys.stdout.buffer.write(msgspec.json.encode(reading))
