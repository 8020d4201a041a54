"""Lots in Tryton: found by number and product, since the number alone is not unique."""

__all__ = ["LotBook"]

from collections.abc import Iterable, Mapping

import msgspec

from andon.connectors.tryton.asked import AskLot
from andon.connectors.tryton.rows import LOT_FIELDS, LotRow
from andon.connectors.tryton.speech import Speech
from andon.core.connector import Receipt, Request
from andon.core.errors import RejectedError


class _Id(msgspec.Struct, frozen=True):
    id: int


class LotBook:
    """Looks lots up and makes them."""

    targets = ("stock.lot",)

    def __init__(self, speech: Speech) -> None:
        self._speech = speech

    async def find(self, request: Request) -> Receipt | None:
        """The lot asked for, if it is there."""
        ask: AskLot = request.body
        found = await self._search(ask.lot, ask.product)
        return None if not found else Receipt(reference=ask.lot, body={"id": found[0].id})

    async def act(self, request: Request) -> None:
        """Makes the lot."""
        ask: AskLot = request.body
        domain = [["code", "=", ask.product]]
        products = await self._speech.search("product.product", domain, list[_Id], ["id"])
        if len(products) != 1:
            count = len(products) or "no"
            raise RejectedError(f"Tryton has {count} products with the code {ask.product}.")
        body = {"number": ask.lot, "product": products[0].id}
        await self._speech.effect("POST", "stock.lot", body)

    async def all_of(self, wanted: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], LotRow]:
        """The lots by number and product code; refuses a missing one."""
        found: dict[tuple[str, str], LotRow] = {}
        for lot, product in dict.fromkeys(wanted):
            rows = await self._search(lot, product)
            if not rows:
                raise RejectedError(
                    f"Tryton has no lot {lot} of {product}. Receive it there first, then try again."
                )
            found[lot, product] = rows[0]
        return found

    async def _search(self, lot: str, product: str) -> list[LotRow]:
        # Oldest first: if two were made by mistake, everybody keeps using the first.
        return await self._speech.search(
            "stock.lot",
            [["number", "=", lot], ["product.code", "=", product]],
            list[LotRow],
            LOT_FIELDS,
            order=[["id", "ASC"]],
        )
