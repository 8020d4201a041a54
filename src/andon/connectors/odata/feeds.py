"""Reading one feed by its change field, or whole."""

__all__ = ["FeedReader", "Seen", "short"]

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import msgspec

from andon.connectors._memory import Memory
from andon.connectors.odata.asking import Asking
from andon.connectors.odata.pages import Page
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
        async for page in self._asking.pages(self._asking.under_way()):
            for row in await self._turned_to(page):
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

    async def _turned_to(self, page: Page) -> Sequence[Row]:
        rows = [row_item(self.shape, raw) for raw in page.rows]
        await self._yielded.look_up([row.item.key for row in rows])
        await self._there.look_up([row.name for row in rows])
        return rows

    async def _by_change_field(self, mark: str) -> AsyncIterator[Seen]:
        """Windows that begin where the last one ended: a row that changes while we read moves to
        the end and shifts no page. Only inside one instant are pages linked or counted."""
        newest = datetime.fromisoformat(mark) if mark else None
        at = None if newest is None else newest - self._reach
        asking, url, first = self._asking, self._asking.since(at), ""
        skipped = window = 0
        while True:
            page = await asking.page(url)
            rows = await self._turned_to(page)
            if rows and skipped and rows[0].item.key == first:
                raise asking.repeats()
            first = rows[0].item.key if rows else ""
            for row in rows:
                if row.changed_at is not None and (newest is None or row.changed_at > newest):
                    newest = row.changed_at
                if not self._yielded.note(row.item.key):
                    continue
                if self._there.complete:
                    self._there.note(row.name, short(row.item.key))
                yield Seen(row.item, "" if newest is None else newest.isoformat())
            window += len(rows)
            if page.next is None and window < asking.size:
                break
            last = rows[-1].changed_at if rows else None
            if last is not None and (at is None or last > at):
                at, url, skipped, window = last, asking.since(last), 0, 0
                continue
            skipped += len(rows)
            if page.next is None:
                url, window = f"{asking.since(at)}&$skip={skipped}", 0
            else:
                url = asking.below(page.next)
        await asyncio.to_thread(self._yielded.turn)


def _of_look(item: Item, look: str, *, mirror: str | None = None) -> Item:
    """A state is told from the same one seen earlier by the look that saw it; to be gone is one."""
    if not look:
        return item
    return msgspec.structs.replace(item, key=item.key + look, mirror=mirror or item.mirror)


def short(text: str) -> str:
    """Tells texts apart in eight bytes: many are kept."""
    return blake2b(text.encode(), digest_size=8).hexdigest()
