"""The questions of one feed, and the pages that answer them."""

__all__ = ["Asking"]

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from urllib.parse import quote

from andon.connectors.odata.gateway import Gateway
from andon.connectors.odata.pages import Page, page_of
from andon.connectors.odata.refusals import StatusError
from andon.connectors.odata.rows import FeedShape
from andon.connectors.odata.settings import ODataSettings
from andon.connectors.odata.values import literal
from andon.core.errors import SettingsError, UnavailableError

_PLAIN = "'(),/:"
"""What may stand in a query as it is."""


class Asking:
    """Asks one entity set."""

    def __init__(self, gateway: Gateway, shape: FeedShape, settings: ODataSettings) -> None:
        self.shape = shape
        self.size = settings.page_size
        self._gateway = gateway
        self._version = settings.version

    def since(self, at: datetime | None) -> str:
        """Rows from a moment on, oldest change first."""
        feed = self.shape.feed
        conditions = [f"({feed.filter})"] if feed.filter else []
        if at is not None:
            moment = literal(at, self.shape.changed_type, self._version)
            conditions.append(f"{feed.changed} ge {moment}")
        order = f"{feed.changed} asc,{self._order()}"
        top = str(self.size)
        return self._query({"$filter": " and ".join(conditions), "$orderby": order, "$top": top})

    def under_way(self) -> str:
        """Rows a full look reads, in the order of their keys."""
        feed = self.shape.feed
        wanted = {"$filter": feed.open or feed.filter, "$orderby": self._order()}
        return self._query({**wanted, "$top": str(self.size)})

    def tracked(self) -> str:
        """All rows, with a delta link behind them."""
        return self._query({"$filter": self.shape.feed.filter})

    async def pages(self, url: str) -> AsyncIterator[Page]:
        """All pages, linked by the system, or counted where it links none."""
        skipped, window, first, asked = 0, 0, None, url
        while True:
            page = await self.page(asked)
            begins = page.rows[0] if page.rows else None
            if skipped and begins is not None and begins == first:
                raise self.repeats()
            yield page
            # A link ends with the window that `$top` asked for; behind it there may be more.
            window += len(page.rows)
            if page.next is None and window < self.size:
                return
            skipped, first = skipped + len(page.rows), begins
            if page.next is None:
                asked, window = f"{url}&$skip={skipped}", 0
            else:
                asked = self.below(page.next)

    async def page(self, url: str) -> Page:
        """One page. A question the system does not take is a matter of the settings."""
        try:
            return await self.asked(url)
        except StatusError as error:
            raise self.refused(error) from error

    async def asked(self, url: str, headers: Mapping[str, str] = {}) -> Page:
        """One page. Raises StatusError when the system does not take the question."""
        answer = await self._gateway.get(self.shape.service, url, headers)
        return page_of(answer, self._named)

    def below(self, link: str) -> str:
        """A link of the system as a path of ours."""
        return self._gateway.below(self.shape.service, link)

    def refused(self, error: StatusError) -> SettingsError:
        """What an operator is told of a question the system does not take."""
        return SettingsError(
            f"{self._named} cannot be read: {error} ({error.code}). Check the feed's filter and"
            " fields and our user's rights, then resume."
        )

    def untracked(self) -> SettingsError:
        """What an operator is told when a set has no delta links."""
        return SettingsError(
            f"{self._named} gives no delta link. Follow it by its change field, or whole."
        )

    def repeats(self) -> UnavailableError:
        """Page after page the same: going on would never end."""
        return UnavailableError(f"{self._named} repeats a page", reached=True)

    def _order(self) -> str:
        return ",".join(f"{key} asc" for key in self.shape.keys)

    def _query(self, asked: Mapping[str, str]) -> str:
        feed = self.shape.feed
        words = {**asked, "$expand": ",".join(feed.expand)}
        if feed.select:
            changed = [feed.changed] if feed.follow == "changed" else []
            ways = feed.expand if self._version == 2 else ()
            more = [*feed.select, *self.shape.keys, *changed, *ways]
            words["$select"] = ",".join(dict.fromkeys(more))
        said = "&".join(
            f"{name}={quote(word, safe=_PLAIN)}" for name, word in words.items() if word
        )
        return f"{self.shape.set_name}?{said}" if said else self.shape.set_name

    @property
    def _named(self) -> str:
        return f"The feed {self.shape.kind} ({self.shape.set_name})"
