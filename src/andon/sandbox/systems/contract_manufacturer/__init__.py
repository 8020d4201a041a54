"""A contract manufacturer: it makes something of what we provide, reads its orders at Andon's API
with a key of its own, and posts how far it is."""

__all__ = ["WORKSHOP", "ContractManufacturer"]

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from decimal import Decimal

from andon.sandbox.outbox import Outbox
from andon.sandbox.system import Belief
from andon.sandbox.systems.supplier_portal.seller import Seller
from andon.sandbox.world import World

WORKSHOP = "C.WORKSHOP"
"""Where it keeps what is provided."""


class ContractManufacturer(Seller):
    """It believes what its people have taken in. A shaft that it has plated is another item to it
    as to us, under a lot number of its own."""

    name = "contract-manufacturer"
    number = "17300004"
    party = f"party/company:{number}"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.outbox = Outbox(
            f"{andon}/in/contract-manufacturer/events",
            world.chance("contract-manufacturer/secret"),
        )
        self._posting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Works, and posts what it has to say."""
        await super().start()
        self._posting = asyncio.create_task(self.outbox.post())

    async def stop(self) -> None:
        """Ends both; what was not taken is said again."""
        if self._posting is not None:
            self._posting.cancel()
            with suppress(asyncio.CancelledError):
                await self._posting
        await super().stop()

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {"COMPANY_CONTRACT_MANUFACTURER_SECRET": self.outbox.secret}

    def believes(self) -> Iterable[Belief]:
        """What it has of ours."""
        yield from super().believes()
        for lot, amount in self.world.truth.at(WORKSHOP):
            yield Belief(f"lot:{lot.lot}@{self.name}", "provided", _text(amount))


def _text(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
