"""The database sessions of one worker. One that is lost takes the right to go on with it."""

__all__ = ["Control", "Sessions", "closed"]

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import asyncpg

from andon.store.connect import connect

Work = Callable[[asyncpg.Connection], Awaitable[Any]]


class Sessions:
    """`lost` hears at once when one of them was ended by the database's side."""

    def __init__(self, dsn: str, lost: Callable[[], None]) -> None:
        self._dsn = dsn
        self._lost = lost
        self._open: list[asyncpg.Connection] = []

    @property
    def gone(self) -> bool:
        """Whether one was lost."""
        return any(session.is_closed() for session in self._open)

    async def open(self, name: str) -> asyncpg.Connection:
        """One more, under a name by which another worker finds it."""
        session = await connect(self._dsn, name)
        self._open.append(session)
        session.add_termination_listener(self._told)
        return session

    async def close(self) -> None:
        """Closes all, the last opened first; this is no loss."""
        for session in reversed(self._open):
            session.remove_termination_listener(self._told)
            await closed(session)

    def _told(self, _: object) -> None:
        self._lost()


class Control:
    """The session for everything but the log: one work at a time."""

    def __init__(self, session: asyncpg.Connection) -> None:
        self.session = session
        self.alone = asyncio.Lock()
        """Held during a work; who holds it has the session."""

    async def __call__(self, work: Work) -> Any:
        """Does some work on it, alone."""
        async with self.alone:
            return await work(self.session)


async def closed(session: asyncpg.Connection) -> None:
    """Closes a session that may be broken; not for longer than a second."""
    with suppress(TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        await session.close(timeout=1)
