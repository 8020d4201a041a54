"""The connections one worker uses: opened, paused and resumed, their health told once."""

__all__ = ["Connections", "InUse"]

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator, Sequence
from datetime import datetime
from typing import Any

from andon.core.connector import Sink, Source
from andon.core.errors import AttentionError, TransientError
from andon.engine.cases import outage
from andon.engine.clock import Clock
from andon.engine.deliver import Deliver
from andon.engine.health import Health
from andon.engine.plan import Plan, Wired
from andon.engine.sessions import Control
from andon.engine.source import ReadSource
from andon.store.advance import Batch
from andon.store.sql import query

_log = logging.getLogger(__name__)


class InUse:
    """One connection of this worker. Before it is open, and while paused, nothing is read or
    sent."""

    def __init__(self, wired: Wired, health: Health) -> None:
        self.wired = wired
        self.health = health
        self.deliver: Deliver | None = None
        self.source: ReadSource | None = None
        self.paused = False
        self.changes = 0
        """How often its state changed, and how many of these changes are written."""
        self.written = 0
        self._open = not isinstance(wired.connector, Sink | Source)
        self._wanted = asyncio.Event()
        self._wanted.set()

    async def open(self) -> None:
        """Opens it, however often that takes: a refused login waits for a person, all else for the
        clock. Returns once it is open."""
        failed = False
        while not self._open:
            await self._wanted.wait()
            try:
                await self.wired.connector.open()
            except AttentionError as error:
                await self._shut()
                self.health.needs_operator(str(error))  # which pauses it
            except Exception as error:
                failed = True
                await self._shut()
                if not isinstance(error, TransientError):
                    _log.error("opening %s failed", self.wired.name, exc_info=error)
                await asyncio.sleep(self.health.lost(_words(error)).total_seconds())
            else:
                self._open = True
        if failed:
            self.health.seen()
        self.let_go()

    async def _shut(self) -> None:
        """What was opened before it failed would stay open behind the next try."""
        try:
            await self.wired.connector.close()
        except Exception as error:  # what is half open may not close well either
            _log.debug("closing %s failed", self.wired.name, exc_info=error)

    def pause(self) -> None:
        """Nothing more is read or sent; what waits is kept."""
        self.paused = True
        self._wanted.clear()
        self.let_go()

    def resume(self) -> None:
        """Goes on where it stopped; one that could not be opened is tried again."""
        self.paused = False
        self.health.resumed()
        self._wanted.set()
        self.let_go()

    def let_go(self) -> None:
        """Lets its reader and its sender work, or holds them, as things stand."""
        held = self.paused or not self._open
        if self.source:
            (self.source.pause if held else self.source.resume)()
        if self.deliver:
            if held:
                self.deliver.paused = True
            else:
                self.deliver.resume()


class Connections:
    """All of them; what people wish stands in their rows."""

    def __init__(
        self,
        plan: Plan,
        clock: Clock,
        control: Control,
        *,
        soon: Callable[[Coroutine[Any, Any, None]], None],
        also: Callable[[Callable[[Batch], None]], None],
    ) -> None:
        self._plan = plan
        self._clock = clock
        self._control = control
        self._soon = soon
        self._also = also
        self._unsaid: dict[str, tuple[str, str]] = {}
        self._used = {
            name: InUse(wired, Health(clock, self._said(name)))
            for name, wired in plan.connections.items()
        }

    def __getitem__(self, name: str) -> InUse:
        return self._used[name]

    def __iter__(self) -> Iterator[InUse]:
        return iter(self._used.values())

    @property
    def delivers(self) -> Sequence[Deliver]:
        """The senders."""
        return [one.deliver for one in self if one.deliver is not None]

    def away(self, name: str) -> bool:
        """Whether what is meant for it can only wait."""
        return name in self._used and self._used[name].health.state != "running"

    async def begin(self) -> None:
        """Makes them known; an outage or a pause that began before this start goes on, until an
        answer or a person ends it."""
        wired = list(self._plan.connections.values())
        rows = await self._control(
            lambda db: db.fetch(
                query("connections"),
                [w.name for w in wired],
                [w.site for w in wired],
                [type(w.connector).__name__.lower() for w in wired],
                [" ".join(w.faces) for w in wired],
                self._clock.now(),
            )
        )
        for row in rows:
            one = self._used[row["name"]]
            one.health.state = row["state"]
            if row["wanted"] == "paused":
                one.pause()
            elif row["state"] == "paused":
                one.resume()  # wished while no worker was there to see it
            if row["over"]:
                self._say_soon(one.wired.name, "running", "")
            elif row["unsaid"]:
                self._say_soon(one.wired.name, row["state"], row["unsaid"])
            one.let_go()
            self._soon(one.open())

    async def look(self) -> None:
        """Does what people wish, and writes when each last answered."""
        before = {name: one.changes for name, one in self._used.items()}
        rows = await self._control(
            lambda db: db.fetch("select name, wanted, state from connection_state")
        )
        for row in rows:
            one = self._used.get(row["name"])
            # A wish read before our own last word was written may be older than that word.
            if one is not None and one.written == one.changes == before[row["name"]]:
                self._wish(one, row["wanted"], row["state"])
        await self._note_answers()

    def _wish(self, one: InUse, wanted: str, state: str) -> None:
        if wanted == "paused" and not one.paused:
            one.health.state = "paused"
            one.pause()
            if state != "paused":
                self._write(one, "paused", None)
        elif wanted == "running" and one.paused:
            one.resume()

    def _said(self, name: str) -> Callable[[str, str | None], None]:
        """A change of a connection's state is written once, with an exception that closes by
        itself."""

        def changed(state: str, error: str | None) -> None:
            self._say_soon(name, state, error or "")
            if state == "paused":
                self._used[name].pause()
            self._write(self._used[name], state, error)

        return changed

    def _say_soon(self, name: str, state: str, error: str) -> None:
        if name not in self._unsaid:
            self._also(lambda batch: self._say(batch, name))
        self._unsaid[name] = (state, error)

    def _say(self, batch: Batch, name: str) -> None:
        """Of several changes in one commit the last stands; a case is not opened and closed at
        once."""
        state, error = self._unsaid.pop(name)
        if state == "running":
            batch.settle(f"connection:{name}")
        else:
            batch.raise_exception(outage(name, state, error))

    def _write(self, one: InUse, state: str, error: str | None) -> None:
        one.changes += 1
        name, now, change = one.wired.name, self._clock.now(), one.changes

        async def write() -> None:
            await self._control(
                lambda db: db.fetchval(query("connection_state"), name, state, error, now)
            )
            one.written = max(one.written, change)

        self._soon(write())
        _log.warning("%s is %s%s", name, state, f": {error}" if error else "")

    async def _note_answers(self) -> None:
        seen: list[tuple[str, datetime]] = [
            (one.wired.name, one.health.last_ok_at) for one in self if one.health.last_ok_at
        ]
        if seen:
            await self._control(
                lambda db: db.execute(
                    "update connection_state c set last_ok_at = t.at"
                    " from unnest($1::text[], $2::timestamptz[]) as t(name, at)"
                    " where c.name = t.name and c.last_ok_at is distinct from t.at",
                    [name for name, _ in seen],
                    [at for _, at in seen],
                )
            )


def _words(error: Exception) -> str:
    if isinstance(error, TransientError):
        return str(error)
    return f"opening failed, {type(error).__name__}: {error}"
