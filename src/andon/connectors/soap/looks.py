"""Reading one feed: by time, by cursor, or whole; each look yields what no look before it had."""

__all__ = ["Looks"]

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from andon.connectors._memory import Yielded
from andon.connectors._pointer import MISSING, at, parsed
from andon.connectors._template import filled_in
from andon.connectors.soap.feed import Feed
from andon.connectors.soap.rows import Row, begin_of, rows_in, since_text
from andon.connectors.soap.service import Operation
from andon.connectors.soap.speaking import Speaking
from andon.core.connector import Item
from andon.core.errors import UnavailableError

Seen = tuple[Item, str | None]
"""An item, and where the feed stands once everything up to it is in the log."""

_MOST_PAGES = 100_000
_MOST_REPEATS = 3
_MANY = 200
"""Rows made ready in one go before others get their turn."""


class Looks:
    """One running read of one feed. A new read begins with an empty memory: what was yielded
    before and not recorded must come again."""

    def __init__(self, feed: Feed, speaking: Speaking, operation: Operation) -> None:
        self.feed = feed
        self._speaking = speaking
        self._operation = operation
        self._yielded = Yielded()
        self.found_by_sweep = 0
        """States that looks by time missed and a full look found."""

    def look(self, after: str) -> AsyncIterator[Seen]:
        """One look at what changed after a position."""
        if self.feed.time is not None:
            return self._by_time(after)
        return self._whole() if self.feed.cursor is None else self._by_cursor(after)

    async def _by_time(self, after: str) -> AsyncIterator[Seen]:
        begin = begin_of(self.feed)
        reached = _moment(after) or begin
        start = max(begin, reached - self.feed.overlap) if after else begin
        newest, held = reached, None
        for _ in range(_MOST_REPEATS):
            pages, fresh = 0, False
            async for rows in self._pages(start):
                pages += 1
                for row in rows:
                    if not self._yielded.news(row.digest):
                        continue
                    fresh = True
                    newest = max(newest, row.time)
                    if held is not None:
                        yield held, None
                    held = row.item
            # Rows may have moved to a page that was read already; look until nothing is new.
            if not (fresh and pages > 2):
                break
        if held is not None:
            # A row from the future must not make us skip what happens until then.
            yield held, min(newest, datetime.now(UTC)).isoformat()
        await self._yielded.end_look()

    async def _by_cursor(self, after: str) -> AsyncIterator[Seen]:
        assert self.feed.cursor is not None
        while True:
            answer = await self._answer({"after": after, "size": self.feed.size})
            moved = at(answer, parsed(self.feed.cursor))
            cursor = "" if moved is MISSING or moved is None else str(moved)
            held: Item | None = None
            async for row in _gently(self.feed, answer):
                if held is not None:
                    yield held, None
                held = row.item
            if held is not None:
                yield held, cursor or after or None
            if held is None or not cursor or cursor == after:
                return
            after = cursor

    async def _whole(self) -> AsyncIterator[Seen]:
        async for item in self._everything(None):
            yield item, "all"

    async def sweep(self) -> AsyncIterator[Item]:
        """A full look at a feed that is read by time."""
        counted = self._yielded.complete
        async for item in self._everything(begin_of(self.feed)):
            self.found_by_sweep += counted
            yield item

    async def _everything(self, start: datetime | None) -> AsyncIterator[Item]:
        """What a full look shows and nothing before it did."""
        self._yielded.begin()
        async for rows in self._pages(start):
            for row in rows:
                if self._yielded.missed(row.digest):
                    yield row.item
        await self._yielded.end()

    async def _pages(self, start: datetime | None) -> AsyncIterator[list[Row]]:
        """Page after page. The end is an empty page, not a short one: services cap sizes."""
        feed, offset = self.feed, 0
        since = "" if start is None else since_text(feed, start)
        before: list[str] = []
        for number in range(_MOST_PAGES):
            asked = {"since": since, "page": feed.first_page + number}
            answer = await self._answer({**asked, "offset": offset, "size": feed.size})
            rows = [row async for row in _gently(feed, answer)]
            digests = [row.digest for row in rows]
            if digests and digests == before:
                return  # some services give their last page for every number beyond it
            if rows:
                await self._yielded.look_up(digests)
                yield rows
            if not rows or not feed.paged:
                return
            before, offset = digests, offset + len(rows)
        raise UnavailableError(f"{feed.operation} has no last page", reached=True)

    async def _answer(self, asked: dict[str, Any]) -> Any:
        arguments = filled_in(self.feed.arguments, asked, "")
        return await self._speaking.ask(self._operation, arguments)


async def _gently(feed: Feed, answer: Any) -> AsyncIterator[Row]:
    """Rows of one answer; a long one leaves the loop to others now and then."""
    for number, row in enumerate(rows_in(feed, answer)):
        if number % _MANY == _MANY - 1:
            await asyncio.sleep(0)
        yield row


def _moment(text: str) -> datetime | None:
    """What nobody can read begins anew; repeats are welcome."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
