"""Reading one feed by its change field, or whole."""

__all__ = ["FeedReader", "Seen", "short"]

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import msgspec

from andon.connectors._ahead import ahead
from andon.connectors._memory import Memory
from andon.connectors.odata.asking import Asking
from andon.connectors.odata.rows import FeedShape, Row, gone, row_item
from andon.core.connector import Item


class Seen(msgspec.Struct, frozen=True):
    """An item, and where its feed stands once it is recorded."""

    item: Item
    mark: str


class FeedReader:
    """Remembers what it yielded inside the overlap, and which rows the last full look found."""

    def __init__(self, asking: Asking, overlap: timedelta) -> None:
        self.shape: FeedShape = asking.shape
        self.found_by_sweep = 0
        """Rows, changed or gone, that only a full look saw: each one is news the poll missed."""
        self._asking = asking
        self._reach = self.shape.reach(overlap)
        self._yielded = Memory(forgets=True)
        self._there = Memory(looks=1)

    async def changes(self, mark: str) -> AsyncIterator[Seen]:
        """Everything changed since a mark. A look that breaks off goes on from its last mark."""
        if self.shape.feed.follow == "changed":
            async for seen in self._by_change_field(mark):
                yield seen
        elif not self._there.complete:
            async for seen in self.sweep(mark):
                yield seen

    async def sweep(self, mark: str) -> AsyncIterator[Seen]:
        """A full look: what changed unseen, and what is gone."""
        feed, there = self.shape.feed, self._there
        # A first look has nothing to compare with, and a whole feed nothing else.
        counted = there.complete and feed.follow == "changed"
        there.begin()
        look = f"/{datetime.now(UTC).isoformat()}" if feed.states else ""
        async for rows in self._turned_to(self._under_way()):
            for row in rows:
                if there.note(row.name, short(row.item.key)):
                    if self._yielded.knows(row.item.key):
                        continue
                    self.found_by_sweep += counted
                    yield Seen(_of_look(row.item, look), mark)
        if not feed.open:
            async for some in there.gone():
                self.found_by_sweep += counted * len(some)
                for lost in some if feed.removed else ():
                    item = gone(self.shape, lost.ident, lost.digest)
                    yield Seen(_of_look(item, look, mirror=f"{self.shape.kind}/{lost.ident}"), mark)
        await asyncio.to_thread(there.end)

    async def _turned_to(self, pages: AsyncGenerator[list[Any]]) -> AsyncIterator[list[Row]]:
        async with aclosing(ahead(pages)) as coming:
            async for page in coming:
                rows = [row_item(self.shape, raw) for raw in page]
                await self._yielded.look_up([row.item.key for row in rows])
                await self._there.look_up([row.name for row in rows])
                yield rows

    async def _under_way(self) -> AsyncGenerator[list[Any]]:
        async for page in self._asking.pages(self._asking.under_way()):
            yield page.rows

    async def _by_change_field(self, mark: str) -> AsyncIterator[Seen]:
        newest = datetime.fromisoformat(mark) if mark else None
        at = None if newest is None else newest - self._reach
        async for rows in self._turned_to(self._windows(at)):
            for row in rows:
                if row.changed_at is not None and (newest is None or row.changed_at > newest):
                    newest, mark = row.changed_at, row.changed_at.isoformat()
                if not self._yielded.note(row.item.key):
                    continue
                if self._there.complete:
                    self._there.note(row.name, short(row.item.key))
                yield Seen(row.item, mark)
        await asyncio.to_thread(self._yielded.turn)

    async def _windows(self, at: datetime | None) -> AsyncGenerator[list[Any]]:
        """Windows that begin where the last one ended: a row that changes while we read moves to
        the end and shifts no page. Only inside one instant are pages linked or counted."""
        asking, url, before = self._asking, self._asking.since(at), None
        skipped = window = 0
        while True:
            page = await asking.page(url)
            first, last = (page.rows[0], page.rows[-1]) if page.rows else (None, None)
            if skipped and first is not None and first == before:
                raise asking.repeats()
            yield page.rows
            before, window = first, window + len(page.rows)
            if page.next is None and window < asking.size:
                return
            began, ended = self._changed_at(first), self._changed_at(last)
            if ended is not None and ended != began and (at is None or ended > at):
                at, url, skipped, window = ended, asking.since(ended), 0, 0
                continue
            skipped += len(page.rows)
            if page.next is None:
                url, window = f"{asking.since(at)}&$skip={skipped}", 0
            else:
                url = asking.below(page.next)

    def _changed_at(self, raw: Any) -> datetime | None:
        return row_item(self.shape, raw).changed_at


def _of_look(item: Item, look: str, *, mirror: str | None = None) -> Item:
    """A state is told from the same one seen earlier by the look that saw it; to be gone is one."""
    if not look:
        return item
    return msgspec.structs.replace(item, key=item.key + look, mirror=mirror or item.mirror)


def short(text: str) -> str:
    """Tells texts apart in eight bytes: many are kept."""
    return blake2b(text.encode(), digest_size=8).hexdigest()
