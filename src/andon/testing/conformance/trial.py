"""One connector and one counterpart, and what checks do with them."""

__all__ = ["Follower", "Plain", "Trial", "settings_of"]

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from andon.core.connector import Connector, Item, Position, Settings, Sink, Source
from andon.core.counterpart import Counterpart, Speaks, Takes
from andon.core.errors import AndonError, SettingsError, TransientError
from andon.core.filling import filled
from andon.core.secret import SecretStr

_numbers = itertools.count(time.time_ns())


class Plain:
    """A counterpart's settings hold secrets in plain text."""

    def named(self, reference: Mapping[str, Any]) -> str | None:
        """Nothing stands elsewhere."""
        del reference
        return None

    def secret(self, text: str) -> SecretStr:
        """The secret as it is written."""
        return SecretStr(text)


def settings_of(kind: type[Connector[Any]], table: Mapping[str, Any]) -> Any:
    """Settings as TOML holds them, with secrets in plain text. Raises SettingsError."""
    found = filled(kind.settings_type, table, at=kind.__name__, references=Plain())
    if isinstance(found, list):
        raise SettingsError(f"The settings of {kind.__name__} do not fit", found)
    return found


class Follower:
    """Reads as the engine does: on from the last position, again after a transient error."""

    def __init__(self, source: Source[Any], after: Position, patience: float = 20) -> None:
        self.items: list[Item] = []
        self.lost: list[TransientError] = []
        self.kinds = source.kinds
        self._source = source
        self._after = after
        self._patience = patience
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Follower":
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.cancel()

    async def committed(self, position: Position) -> None:
        """As the engine says it once the items up to here are in the log."""
        await self._source.committed(position)

    async def cancel(self) -> None:
        """Stops reading, as a pause or the end of the program does."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([self._task], timeout=10)

    async def _follow(self) -> None:
        while True:
            items = self._source.read(self._after)
            try:
                async for item in items:
                    self.items.append(item)
                    self._after = item.position or self._after
            except TransientError as error:
                self.lost.append(error)
                await asyncio.sleep(0.05)
            finally:
                await _closed(items)

    def holding(self, text: str) -> list[Item]:
        """The items whose raw form holds a text."""
        return [item for item in self.items if text.encode() in item.raw]

    def missing(self, texts: Sequence[str]) -> list[str]:
        """Which of these have not come yet."""
        return [text for text in texts if not self.holding(text)]

    async def has(self, texts: Sequence[str], *, within: float | None = None) -> bool:
        """Whether all of these come in time. A failure of the reading is raised."""
        return await self.until(lambda: not self.missing(texts), within=within)

    async def until(self, so: Callable[[], bool], *, within: float | None = None) -> bool:
        """Whether it becomes so in time. A failure of the reading is raised."""
        ends = time.monotonic() + (self._patience if within is None else within)
        while not so():
            if self._task is not None and self._task.done():
                self._task.result()
                return so()
            if time.monotonic() > ends:
                return False
            await asyncio.sleep(0.01)
        return True


class Trial:
    """What every check starts from. The counterpart is running."""

    def __init__(
        self, kind: type[Connector[Any]], counterpart: Counterpart, patience: float = 20
    ) -> None:
        self.kind = kind
        self.counterpart = counterpart
        self.patience = patience
        """Seconds in which what must come has come."""
        self.words: list[str] = []
        """Texts of errors met on the way, in which no secret may stand."""

    def settings(self, table: Mapping[str, Any] | None = None) -> Settings:
        """The counterpart's settings, or others in the same form. Raises SettingsError."""
        return settings_of(self.kind, self.counterpart.settings() if table is None else table)

    def made(self, table: Mapping[str, Any] | None = None) -> Connector[Any]:
        """A connector that was not opened."""
        return self.kind(self.counterpart.name, self.settings(table))

    @asynccontextmanager
    async def connected(self, table: Mapping[str, Any] | None = None) -> AsyncGenerator[Any]:
        """A connector from `open` to `close`."""
        connector = self.made(table)
        try:
            await connector.open()
            yield connector
        finally:
            await connector.close()

    @asynccontextmanager
    async def away(self) -> AsyncGenerator[None]:
        """The counterpart is stopped meanwhile."""
        await self.counterpart.stop()
        try:
            # The news that a kept connection is gone must arrive.
            await asyncio.sleep(0.05)
            yield
        finally:
            await self.counterpart.start()

    @asynccontextmanager
    async def following(self, after: Position = "") -> AsyncGenerator[Follower]:
        """A reader of a connector of its own."""
        async with (
            self.connected() as connector,
            Follower(connector, after, self.patience) as follower,
        ):
            yield follower

    async def heard(self, follower: Follower, count: int) -> Sequence[str]:
        """Texts that were said and came. A source without memory may miss what is said first."""
        texts = await self.speaks.say(count)
        for part in (40, 20, 10, 5, 4):
            if await follower.has(texts, within=self.patience / part):
                return texts
            texts = await self.speaks.say(count)
        await follower.has(texts)
        return texts

    async def first_error(self, table: Mapping[str, Any] | None = None) -> AndonError | None:
        """What goes wrong on the way to the first answer: open, then send or read."""
        try:
            async with self.connected(table) as connector:
                if isinstance(connector, Sink) and isinstance(self.counterpart, Takes):
                    await connector.send(self.takes.request(self.effect()), key=self.effect())
                elif isinstance(connector, Source) and connector.reads:
                    items = cast("Source[Any]", connector).read("")
                    try:
                        with contextlib.suppress(TimeoutError):  # a quiet system says nothing yet
                            await asyncio.wait_for(anext(items), self.patience / 4)
                    finally:
                        await _closed(items)
        except AndonError as error:
            self.words.append(str(error))
            return error
        return None

    def effect(self) -> str:
        """A name no other check uses; also good as a key."""
        return f"T{next(_numbers)}"

    @property
    def speaks(self) -> Speaks:
        """The counterpart, which speaks."""
        return cast("Speaks", self.counterpart)

    @property
    def takes(self) -> Takes:
        """The counterpart, which takes."""
        return cast("Takes", self.counterpart)


async def _closed(items: AsyncIterator[Item]) -> None:
    close = getattr(items, "aclose", None)
    if close is not None:
        await close()
