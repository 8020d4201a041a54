"""Asking for one feed's pages, one after the other, as fast as the system lets us."""

__all__ = ["Asking"]

import asyncio
from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlencode

import msgspec

from andon.connectors._http import Http
from andon.connectors._pointer import parsed, raw_at
from andon.connectors.rest.pages import Page, next_query
from andon.connectors.rest.settings import Feed
from andon.core.errors import SettingsError, ThrottledError, UnavailableError
from andon.core.faults import UNREADABLE

_LONGEST_PAUSE = 300.0
_PAUSE = 5.0
_LIST: msgspec.json.Decoder[list[msgspec.Raw] | None] = msgspec.json.Decoder(
    list[msgspec.Raw] | None
)


class Asking:
    """One feed's lists over one session."""

    def __init__(self, http: Http, feed: Feed) -> None:
        self._http = http
        self.feed = feed
        self._items = parsed(feed.items)

    async def probe(self) -> None:
        """Raises SettingsError when the answer has no list where the settings say it has one."""
        page = await self.first({})
        if raw_at(page.body, self._items) is None:
            raise SettingsError(
                f"The answer to GET {self.feed.path} has nothing at {self.feed.items!r}."
                f" It begins {page.body[:200].decode('utf-8', 'replace')}"
            )

    async def first(self, query: Mapping[str, str]) -> Page:
        """The first page alone."""
        path, more = next_query(self.feed.pages, None, self._http.base)
        return await self._page(path, {**more, **query})

    async def pages(self, query: Mapping[str, str]) -> AsyncIterator[Page]:
        """Every page of one list. One that asks us to slow down is asked again later."""
        path, more = next_query(self.feed.pages, None, self._http.base)
        before: Page | None = None
        while True:
            page = await self._page(path, {**more, **query} if path is None else more)
            if before is not None and page.rows == before.rows and page.query != before.query:
                return  # some systems give their last page for every number beyond it
            yield page
            before = page
            path, more = next_query(self.feed.pages, page, self._http.base)
            if path is None and not more:
                return
            if path == page.path and not more:
                raise UnavailableError(f"{path} names itself as its next page", reached=True)

    async def _page(self, path: str | None, query: Mapping[str, str]) -> Page:
        path = path or self.feed.path
        sign = "&" if "?" in path else "?"
        while True:
            try:
                answer = await self._http.exchange(
                    "GET", f"{path}{sign}{urlencode(query)}" if query else path
                )
            except ThrottledError as error:
                await asyncio.sleep(
                    min(_PAUSE if error.after is None else error.after, _LONGEST_PAUSE)
                )
            else:
                return Page(path, query, answer.headers, answer.body, self._rows(answer.body))

    def _rows(self, body: bytes) -> list[bytes]:
        """Each row as it was written. A list that is left out or null is empty."""
        try:
            raw = raw_at(body, self._items)
            rows = None if raw is None else _LIST.decode(raw)
        except msgspec.ValidationError:
            raise SettingsError(
                f"What GET {self.feed.path} answers at {self.feed.items!r} is no list."
                " Correct `items`, the pointer to the list."
            ) from None
        except UNREADABLE as error:
            raise UnavailableError(
                f"GET {self.feed.path} answers no JSON: {error}", reached=True
            ) from error
        return [bytes(row) for row in rows or ()]
