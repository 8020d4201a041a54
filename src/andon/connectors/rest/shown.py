"""A shop to look around in: orders by time of change, receipts made once per key."""

__all__ = ["Shown"]

from collections.abc import Sequence

from andon.connectors.rest.simulated import JsonSystem
from andon.core.counterpart import Shows

_TOKEN = "token-of-the-shop"


class Shown(Shows):
    """At a port."""

    def __init__(self) -> None:
        self._shop = JsonSystem()

    async def start(self, place: str) -> Sequence[str]:
        """Two orders are there when it begins."""
        self._shop.accepts = lambda request: (
            request.headers.get("authorization") == f"Bearer {_TOKEN}"
        )
        for order in ("1001", "1002"):
            self._shop.change({"id": order, "item": "PUMP", "qty": "5"})
        await self._shop.start(int(place))
        return [
            f"url {self._shop.url}, token {_TOKEN}",
            "GET /rows?since=...&offset=...&limit=... lists orders 1001 and 1002",
            "POST /documents takes receipts, GET /documents?external_id=... finds them",
        ]

    async def effects(self) -> Sequence[str]:
        """The receipts."""
        return [f"a receipt of order {name}" for name in self._shop.done]
