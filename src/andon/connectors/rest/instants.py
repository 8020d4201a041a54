"""Pages by time: each begins at the time of the last row before it."""

__all__ = ["pages_by_time"]

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from andon.connectors.rest.asking import Asking
from andon.connectors.rest.pages import ByTime, Page
from andon.connectors.rest.rows import row_of, written
from andon.core.errors import SettingsError, UnavailableError

_LONGEST = 10_000
"""Rows asked for at once, where only a longer page shows more of one time."""


async def pages_by_time(asking: Asking, paging: ByTime, start: datetime) -> AsyncIterator[Page]:
    """On from the last row's time until that leads nowhere, whatever the system caps."""
    while True:
        within = _by_offset if paging.offset_parameter else _by_size
        last = start
        async for page in within(asking, paging, start):
            yield page
            last = _last(asking, page, start)
        if last == start:
            return
        start = last


async def _by_offset(asking: Asking, paging: ByTime, start: datetime) -> AsyncIterator[Page]:
    """What one time has, each page from the last row before it on: if that is not where it was,
    rows have moved meanwhile, and it goes on one page before."""
    before, offset = None, 0
    while True:
        page = await _page(asking, paging, start, size=paging.size, offset=offset)
        if before is not None and page.rows[:1] != before.rows[-1:]:
            if page.rows == before.rows:
                raise UnavailableError(
                    f"{asking.feed.path} gives the same rows for another"
                    f" {paging.offset_parameter}. Check that it knows this parameter.",
                    reached=True,
                )
            before, offset = None, max(0, offset - paging.size)
            continue
        yield page
        if _last(asking, page, start) > start or len(page.rows) < 2:
            return
        before, offset = page, offset + len(page.rows) - 1


async def _by_size(asking: Asking, paging: ByTime, start: datetime) -> AsyncIterator[Page]:
    """What one time has, from its beginning each time and more of it, up to a bound."""
    size = paging.size
    while True:
        page = await _page(asking, paging, start, size=size)
        yield page
        if _last(asking, page, start) > start:
            return
        full, longest = len(page.rows) >= size, max(_LONGEST, paging.size)
        if full and size < longest:
            size = min(2 * size, longest)
        elif not full and not (await _beyond(asking, paging, start, size)).rows:
            return
        else:
            # Something came meanwhile, or it gives no more than this of one time.
            again = await _page(asking, paging, start, size=size)
            if again.rows == page.rows:
                raise SettingsError(
                    f"{asking.feed.kind} cannot be read by time: more rows share the time"
                    f" {start.isoformat()} than are given at once, {len(page.rows)}. Name the"
                    " `offset_parameter` of its pages if the system has one, or read it in another"
                    " style of pages."
                )


async def _beyond(asking: Asking, paging: ByTime, start: datetime, size: int) -> Page:
    return await _page(asking, paging, start + timedelta(seconds=1), size=size)


async def _page(
    asking: Asking, paging: ByTime, start: datetime, *, size: int, offset: int = 0
) -> Page:
    assert asking.feed.since is not None
    query = {asking.feed.since: written(asking.feed, start), paging.size_parameter: str(size)}
    if offset and paging.offset_parameter:
        query[paging.offset_parameter] = str(offset)
    return await asking.first(query)


def _last(asking: Asking, page: Page, start: datetime) -> datetime:
    """The time of the last row, if another question asks for it: a system may take whole seconds
    only. That of a row without time leads nowhere."""
    feed = asking.feed
    last = row_of(feed, page.rows[-1]).time if page.rows else start
    return last if last > start and written(feed, last) != written(feed, start) else start
