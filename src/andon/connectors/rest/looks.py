"""Reading one feed: by time, by cursor, or whole; each look yields what no look before it had."""

__all__ = ["Looks", "Seen"]

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from andon.connectors._memory import Memory, Yielded
from andon.connectors.rest.asking import Asking
from andon.connectors.rest.instants import pages_by_time
from andon.connectors.rest.pages import ByTime, Page, shifts, text_at
from andon.connectors.rest.rows import EARLIEST, Row, gone, row_of, written
from andon.core.connector import Item
from andon.core.errors import RejectedError

Seen = tuple[Item, str | None]
"""An item, and where the feed stands once everything up to it is in the log."""

_MOST_REPEATS = 3


class Looks:
    """One running read of one feed. A new read begins with an empty memory: what was yielded
    before and not recorded must come again."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._feed = asking.feed
        self._yielded = Yielded()
        self._there = Memory()
        """What full looks showed, by name, where it matters that something is gone."""
        self.found_by_sweep = 0
        """What looks by time missed and a full look found: states, and that something is gone."""

    def look(self, after: str) -> AsyncIterator[Seen]:
        """One look at what changed after a position."""
        if self._feed.since is not None:
            return self._by_time(after)
        if self._feed.after is not None:
            return self._by_cursor(after)
        return self._whole()

    async def _by_time(self, after: str) -> AsyncIterator[Seen]:
        reached = datetime.fromisoformat(after) if after else EARLIEST
        start = max(EARLIEST, reached - self._feed.overlap) if after else EARLIEST
        newest, held = reached, None
        for _ in range(_MOST_REPEATS):
            pages, fresh = 0, False
            async for page in self._pages_since(start, whole=not after):
                pages += 1
                for row in await self._rows(page):
                    if not self._yielded.news(row.digest):
                        continue
                    fresh = True
                    newest = max(newest, row.time)
                    if held is not None:
                        yield held, None
                    held = row.item
                if isinstance(self._feed.pages, ByTime) and held is not None:
                    yield held, _reached(newest)
                    held = None
            # Rows may have moved to a page that was read already; look until nothing is new.
            if not (fresh and pages > 2 and shifts(self._feed.pages)):
                break
        if held is not None:
            yield held, _reached(newest)
        await self._yielded.end_look()

    async def _pages_since(self, start: datetime, *, whole: bool) -> AsyncIterator[Page]:
        feed = self._feed
        if isinstance(feed.pages, ByTime):
            async for page in pages_by_time(self._asking, feed.pages, start):
                yield page
            return
        query = {} if whole or feed.since is None else {feed.since: written(feed, start)}
        async for page in self._asking.pages(query):
            yield page

    async def _by_cursor(self, after: str) -> AsyncIterator[Seen]:
        feed = self._feed
        assert feed.cursor is not None
        assert feed.after is not None
        while True:
            moved = ""
            held: Item | None = None
            try:
                async for page in self._asking.pages({feed.after: after} if after else {}):
                    moved = text_at(page.body, feed.cursor)
                    for raw in page.rows:
                        if held is not None:
                            yield held, None
                        held = row_of(feed, raw).item
            except RejectedError as error:
                if error.code != "410" or not after:
                    raise
                after = ""  # it does not remember so far back: everything is read again
                continue
            if held is not None:
                yield held, moved or after or None
            if held is None or not moved or moved == after:
                return
            after = moved

    async def _whole(self) -> AsyncIterator[Seen]:
        async for item in self._everything():
            yield item, "all"

    async def sweep(self) -> AsyncIterator[Item]:
        """A full look at a feed that is read by time."""
        counted = self._yielded.complete
        async for item in self._everything():
            self.found_by_sweep += counted
            yield item

    async def _everything(self) -> AsyncIterator[Item]:
        """What a full look shows and nothing before it did, and at its end what is gone."""
        self._yielded.begin()
        self._there.begin()
        async for page in self._pages_since(EARLIEST, whole=True):
            rows = await self._rows(page)
            if self._feed.deletes:
                await self._are_there(rows)
            for row in rows:
                if self._yielded.missed(row.digest):
                    yield row.item
        if self._feed.deletes:
            async for some in self._there.gone():
                for lost in some:
                    yield gone(self._feed, lost.ident, lost.digest)
            await asyncio.to_thread(self._there.end)
        await self._yielded.end()

    async def _are_there(self, rows: Sequence[Row]) -> None:
        there = [(row.id or row.digest, row.digest) for row in rows]
        await self._there.look_up([name for name, _ in there])
        for name, state in there:
            self._there.note(name, state)

    async def _rows(self, page: Page) -> list[Row]:
        rows = [row_of(self._feed, raw) for raw in page.rows]
        await self._yielded.look_up([row.digest for row in rows])
        return rows


def _reached(newest: datetime) -> str:
    """A row from the future must not make us skip what happens until then."""
    return min(newest, datetime.now(UTC)).isoformat()
