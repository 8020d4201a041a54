"""Odoo: manufacturing orders and movements in; records, values and buttons out."""

__all__ = ["Odoo"]

import asyncio
from collections.abc import AsyncIterator

from andon.connectors._access import tls_context
from andon.connectors._http import Http
from andon.connectors.odoo.calls import Calls
from andon.connectors.odoo.changes import Changes
from andon.connectors.odoo.effects import Effects
from andon.connectors.odoo.place import read_place
from andon.connectors.odoo.settings import OdooSettings, setting_faults
from andon.core.connector import Item, Position, Receipt, Request, Sink, Source
from andon.core.errors import Fault, SettingsError


class Odoo(Source[OdooSettings], Sink[OdooSettings]):
    """One database. Each call is one transaction of Odoo's."""

    settings_type = OdooSettings
    _calls: Calls
    _changes: Changes | None = None

    @property
    def reads(self) -> bool:
        """Whether any model is read."""
        return bool(self.settings.feeds)

    @property
    def found_by_sweep(self) -> int:
        """Changes and deletions no look showed and a sweep found."""
        return 0 if self._changes is None else self._changes.found_by_sweep

    async def open(self) -> None:
        """Asks who we are, so that a wrong key shows now."""
        settings = self.settings
        if faults := list(setting_faults(settings)):
            raise SettingsError(
                f"{self.name} cannot use its settings. Nothing was opened. Correct them:",
                [Fault(f"connections.{self.name}.{fault.at}", fault.says) for fault in faults],
            )
        headers = {
            "authorization": f"Bearer {settings.key.reveal()}",
            "content-type": "application/json; charset=utf-8",
            "user-agent": "andon",
        }
        if settings.database:
            headers["x-odoo-database"] = settings.database
        self._calls = Calls(
            Http(
                f"{settings.url.rstrip('/')}/json/2",
                headers=headers,
                concurrency=settings.concurrency,
                timeout=settings.timeout,
                tls=tls_context(settings.tls),
            )
        )
        self._effects = Effects(self._calls, settings)
        await self._calls.search_read("res.users", domain=[], fields=["id"], limit=1)

    async def close(self) -> None:
        """Closes the session if it was opened."""
        if hasattr(self, "_calls"):
            await self._calls.close()

    async def read(self, after: Position) -> AsyncIterator[Item]:
        """Look by look; each read remembers for itself what it yielded."""
        changes = self._changes = Changes(self._calls, self.settings)
        place = read_place(after)
        clock = asyncio.get_running_loop().time
        every = self.settings.sweep_every.total_seconds()
        sweep_at = clock() + every
        while True:
            async for item in changes.since(place):
                yield item
            if clock() >= sweep_at:
                async for item in changes.sweep(place):
                    yield item
                sweep_at = clock() + every
            await asyncio.sleep(self.settings.poll_every.total_seconds())

    async def send(self, request: Request, *, key: str) -> Receipt:
        """Adopts what is already so, else makes the one call."""
        return await self._effects.send(request, key)

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        """By our key in a new record, else by what the record holds."""
        return await self._effects.find(request, key)
