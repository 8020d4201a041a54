"""The terminal on the dock: a clerk scans what came, and closes the count of a shipment."""

__all__ = ["Counted", "Receiving"]

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec
from aiohttp import web

from andon.sandbox.outbox import Outbox
from andon.sandbox.system import Belief, PostingSystem
from andon.sandbox.world import World


class Counted(msgspec.Struct, frozen=True):
    """One lot, by the line of the purchase order that the clerk chose."""

    line: str
    item: str
    lot: str
    quantity: Decimal
    """What is taken."""
    damaged: Decimal = Decimal(0)
    """What goes back with the driver."""


class Receiving(PostingSystem):
    """It knows nothing but what is scanned; it posts each closed count, and sometimes twice."""

    name = "receiving"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.outbox = Outbox(f"{andon}/in/receiving/events", world.chance("receiving/secret"))
        self.counts: dict[tuple[str, str], Sequence[Counted]] = {}
        """(purchase order, shipment) -> what came."""

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {"COMPANY_RECEIVING_SECRET": self.outbox.secret}

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Nobody can ask it anything."""
        return web.json_response({"detail": f"no {request.path} here"}, status=404)

    def close(self, order: str, shipment: str, counted: Sequence[Counted]) -> None:
        """The clerk has scanned the last lot of a shipment."""
        self.counts[order, shipment] = counted
        body: dict[str, object] = {
            "id": f"count-{len(self.counts)}",
            "order": order,
            "shipment": shipment,
            "at": self.world.now(),
            "lots": counted,
        }
        self.outbox.say("shipment.counted", body)

    def believes(self) -> Iterable[Belief]:
        """What came of each lot."""
        for counted in self.counts.values():
            for one in counted:
                yield Belief(f"lot:{one.lot}", "came", f"{one.quantity.normalize():f}")
