"""Reading one feed: by time, by cursor, or whole; each look yields what no look before it had."""

__all__ = ["Looks", "Seen"]

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from andon.connectors.rest.asking import Asking
from andon.connectors.rest.pages import ByTime, Page, shifts, text_at
from andon.connectors.rest.rows import EARLIEST, Row, gone, row_of, written
from andon.core.connector import Item
from andon.core.errors import RejectedError, SettingsError

Seen = tuple[Item, str | None]
"""An item, and where the feed stands once everything up to it is in the log."""

_MOST_REPEATS = 3


class Looks:
    """One running read of one feed. A new read begins with an empty memory: what was yielded
    before and not recorded must come again."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._feed = asking.feed
        self._recent: dict[bytes, datetime] = {}
        """Digests of what was yielded inside the overlap."""
        self._polled: set[bytes] = set()
        self._swept: set[bytes] | None = None
        """What the last full look saw; none before the first."""
        self._there: dict[str, bytes] = {}
        self._missed: set[str] = set()
        self.found_by_sweep = 0
        """States that looks by time missed and a full look found."""

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
                for row in self._new(page):
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
        self._forget(newest)

    async def _pages_since(self, start: datetime, *, whole: bool) -> AsyncIterator[Page]:
        feed = self._feed
        assert feed.since is not None
        query = {} if whole else {feed.since: written(feed, start)}
        if not isinstance(feed.pages, ByTime):
            async for page in self._asking.pages(query):
                yield page
            return
        async for page in self._pages_by_time(start, feed.pages):
            yield page

    async def _pages_by_time(self, start: datetime, paging: ByTime) -> AsyncIterator[Page]:
        """On from the last row's time until that leads nowhere, whatever the system caps."""
        size = paging.size
        while True:
            page = await self._one_since(start, size)
            yield page
            last = row_of(self._feed, page.rows[-1]).time if page.rows else start
            if last > start:
                start, size = last, paging.size
            elif len(page.rows) >= size:
                size *= 2  # a page full of one instant: ask for more at once
            elif not (await self._one_since(start + timedelta(seconds=1), size)).rows:
                return
            else:
                # Something came meanwhile, or it gives no more than this of one instant.
                again = await self._one_since(start, size)
                if again.rows == page.rows:
                    raise SettingsError(
                        f"{self._feed.kind} cannot be read by time: more rows share the time"
                        f" {start.isoformat()} than the system gives at once. Read it in another"
                        " style of pages."
                    )

    async def _one_since(self, start: datetime, size: int) -> Page:
        feed = self._feed
        assert feed.since is not None
        assert isinstance(feed.pages, ByTime)
        query = {feed.since: written(feed, start), feed.pages.size_parameter: str(size)}
        return await self._asking.first(query)

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
        present: dict[str, bytes] = {}
        async for page in self._asking.pages({}):
            for raw in page.rows:
                row = row_of(self._feed, raw)
                digest = row.digest
                present[row.id or digest.hex()] = digest
                if digest not in self._polled:
                    self._polled.add(digest)
                    yield row.item, "all"
        for item in self._gone(present):
            yield item, "all"
        self._polled = set(present.values())

    async def sweep(self) -> AsyncIterator[Item]:
        """A full look at a feed that is read by time."""
        present: dict[str, bytes] = {}
        digests: set[bytes] = set()
        async for page in self._asking.pages({}):
            for raw in page.rows:
                row = row_of(self._feed, raw)
                digest = row.digest
                digests.add(digest)
                present[row.id or digest.hex()] = digest
                known = digest in self._polled or digest in (self._swept or ())
                if known or digest in self._recent:
                    continue
                self.found_by_sweep += self._swept is not None
                yield row.item
        for item in self._gone(present):
            yield item
        self._swept, self._polled = digests, set()

    def _new(self, page: Page) -> list[Row]:
        """The rows no look before had."""
        rows: list[Row] = []
        for raw in page.rows:
            row = row_of(self._feed, raw)
            digest = row.digest
            if digest not in self._recent:
                self._recent[digest] = row.time
                self._polled.add(digest)
                rows.append(row)
        return rows

    def _gone(self, present: dict[str, bytes]) -> list[Item]:
        """What two full looks in a row do not show: one may have missed it between two pages."""
        if not self._feed.deletes:
            return []
        missed = self._there.keys() - present.keys()
        left = sorted(missed & self._missed)
        items = [gone(self._feed, id, self._there[id]) for id in left]
        still = {id: self._there[id] for id in missed if id not in left}
        self._there, self._missed = {**present, **still}, set(still)
        return items

    def _forget(self, newest: datetime) -> None:
        before = newest - self._feed.overlap
        self._recent = {digest: at for digest, at in self._recent.items() if at >= before}


def _reached(newest: datetime) -> str:
    """A row from the future must not make us skip what happens until then."""
    return min(newest, datetime.now(UTC)).isoformat()
