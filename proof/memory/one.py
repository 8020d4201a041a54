"""One connector against one counterpart elsewhere: ``python -m proof --target memory``."""

import asyncio
import importlib
import os
import sys
import time
from array import array
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from andon.core.connector import Item, Source
from andon.core.errors import TransientError
from andon.testing.conformance import installed
from andon.testing.conformance.trial import settings_of
from bench.connectors.elsewhere import Elsewhere, elsewhere
from proof.memory.reading import Reading

_AT_ONCE = 20_000
_BATCH = 500
_GATHER = 0.005
_LOOK_EVERY = 2_000
_IDLE = 3.0
_PATIENCE = 600.0
"""What reads by time holds its last item back until whole looks show nothing new."""
_AT_ONCE_BRIEF = {"opcua": 1_000, "sparkplug": 2_000}
"""Where nothing is kept for who does not read: while it reads, so many are said at once."""
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
        reader = _Reader(connector)
        await reader.begin(other)
        seen = _Seen(many * 3 + _AT_ONCE, reader.known)
        before, said = _used_mb(), 0
        at_once = min(_AT_ONCE, await other.ask("most"))
        while said < many:
            said += len(await other.ask("say", min(many - said, at_once)))
        await asyncio.sleep(_IDLE)
        waiting = _used_mb()
        began = time.monotonic()
        if name in _AT_ONCE_BRIEF:
            peak, ended = await _kept_up(reader, seen, other, said, _AT_ONCE_BRIEF[name])
        else:
            peak, ended = await _consumed(reader, seen, said)
        took = ended - began
        await reader.close()
        await connector.close()
    return Reading(
        connector=name,
        counterpart=peer.rpartition(":")[2],
        items=len(seen),
        keys=seen.distinct(),
        asked=said,
        waiting_mb=round(waiting - before, 1),
        reading_mb=round(peak - before, 1),
        seconds=round(took, 1),
        measured_on=datetime.now(UTC).date(),
    )


async def _consumed(reader: "_Reader", seen: "_Seen", many: int) -> tuple[float, float]:
    """Reads until nothing comes; the most memory, and when the last item came."""
    peak, ended = _used_mb(), time.monotonic()
    # Repeats may take others' places, so nothing new must come for a while before it is the end.
    while time.monotonic() - ended < (patience := _PATIENCE if len(seen) < many else _IDLE):
        item = await reader.next(patience)
        if item is not None and seen.add(item):
            ended = time.monotonic()
        if len(seen) % _LOOK_EVERY == 0:
            peak = max(peak, _used_mb())
    return peak, ended


async def _kept_up(
    reader: "_Reader", seen: "_Seen", other: Elsewhere, many: int, at_once: int
) -> tuple[float, float]:
    """Lets go of what is left, then reads as it is said; the same two."""
    while (left := await reader.next(_IDLE)) is not None:
        reader.known.add(left.key)
    peak, said, ended = _used_mb(), 0, time.monotonic()
    while said < many:
        said += len(await other.ask("say", min(many - said, at_once)))
        while len(seen) < said and (item := await reader.next(_IDLE)) is not None:
            seen.add(item)
        peak, ended = max(peak, _used_mb()), time.monotonic()
    return peak, ended


class _Reader:
    """Takes item after item and commits them in batches, as the engine does."""

    def __init__(self, source: Source[Any]) -> None:
        self._source = source
        self._items: Any = source.read("")
        self._committed = ""
        self._coming: asyncio.Future[Item] | None = None
        self._unsaid = 0
        self._last: str | None = None
        self.known: set[str] = set()
        """Of what was said only to begin."""

    async def begin(self, other: Elsewhere) -> None:
        """Something was read, and all that was said for it: a broker keeps things only for whom
        it knows, so what it was told before is not counted."""
        while (item := await self.next(0.5)) is None:
            await other.ask("say", 1)
        known, until = {item.key}, time.monotonic() + 1
        while time.monotonic() < until:
            item = await self.next(0.2)
            if item is not None and item.key not in known:
                known.add(item.key)
                until = time.monotonic() + 1
        self.known = known

    async def next(self, patience: float) -> Item | None:
        """The next item; None when none comes in time. What was asked for stays asked for."""
        coming = self._coming or asyncio.ensure_future(anext(self._items))
        self._coming = coming
        done, _ = await asyncio.wait({coming}, timeout=_GATHER)
        if self._unsaid and (not done or self._unsaid >= _BATCH) and self._last is not None:
            await self._source.committed(self._last)
            self._committed, self._unsaid = self._last, 0
        if not done and not (await asyncio.wait({coming}, timeout=patience))[0]:
            return None
        self._coming = None
        try:
            item = coming.result()
        except TransientError:
            await self._again()
            return None
        self._last = item.position or self._last
        self._unsaid += 1
        return item

    async def _again(self) -> None:
        """Reads on after what was committed, as the engine does."""
        await self._items.aclose()
        await asyncio.sleep(1)
        self._items, self._last, self._unsaid = self._source.read(self._committed), None, 0

    async def close(self) -> None:
        """Asks for no more."""
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.wait({self._coming})
        await self._items.aclose()


class _Seen:
    """Keys in eight bytes each, all taken beforehand, so that counting is not growing."""

    def __init__(self, most: int, ignoring: set[str]) -> None:
        self._hashes = array("q", bytes(8 * most))
        self._kinds = bytearray(most)
        self._names: dict[str, int] = {}
        self._bits = bytearray(1 << 24)
        self._ignoring = ignoring
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, item: Item) -> bool:
        """One more; whether it is new, as far as a bit can tell. Raises RuntimeError for a reader
        that repeats without end."""
        if item.key in self._ignoring:
            return False
        if self._count == len(self._hashes):
            raise RuntimeError("many times as many items came as were said")
        mark = hash(item.key)
        self._hashes[self._count] = mark
        self._kinds[self._count] = self._names.setdefault(item.kind, len(self._names))
        self._count += 1
        byte, bit = (mark >> 3) % len(self._bits), 1 << (mark & 7)
        new = not self._bits[byte] & bit
        self._bits[byte] |= bit
        return new

    def distinct(self) -> int:
        """How many different keys there were of the kind that had most: one fact may be several
        items, an order and the document it came in."""
        read = zip(self._kinds[: self._count], self._hashes, strict=False)
        kinds = Counter(kind for kind, _ in set(read))
        return max(kinds.values(), default=0)


if __name__ == "__main__":
    reading = asyncio.run(read_all(sys.argv[1], sys.argv[2], int(sys.argv[3])))
    sys.stdout.buffer.write(msgspec.json.encode(reading))
