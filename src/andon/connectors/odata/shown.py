"""An S/4HANA to look around in: released orders, seals in stock, postings taken."""

__all__ = ["Shown"]

from collections.abc import Sequence

from andon.connectors.odata.simulator import SapSimulator
from andon.core.counterpart import Shows


class Shown(Shows):
    """At a port."""

    def __init__(self) -> None:
        self._sap = SapSimulator()

    async def start(self, place: str) -> Sequence[str]:
        """Three orders are released when it begins."""
        company, gateway = self._sap.company, self._sap.gateway
        for batch in ("B1", "B2"):
            company.movements.stock_up("SEAL", 500, batch)
        company.movements.stock_up("HOUSING", 500)
        orders = [company.release("PUMP", amount) for amount in (5, 10, 20)]
        await self._sap.start(int(place))
        return [
            f"url {self._sap.url}",
            f"user {gateway.user}, password {gateway.password}, client {gateway.client}",
            f"released: {', '.join(orders)}",
        ]

    async def effects(self) -> Sequence[str]:
        """What was confirmed and moved."""
        books = self._sap.company.books
        return [
            *(
                f"a confirmation of order {row['OrderID']}, operation {row['OrderOperation']}"
                for row in books.rows("ProdnOrdConf2").values()
            ),
            *(
                f"material document {row['MaterialDocument']}"
                for row in books.rows("A_MaterialDocumentHeader").values()
            ),
        ]
