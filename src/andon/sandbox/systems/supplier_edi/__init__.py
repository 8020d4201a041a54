"""A supplier that speaks X12 over SFTP: 850 in, 855 and 856 out, 997 both ways."""

__all__ = ["Ordered", "Shipped", "SupplierEdi"]

import asyncio
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from contextlib import suppress

from andon.connectors.edi.simulator import AcmeOverSftp
from andon.sandbox.system import Belief, System
from andon.sandbox.systems.supplier_edi.program import Acme, Ordered, Shipped
from andon.sandbox.world import World

_LOOKS = 0.2
_STOPS_TO_WRITE = 0.4
"""Seconds for which a slow sender's file is half there."""


class SupplierEdi(System):
    """It takes an order as often as it is sent: who orders twice is delivered twice."""

    name = "supplier-edi"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.program = Acme(world.now)
        self.mailbox = AcmeOverSftp()
        self.mailbox.program = self.program
        self.odd: Counter[str] = Counter()
        """So many of the next notices lie there `twice` under one control number, or are written
        in `halves`."""
        self.struck: Counter[str] = Counter()
        self._leaving: deque[Shipped] = deque()
        self._shipped: list[str] = []
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """The mailbox answers, and its program looks into it."""
        await self.mailbox.start()
        self._looking = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Breaks every session; what lies in the mailbox stays."""
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        await self.mailbox.stop()

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        settings = self.mailbox.settings()
        return {
            "COMPANY_SUPPLIERS_FOLDER": settings["folder"],
            "COMPANY_SUPPLIERS_PASSWORD": settings["password"],
            "COMPANY_SUPPLIERS_HOST_KEY": settings["known_hosts"],
        }

    def ship(self, shipped: Shipped) -> None:
        """A truck leaves; the office writes the notice as soon as its program runs."""
        self._leaving.append(shipped)

    async def _look(self) -> None:
        while True:
            await asyncio.to_thread(self._work)
            await asyncio.sleep(_LOOKS)

    def _work(self) -> None:
        self.mailbox.answer()
        while self._leaving:
            shipped = self._leaving.popleft()
            self._write(self.program.despatch(shipped))
            self._shipped.append(shipped.shipment)

    def _write(self, notice: bytes) -> None:
        if self._strikes("halves"):
            name, middle = self.mailbox.next_name("acme", "edi"), len(notice) // 2
            self.mailbox.write_in_place(name, notice[:middle])
            time.sleep(_STOPS_TO_WRITE)
            self.mailbox.write_in_place(name, notice[middle:], more=True)
        else:
            self.mailbox.drop(notice)
        if self._strikes("twice"):
            self.mailbox.drop(notice)

    def _strikes(self, odd: str) -> bool:
        if self.odd[odd] <= 0:
            return False
        self.odd[odd] -= 1
        self.struck[odd] += 1
        return True

    def believes(self) -> Iterable[Belief]:
        """How often each order came, and what has left."""
        for number, times in self.program.taken.items():
            yield Belief(f"purchase-order:{number}", "taken", str(times))
        for shipment in self._shipped:
            yield Belief(f"shipment:{shipment}", "status", "shipped")
