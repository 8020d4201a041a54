"""A small S/4HANA on loopback: for tests, demos and whoever has no system at hand."""

__all__ = ["COUNTERPARTS", "PlantOrders", "Sap", "SapSimulator"]

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from aiohttp import web

from andon.connectors._ports import free_port
from andon.connectors.odata.simulated import Company, Gateway
from andon.connectors.odata.simulated.gateway import SERVICES, TOKENS, V2, V4
from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes


def _now() -> datetime:
    return datetime.now(UTC)


class SapSimulator:
    """One company behind one gateway, all in memory; a new one begins empty."""

    def __init__(
        self,
        *,
        user: str = "ANDON",
        password: str = "simulated",
        now: Callable[[], datetime] = _now,
    ) -> None:
        self.company = Company(now)
        self.gateway = Gateway(self.company, user=user, password=password)
        self.internal = ""
        """Address by which the gateway believes to be reached, as one behind a proxy does."""
        self._runner: web.ServerRunner | None = None
        self._port = 0

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        """The folder of the services of OData 2."""
        return f"{self.address}{V2.rstrip('/')}"

    @property
    def url4(self) -> str:
        """The folder of the service of OData 4."""
        return f"{self.address}{V4.rstrip('/')}"

    @property
    def token_url(self) -> str:
        """Where client credentials become a bearer."""
        return f"{self.address}{TOKENS}"

    def access(self) -> dict[str, str]:
        """Its technical user, as settings say it."""
        return {
            "kind": "basic",
            "user": self.gateway.user,
            "password": self.gateway.password,
        }

    async def start(self, port: int = 0) -> None:
        """Listens on loopback; after `stop` at the same port, with the same books."""
        self._runner = web.ServerRunner(web.Server(self.gateway.answer), shutdown_timeout=0.1)  # pyright: ignore[reportArgumentType] the types of aiohttp
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port or self._port or free_port())
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.gateway.settle(self.internal or self.address)

    async def stop(self) -> None:
        """Lets go of the port; every connection ends."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None


class Sap(Counterpart, Speaks, Takes):
    """The services of OData 2: production orders out, material documents in."""

    name = "sap"
    dedupes: ClassVar[bool] = False

    def __init__(self) -> None:
        self.simulator = SapSimulator()
        self.simulator.company.movements.stock_up("SEAL", 1_000_000, "B1")
        self._order = self.simulator.company.release("PUMP", 1)

    async def start(self) -> None:
        """Listens."""
        await self.simulator.start()

    async def stop(self) -> None:
        """Ends."""
        await self.simulator.stop()

    def settings(self) -> dict[str, Any]:
        """As a plant's file has them."""
        return {
            "url": self.simulator.url,
            "services": list(SERVICES),
            "auth": self.simulator.access(),
            "client": "100",
            "poll_every": 0.05,
            "settles_within": 0.2,
            "feeds": [{"entity_set": "A_ProductionOrder_2", "kind": "order"}],
            "actions": [
                {
                    "target": "POST A_MaterialDocumentHeader",
                    "stamp": "ReferenceDocument",
                    "reference": ["MaterialDocument", "MaterialDocumentYear"],
                },
            ],
        }

    def wrong_access(self) -> dict[str, Any]:
        """A password it does not take."""
        return {**self.settings(), "auth": {**self.simulator.access(), "password": "wrong"}}

    async def say(self, count: int) -> Sequence[str]:
        """Released orders; many share a second."""
        return [self.simulator.company.release("PUMP", n % 9 + 1) for n in range(count)]

    def request(self, effect: str) -> Request:
        """A goods issue to an order."""
        return Request(target="POST A_MaterialDocumentHeader", body=self._issue(effect, Decimal(1)))

    def refused(self) -> Request:
        """A goods issue of more than there is."""
        body = self._issue("too much", Decimal(9_000_000))
        return Request(target="POST A_MaterialDocumentHeader", body=body)

    async def effects(self) -> Sequence[str]:
        """Texts of all material documents."""
        rows = self.simulator.company.books.rows("A_MaterialDocumentHeader").values()
        return [row["MaterialDocumentHeaderText"] for row in rows]

    async def lose_answer(self) -> None:
        """The next posting is done and not answered."""
        self.simulator.gateway.losing += 1

    def _issue(self, text: str, amount: Decimal) -> dict[str, Any]:
        item = {
            "Material": "SEAL",
            "Batch": "B1",
            "GoodsMovementType": "261",
            "ManufacturingOrder": self._order,
            "QuantityInEntryUnit": amount,
            "EntryUnit": "PC",
        }
        return {
            "GoodsMovementCode": "03",
            "MaterialDocumentHeaderText": text,
            "to_MaterialDocumentItem": [item],
        }


class PlantOrders(Counterpart, Speaks):
    """The service of OData 4: production orders by delta links."""

    name = "plant-orders"

    def __init__(self) -> None:
        self.simulator = SapSimulator()
        self.simulator.company.release("VALVE", 1)

    async def start(self) -> None:
        """Listens."""
        await self.simulator.start()

    async def stop(self) -> None:
        """Ends."""
        await self.simulator.stop()

    def settings(self) -> dict[str, Any]:
        """As a plant's file has them."""
        return {
            "url": self.simulator.url4,
            "services": ["plant_orders"],
            "version": 4,
            "auth": self.simulator.access(),
            "poll_every": 0.05,
            "feeds": [{"entity_set": "ProductionOrder", "kind": "order", "follow": "delta"}],
        }

    def wrong_access(self) -> dict[str, Any]:
        """A password it does not take."""
        return {**self.settings(), "auth": {**self.simulator.access(), "password": "wrong"}}

    async def say(self, count: int) -> Sequence[str]:
        """Released orders."""
        return [self.simulator.company.release("VALVE", n % 9 + 1) for n in range(count)]


COUNTERPARTS = (Sap, PlantOrders)
"""What the connector is tried against without any system."""
