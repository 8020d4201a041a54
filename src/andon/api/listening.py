"""One connection of the process listens: hints say that looking is worth while."""

__all__ = ["Ears"]

import asyncio
from contextlib import suppress

import asyncpg

from andon.api.keyring import KeyRing
from andon.api.needs import Pool

CHANNELS = ("andon_changed", "andon_keys")
KEYS_AT_MOST_STALE = 2.0


class Ears:
    """Listens for changes and keeps the key ring fresh. A lost hint costs time, never truth."""

    def __init__(self, pool: Pool, ring: KeyRing) -> None:
        self._pool = pool
        self._ring = ring
        self._keys_changed = asyncio.Event()
        self.changed = asyncio.Event()
        """Set by every hint; whoever reads clears it first."""

    async def listen(self) -> None:
        """Until cancelled; after a lost database it begins again by itself."""
        while True:
            try:
                await self._while_connected()
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await asyncio.sleep(0.2)

    async def _while_connected(self) -> None:
        async with self._pool.acquire() as db:
            try:
                for channel in CHANNELS:
                    await db.add_listener(channel, self._heard)
                while not db.is_closed():
                    self._keys_changed.clear()
                    await self._ring.refresh(db)
                    await self._rest()
            finally:
                # Not polite, but it cannot wait: an error here would replace the cancellation. A
                # session that the server has ended is the pool's no more.
                with suppress(asyncpg.InterfaceError):
                    db.terminate()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(KEYS_AT_MOST_STALE):
                await self._keys_changed.wait()
        except TimeoutError:
            pass

    def _heard(self, _: object, __: int, channel: str, ___: object) -> None:
        if channel == "andon_keys":
            self._keys_changed.set()
        else:
            self.changed.set()
