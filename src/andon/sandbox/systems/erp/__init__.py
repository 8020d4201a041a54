"""The cloud ERP: orders, book stock, what was promised. It speaks OData 2 as S/4HANA does."""

__all__ = ["Erp"]

from collections.abc import Iterable, Mapping

from aiohttp import web

from andon.connectors.odata.simulated.movement_types import STOCK_TYPES
from andon.connectors.odata.simulator import SapSimulator
from andon.sandbox.system import Belief, HttpSystem
from andon.sandbox.truth import Arrived, Fact
from andon.sandbox.world import World

_STORES = {"A.STORE": "171A", "V.VAN": "171V"}
"""Places whose opening stock is on its books."""


class Erp(HttpSystem):
    """It sees nothing of the floor: it believes what is posted, and its opening stock."""

    name = "erp"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self._sap = SapSimulator(now=self.now)
        self.company = self._sap.company
        """What planners see on their screens, and what they may do there."""
        self.gateway = self._sap.gateway
        """Its sessions, locks and tokens."""

    async def start(self) -> None:
        """Listens; the gateway learns under which address."""
        await super().start()
        self.gateway.settle(self.address)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """One call of OData."""
        return await self.gateway.answer(request)  # pyright: ignore[reportArgumentType] the types of aiohttp

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {
            "COMPANY_ERP_URL": f"{self.address}/sap/opu/odata/sap",
            "COMPANY_ERP_PASSWORD": self.gateway.password,
        }

    def hear(self, fact: Fact) -> None:
        """The opening stock of plant A and of the technicians' van was counted and typed in."""
        if isinstance(fact, Arrived) and fact.because == "opening" and fact.place in _STORES:
            store = _STORES[fact.place]
            self.company.movements.stock_up(fact.material, fact.quantity, fact.lot, store)

    def believes(self) -> Iterable[Belief]:
        """Book stock of each batch at each place, how far each order is, and which revision of
        each item counts."""
        for (material,), row in self.company.books.rows("A_Product").items():
            yield Belief(f"item:{material}", "effective", row["ProductDocumentVersion"])
        for there, amount in self.company.movements.stocks.all():
            place = there.store or there.supplier
            where = f"lot:{there.batch or there.material}@{there.plant}/{place}"
            attribute = STOCK_TYPES[there.stock_type]
            yield Belief(where, attribute, f"{amount.normalize():f}")
        for (number,), row in self.company.books.rows("A_ProductionOrder_2").items():
            done = "Completed" if row["OrderIsTechnicallyCompleted"] else "Open"
            yield Belief(f"order:{number}", "status", done)
