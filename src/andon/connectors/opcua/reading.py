"""Reading: what a subscription tells, and out of the histories what it could not tell."""

__all__ = ["Reader"]

from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from andon.connectors.opcua.feed import Feed, SilentError, Told
from andon.connectors.opcua.history import NoHistoryError, pages
from andon.connectors.opcua.monitoring import Watched
from andon.connectors.opcua.place import Place
from andon.connectors.opcua.session import Session
from andon.connectors.opcua.settings import OpcUaSettings
from andon.connectors.opcua.values import aware, item_of, lost_item, overflowed
from andon.connectors.opcua.watching import remembers, watched_of
from andon.core.connector import Item, Position

_LOOK_AGAIN = 0.1
_LOOKS = 30


class Reader:
    """One reading, from a position until it is closed or the connection is lost."""

    def __init__(
        self, settings: OpcUaSettings, session: Session, after: Position, *, transfers: bool
    ) -> None:
        self.revised: dict[str, tuple[float, int]] = {}
        self.transferred: bool | None = None
        """Whether a subscription that was taken over spoke; None when none was taken over."""
        self._settings = settings
        self._session = session
        shape = msgspec.json.encode([settings.nodes, settings.jobs], order="sorted")
        self._place = Place(after, blake2b(shape, digest_size=6).hexdigest())
        self._transfers = transfers
        self._watched: Sequence[Watched] = ()
        self._remembers: Sequence[bool] = ()
        self._feed: Feed | None = None
        self._told: deque[int] = deque()
        self._owed: dict[int, tuple[datetime, int]] = {}
        """Variables whose change was told and does not stand in the history yet."""

    @property
    def resumable(self) -> bool:
        """Whether the subscription is worth keeping at the server."""
        return bool(self._place.feed and self._settings.keep_for)

    def committed(self, position: Position) -> None:
        """Everything up to here is in the log."""
        feed, number = Place.number_of(position)
        if self._feed is None or feed != self._feed.id:
            return
        while self._told and self._told[0] <= number:
            self._feed.acknowledge(self._told.popleft())

    async def close(self) -> None:
        """Stops waiting for what comes next."""
        if self._feed is not None:
            await self._feed.close()

    def lost(self) -> Iterator[Item]:
        """That nobody knows the variables any more, where it is to be said: once for each loss."""
        if not self._settings.says_lost:
            return
        loss, gone = self._place.lost()
        kinds = {text: kind for kind, group in self._settings.nodes.items() for text in group.ids}
        yield from self._placed(
            [
                lost_item(kinds[one], one, self._place.at(one, None), loss)
                for one in gone
                if one in kinds
            ]
        )

    async def items(self) -> AsyncIterator[Item]:
        """Everything owed, then on as it comes."""
        self._watched = await watched_of(self._session, self._settings)
        self._remembers = await remembers(self._session, self._watched)
        feed, again = await self._begun()
        self._feed = feed
        if again is None:
            async for item in self._filled(range(len(self._watched)), "reading began anew"):
                yield item
        for told in again or ():
            async for item in self._said(told):
                yield item
        while True:
            told = await self._next(feed)
            if told is not None:
                async for item in self._said(told):
                    yield item
            for handle in list(self._owed):
                async for item in self._paid(handle):
                    yield item

    async def _next(self, feed: Feed) -> Told | None:
        try:
            told = await feed.next(_LOOK_AGAIN if self._owed else None)
        except SilentError:
            self.transferred = None if self.transferred is None else False
            raise
        if self.transferred is False:
            self.transferred = feed.answered
        return told

    async def _begun(self) -> tuple[Feed, list[Told] | None]:
        """A subscription, and what it said before and is owed; None: nobody knows."""
        settings, place = self._settings, self._place
        if place.feed and settings.keep_for and self._transfers:
            self.transferred = False
            taken = await Feed.taken_over(
                self._session, place.feed, place.number, settings.publish_every
            )
            if taken is not None:
                return taken
            self.transferred = None
        elif place.feed:
            await self._session.calls.delete_subscriptions([place.feed])
        place.feed = place.number = 0
        feed, self.revised = await Feed.begun(
            self._session, self._watched, settings.publish_every, settings.keep_for
        )
        return feed, None

    # -- what is told ---------------------------------------------------------------------------

    async def _said(self, told: Told) -> AsyncIterator[Item]:
        if told.gap:
            why = "a notification was lost"
            async for item in self._filled(range(len(self._watched)), why):
                yield item
        full = {handle for handle, value in told.values if overflowed(value)}
        if full:
            async for item in self._filled(sorted(full), "the server's queue ran over"):
                yield item
        items = list(self._items_of(told))
        if told.number and self._feed is not None:
            self._place.feed, self._place.number = self._feed.id, told.number
            self._told.append(told.number)
        for item in self._placed(items):
            yield item

    def _items_of(self, told: Told) -> Iterator[Item]:
        for n, (handle, value) in enumerate(told.values):
            if handle >= len(self._watched):
                continue
            one = self._watched[handle]
            if one.jobs is not None:
                yield from one.jobs.items(value, self._place.jobs)
            elif one.group.history == "every":
                at = value.SourceTimestamp or value.ServerTimestamp
                if at is not None:
                    self._owed[handle] = (aware(at), _LOOKS)
            else:
                item = self._item(one, value, f"{told.number}.{n}")
                news = self._place.news(one.text, item.key, item.occurred_at)
                if (loss := self._place.returned(one.text)) is not None:
                    yield msgspec.structs.replace(item, key=f"{item.key}/back/{loss}")
                elif news:
                    yield item

    def _item(self, one: Watched, value: Any, otherwise: str) -> Item:
        mirror = one.text if one.group.remember else None
        named = f"{self._feed.id if self._feed else 0}.{otherwise}"
        return item_of(one.kind, one.text, value, otherwise=named, mirror=mirror)

    def _placed(self, items: Sequence[Item]) -> Iterator[Item]:
        """The last of them says where reading stands."""
        yield from items[:-1]
        for last in items[-1:]:
            yield msgspec.structs.replace(last, position=str(self._place))

    # -- what is remembered ---------------------------------------------------------------------

    async def _filled(self, handles: Sequence[int], why: str) -> AsyncIterator[Item]:
        """Out of the histories, and the sign of a gap for what has none. While this goes on, a
        position does not name the subscription, so that it begins again after a break."""
        place = self._place
        missed: list[str] = []
        feed, place.feed = place.feed, 0
        for handle in handles:
            one = self._watched[handle]
            if self._remembers[handle] and one.group.history != "none":
                async for item in self._history(one):
                    yield item
            elif place.knows(one.text):
                missed.append(one.text)
        place.feed = feed
        if missed and self._settings.gaps is not None:
            yield self._gap(missed, why)

    async def _history(self, one: Watched) -> AsyncIterator[Item]:
        start = self._place.at(one.text, one.group.since)
        try:
            async for page in pages(self._session, one.node_id, start):
                items = [self._item(one, value, "history") for value in page]
                news = [i for i in items if self._place.news(one.text, i.key, i.occurred_at)]
                for item in self._placed(news):
                    yield item
        except NoHistoryError as error:
            if self._settings.gaps is not None and self._place.knows(one.text):
                yield self._gap([one.text], f"its history is not to be had: {error}")

    async def _paid(self, handle: int) -> AsyncIterator[Item]:
        """A history may be written a moment after the change is told."""
        one = self._watched[handle]
        async for item in self._history(one):
            yield item
        moment, looks = self._owed[handle]
        if self._place.reached(one.text, moment) or looks <= 0:
            del self._owed[handle]
        else:
            self._owed[handle] = (moment, looks - 1)

    def _gap(self, missed: Sequence[str], why: str) -> Item:
        since = {one: self._place.at(one, None).isoformat() for one in missed}
        body = {"reason": why, "since": since}
        key = blake2b(msgspec.json.encode(body), digest_size=8).hexdigest()
        return Item(kind=self._settings.gaps or "", key=f"gap/{key}", raw=msgspec.json.encode(body))
