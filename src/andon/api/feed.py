"""What changed, told to every open page as it happens."""

__all__ = ["Feed", "Listener", "told"]

import asyncio
import time
from contextlib import suppress

import asyncpg
import msgspec
import structlog

from andon.api.listening import Ears
from andon.api.needs import Pool
from andon.visibility.changes import Change, Marks, change_since, head_of, marks
from andon.visibility.place import Place

AT_MOST_EVERY = 0.25
LOOK_ANYWAY = 1.0
"""A hint may be lost with its connection; while somebody listens, the log is looked at anyway."""
MOST_LISTENERS = 500
MOST_UNSENT = 32
log = structlog.get_logger("andon.feed")


class Listener:
    """One open page. Its queue is short: whoever does not read is dropped and comes again."""

    def __init__(self, sites: frozenset[str]) -> None:
        self.sites = sites
        self.unsent: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_UNSENT)

    def tell(self, words: bytes) -> bool:
        """False when it does not read any more."""
        try:
            self.unsent.put_nowait(words)
        except asyncio.QueueFull:
            return False
        return True

    def end(self) -> None:
        """Nothing more comes; what was not sent is let go."""
        while not self.unsent.empty():
            self.unsent.get_nowait()
        self.unsent.put_nowait(None)


class Feed:
    """Looks once for all listeners, at most four times a second, and not at all without any."""

    def __init__(self, pool: Pool, ears: Ears) -> None:
        self._pool = pool
        self._ears = ears
        self._listeners: set[Listener] = set()
        self._somebody = asyncio.Event()
        self._place = Place("", 0)
        self._marks: Marks | None = None
        self.ended = False

    @property
    def full(self) -> bool:
        """Whether another listener is too many."""
        return len(self._listeners) >= MOST_LISTENERS

    def leave(self, listener: Listener) -> None:
        """It is not told any more."""
        self._listeners.discard(listener)

    def end(self) -> None:
        """Closes every stream; call it before the server is asked to stop."""
        self.ended = True
        for listener in self._listeners:
            listener.end()
        self._listeners.clear()

    def _turn_away(self) -> None:
        """The log began another generation: whoever listens comes again, and is told then."""
        for listener in list(self._listeners):
            self.leave(listener)
            listener.end()

    async def join(self, listener: Listener, after: Place | None) -> bytes:
        """From here on it is told; gives its first words: what it missed, or where the log is.
        Raises OtherGenerationError for a place in another generation of the log."""
        change = Change(await head_of(self._pool), ())
        if after is not None:
            change = await change_since(self._pool, change.place.after(after))
        words = told(change, listener.sites, even_nothing=True) or b""
        if not self._listeners:
            self._place = change.place
        missed = self._place.position > change.place.position
        self._listeners.add(listener)
        self._somebody.set()
        if missed:
            change = await change_since(self._pool, change.place.position)
            words += told(change, listener.sites) or b""
        return words

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            if not self._listeners:
                self._somebody.clear()
                self._marks = None
                await self._somebody.wait()
            began = time.monotonic()
            self._ears.changed.clear()
            try:
                await self._look()
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                log.warning("feed cannot look", error=type(error).__name__)
                await asyncio.sleep(LOOK_ANYWAY)
            await asyncio.sleep(max(0.0, began + AT_MOST_EVERY - time.monotonic()))
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_ANYWAY):
                    await self._ears.changed.wait()

    async def _look(self) -> None:
        async with self._pool.acquire() as db:
            now = await marks(db)
            change = await change_since(db, self._place.position)
        before, self._marks = self._marks, now
        news = change.place != self._place
        renewed = change.place.generation != self._place.generation
        self._place = change.place
        if renewed:
            self._turn_away()
        for listener in list(self._listeners):
            words: list[bytes] = []
            if news and (line := told(change, listener.sites)):
                words.append(line)
            if before and before.exceptions != now.exceptions:
                words.append(b"event: exceptions\ndata: {}\n\n")
            if before and before.connections != now.connections:
                words.append(b"event: connections\ndata: {}\n\n")
            if words and not listener.tell(b"".join(words)):
                self.leave(listener)
                listener.end()


def told(change: Change, sites: frozenset[str], *, even_nothing: bool = False) -> bytes | None:
    """The words of a change for somebody who may see these sites; None if it is none of theirs."""
    names = change.seen_by(sites)
    if names == [] and not even_nothing:
        return None
    data = msgspec.json.encode({"subjects": names, "position": change.place.position})
    return b"id: %b\nevent: changed\ndata: %b\n\n" % (str(change.place).encode(), data)
