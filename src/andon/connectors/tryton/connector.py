"""Tryton: production orders and inspections in, postings out."""

__all__ = ["Tryton", "TrytonSettings"]

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from andon.connectors.tryton.asked import Ask
from andon.connectors.tryton.changes import Changes, Watched
from andon.connectors.tryton.inspections import InspectionDesk, with_orders
from andon.connectors.tryton.lots import LotBook
from andon.connectors.tryton.rows import (
    INSPECTION,
    INSPECTION_FIELDS,
    ORDER_FIELDS,
    PRODUCTION,
    PRODUCTION_FIELDS,
    Order,
)
from andon.connectors.tryton.speech import Speech
from andon.connectors.tryton.steps import OrderStep, order_steps
from andon.core.connector import Item, Position, Receipt, Request, SecretStr, Settings, Sink, Source
from andon.core.errors import DefectError, RejectedError, SettingsError


class TrytonSettings(Settings, frozen=True, kw_only=True):
    """Where one Tryton database lives, who we are there, and how often to look."""

    url: str
    """REST root with the database's name, `https://erp.example/erp/rest`."""
    key: SecretStr
    """Key of a user application of kind REST."""
    user: str = "andon"
    """Login behind the key; what it wrote last comes back as a read-back, not as news."""
    poll_every: timedelta = timedelta(seconds=1)
    """Pause between two looks. Two changes between two looks are seen as one."""
    overlap: timedelta = timedelta(minutes=1)
    """How far each look reaches back: as long as Tryton's longest transaction."""
    sweep_every: timedelta = timedelta(hours=1)
    """Pause between full looks at everything under way."""
    time_zone: str = "UTC"
    """Zone of the company: Tryton's dates say none."""


WATCHED = (
    Watched(
        PRODUCTION,
        PRODUCTION_FIELDS,
        [["number", "!=", None]],
        [["number", "!=", None], ["state", "in", ["draft", "waiting", "assigned", "running"]]],
    ),
    Watched(INSPECTION, INSPECTION_FIELDS, [], [["state", "=", "pending"]], with_orders),
)


class Tryton(Source[TrytonSettings], Sink[TrytonSettings]):
    """One Tryton database. Two changes between two looks are seen as one."""

    settings_type = TrytonSettings
    _speech: Speech
    found_by_sweep = 0
    """Changes the poll missed and a full look found."""

    async def open(self) -> None:
        """Makes the session and reads once, so that a wrong key shows now."""
        settings = self.settings
        if not settings.url.startswith(("http://", "https://")):
            raise SettingsError(
                f"{self.name}: url {settings.url!r} is no http address."
                " Write http://host:port/<database>/rest."
            )
        self._speech = Speech(
            settings.url,
            headers={
                "authorization": f"Bearer {settings.key.reveal()}",
                "content-type": "application/json",
                "accept": "application/json",
            },
            concurrency=settings.concurrency,
            timeout=settings.timeout,
        )
        self._steps = order_steps()
        self._lots = LotBook(self._speech)
        self._inspections = InspectionDesk(self._speech)
        await self._speech.search(PRODUCTION, [], list[Any], ["id"], limit=1)

    async def close(self) -> None:
        """Closes the session if it was opened."""
        if hasattr(self, "_speech"):
            await self._speech.close()

    async def read(self, after: Position) -> AsyncIterator[Item]:
        """Released orders and decided inspections, oldest change first within a look.

        Each read remembers for itself what it yielded: what was not recorded must come again.
        """
        changes = Changes(self._speech, WATCHED, self.settings.overlap, complete=not after)
        clock = asyncio.get_running_loop().time
        every = self.settings.sweep_every.total_seconds()
        sweep_at = clock() + every
        while True:
            async for item in changes.since(after):
                yield item
                after = item.position or after
            if clock() >= sweep_at:
                counted = changes.complete
                async for item in changes.sweep():
                    self.found_by_sweep += counted
                    yield item
                sweep_at = clock() + every
            await asyncio.sleep(self.settings.poll_every.total_seconds())

    async def send(self, request: Request, *, key: str) -> Receipt:
        """Adopts what is already so, else makes the one call and reads what it did."""
        found = await self.find(request, key=key)
        if found is not None:
            return found
        try:
            await self._act(request)
        except RejectedError:
            # A refusal may mean that somebody was quicker: then it is so now.
            found = await self.find(request, key=key)
            if found is None:
                raise
            return found
        found = await self.find(request, key=key)
        if found is None:
            raise RejectedError(
                f"Tryton took {request.target} and yet it is not so: {_why(request)}", "no-effect"
            )
        return found

    async def find(self, request: Request, *, key: str) -> Receipt | None:  # noqa: ARG002 no key is kept
        """Whether it is so, by the state or value it should have made."""
        if request.target in self._lots.targets:
            return await self._lots.find(request)
        if request.target in self._inspections.targets:
            return await self._inspections.find(request)
        step = self._step(request)
        order = await self._order(request.body)
        if not step.proven(order, request.body):
            return None
        return Receipt(reference=order.number, body={"id": order.id, "state": order.state})

    async def _act(self, request: Request) -> None:
        if request.target in self._lots.targets:
            await self._lots.act(request)
            return
        if request.target in self._inspections.targets:
            await self._inspections.act(request)
            return
        step = self._step(request)
        lots = await self._lots.all_of(step.lots(request.body))
        order = await self._order(request.body)
        call = step.call(order, request.body, lambda lot, product: lots[lot, product])
        await self._speech.effect(call.method, call.path, call.body)

    def _step(self, request: Request) -> OrderStep:
        step = self._steps.get(request.target)
        if step is None or not isinstance(request.body, step.asks):
            known = ", ".join([*self._steps, *self._lots.targets, *self._inspections.targets])
            raise DefectError(f"{self.name} cannot {request.target}. It can {known}.")
        return step

    async def _order(self, ask: Ask) -> Order:
        domain = [["number", "=", ask.number]]
        rows = await self._speech.search(PRODUCTION, domain, list[Order], ORDER_FIELDS)
        if len(rows) != 1:
            raise RejectedError(
                f"Tryton has {len(rows) or 'no'} production orders with the number {ask.number}."
            )
        return rows[0]


def _why(request: Request) -> str:
    if request.target == "production.assign_try":
        return "not all components are in stock. What was there is assigned; receive the rest."
    return "something else changed it at the same moment. Look at the record."
