"""Reading one feed by its change field, or whole."""

__all__ = ["FeedReader", "Seen", "short"]

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from hashlib import blake2b

import msgspec

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
        self._yielded: dict[str, datetime] = {}
        self._known: dict[str, bytes] | None = None

    async def changes(self, mark: str) -> AsyncIterator[Seen]:
        """Everything changed since a mark. A look that breaks off goes on from its last mark."""
        if self.shape.feed.follow == "changed":
            async for seen in self._by_change_field(mark):
                yield seen
        elif self._known is None:
            async for seen in self.sweep(mark):
                yield seen

    async def sweep(self, mark: str) -> AsyncIterator[Seen]:
        """A full look: what changed unseen, and what is gone."""
        feed = self.shape.feed
        before, now = self._known, dict[str, bytes]()
        async for page in self._asking.pages(self._asking.under_way()):
            for raw in page.rows:
                row = row_item(self.shape, raw)
                state = short(row.item.key)
                now[row.name] = state
                if row.item.key in self._yielded or (before or {}).get(row.name) == state:
                    continue
                self._count(before)
                yield Seen(row.item, mark)
        if before is not None and not feed.open:
            for name in before.keys() - now.keys():
                self._count(before)
                if feed.removed:
                    yield Seen(gone(self.shape, name, before[name].hex()), mark)
        self._known = now

    def _count(self, before: object) -> None:
        """A first look has nothing to compare with, and a whole feed nothing else."""
        if before is not None and self.shape.feed.follow == "changed":
            self.found_by_sweep += 1

    async def _by_change_field(self, mark: str) -> AsyncIterator[Seen]:
        """Windows that begin where the last one ended: a row that changes while we read moves to
        the end and shifts no page. Only inside one instant are pages linked or counted."""
        newest = datetime.fromisoformat(mark) if mark else None
        at = None if newest is None else newest - self._reach
        asking, url, first = self._asking, self._asking.since(at), ""
        skipped = window = 0
        while True:
            page = await asking.page(url)
            rows = [row_item(self.shape, raw) for raw in page.rows]
            if rows and skipped and rows[0].item.key == first:
                raise asking.repeats()
            first = rows[0].item.key if rows else ""
            for row in rows:
                if row.changed_at is not None and (newest is None or row.changed_at > newest):
                    newest = row.changed_at
                if row.item.key in self._yielded:
                    continue
                self._remember(row)
                yield Seen(row.item, "" if newest is None else newest.isoformat())
            self._forget(newest)
            window += len(rows)
            if page.next is None and window < asking.size:
                return
            last = rows[-1].changed_at if rows else None
            if last is not None and (at is None or last > at):
                at, url, skipped, window = last, asking.since(last), 0, 0
                continue
            skipped += len(rows)
            if page.next is None:
                url, window = f"{asking.since(at)}&$skip={skipped}", 0
            else:
                url = asking.below(page.next)

    def _remember(self, row: Row) -> None:
        if row.changed_at is not None:
            self._yielded[row.item.key] = row.changed_at
        if self._known is not None:
            self._known[row.name] = short(row.item.key)

    def _forget(self, newest: datetime | None) -> None:
        if newest is not None and len(self._yielded) > 2 * self._asking.size:
            oldest = newest - self._reach
            self._yielded = {key: at for key, at in self._yielded.items() if at >= oldest}


def short(text: str) -> bytes:
    """Tells texts apart in eight bytes: many are kept."""
    return blake2b(text.encode(), digest_size=8).digest()
