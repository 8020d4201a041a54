"""A project whose worker dies as it opens a connection, for as long as a file says so."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

from andon.app import Andon
from andon.core.connector import Item, Position, Settings, Source
from andon.core.plant import Connection

__all__ = ["andon"]


class Deadly(Source[Settings]):
    """A driver that takes its whole process with it."""

    settings_type = Settings

    async def open(self) -> None:
        if await asyncio.to_thread(os.path.exists, os.environ["ANDON_BENCH_SYSTEMS"]):
            os.kill(os.getpid(), signal.SIGKILL)

    async def read(self, after: Position) -> AsyncIterator[Item]:
        if after:
            yield Item(kind="never", key="0", raw=b"{}")


andon = Andon("dying", site="here", connections=[Connection("deadly", Deadly)])
