"""tryton: orders read by one look, lots made and orders assigned; beside aiohttp alone asking the
same.

Bare asks for the same pages of the same fields, and remembers nothing. What it made it reads back,
as the connector does; only the connector looks first whether it is there already.
"""

__all__ = ["measure"]

import itertools
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import urlencode

import aiohttp
import msgspec

from andon.connectors.tryton import Tryton
from andon.connectors.tryton.asked import Ask, AskLot
from andon.connectors.tryton.changes import Version
from andon.connectors.tryton.rows import LOT_FIELDS, ORDER_FIELDS, PRODUCTION_FIELDS, LotRow, Order
from andon.core.connector import Request
from andon.testing.conformance.trial import settings_of
from bench.connectors import ROUNDS, Figure, measured
from bench.connectors.elsewhere import elsewhere

_ORDERS = 5_000
_CALLS = 40
"""Few: the simulator looks through all it has for a number, where Tryton has an index."""
_PAGE = 200
_SIMULATOR = "andon.connectors.tryton.simulator:TrytonSimulator"


class _Id(msgspec.Struct):
    id: int


async def measure() -> list[Figure]:
    """The simulated system is in a process of its own; one call after the other."""
    async with elsewhere(_SIMULATOR) as system:
        await system.ask("say", _ORDERS)
        figures = [await _read(await system.ask("settings"))]
    async with elsewhere(_SIMULATOR) as system:
        numbers = [name.strip('"') for name in await system.ask("say", 2 * ROUNDS * _CALLS)]
        table = await system.ask("settings")
        figures.append(await _made(table))
        figures.append(await _assigned(table, numbers))
    return figures


async def _read(table: dict[str, Any]) -> Figure:
    tryton = await _opened(table)

    async def work() -> int:
        items: Any = tryton.read("")
        for _ in range(_ORDERS):
            await anext(items)
        await items.aclose()
        return _ORDERS

    async with _Bare(table) as asked:

        async def bare() -> int:
            keys: set[str] = set()
            since = {"__class__": "datetime", "year": 1970, "month": 1, "day": 1}
            while True:
                page = await asked.rows(
                    "production",
                    [["last_modified_at", ">=", since], ["number", "!=", None]],
                    [*PRODUCTION_FIELDS, "_timestamp"],
                    list[msgspec.Raw],
                    o=[["last_modified_at", "ASC"], ["id", "ASC"]],
                    s=_PAGE,
                )
                for raw in page:
                    row = msgspec.json.decode(raw, type=Version)
                    row.last_modified_at.instant()
                    keys.add(f"production/{row.id}/{row.timestamp}")
                if len(page) < _PAGE:
                    return len(keys)
                since = msgspec.json.decode(page[-1])["last_modified_at"]

        figure = await measured("tryton", "read", work=work, bare=bare)
    await tryton.close()
    return figure


async def _made(table: dict[str, Any]) -> Figure:
    tryton = await _opened(table)
    numbers = itertools.count(1)

    async def work() -> int:
        for _ in range(_CALLS):
            lot = f"L{next(numbers)}"
            ask = AskLot(lot=lot, product="FG-WATER")
            await tryton.send(Request(target="stock.lot", body=ask), key=lot)
        return _CALLS

    async with _Bare(table) as asked:

        async def bare() -> int:
            for _ in range(_CALLS):
                lot = f"L{next(numbers)}"
                coded = [["code", "=", "FG-WATER"]]
                (product,) = await asked.rows("product.product", coded, ["id"], list[_Id])
                body = {"number": lot, "product": product.id}
                await asked.post("stock.lot", body)
                named = [["number", "=", lot], ["product.code", "=", "FG-WATER"]]
                order = [["id", "ASC"]]
                (_,) = await asked.rows("stock.lot", named, LOT_FIELDS, list[LotRow], o=order)
            return _CALLS

        figure = await measured("tryton", "send lot", work=work, bare=bare)
    await tryton.close()
    return figure


async def _assigned(table: dict[str, Any], orders: list[str]) -> Figure:
    tryton = await _opened(table)
    numbers = iter(orders)

    async def work() -> int:
        for number in itertools.islice(numbers, _CALLS):
            request = Request(target="production.assign_try", body=Ask(number=number))
            await tryton.send(request, key=number)
        return _CALLS

    async with _Bare(table) as asked:

        async def bare() -> int:
            for number in itertools.islice(numbers, _CALLS):
                named = [["number", "=", number]]
                (row,) = await asked.rows("production", named, ["id"], list[_Id])
                await asked.post(f"production/{row.id}/assign_try", {})
                (order,) = await asked.rows("production", named, ORDER_FIELDS, list[Order])
                assert order.state == "assigned"
            return _CALLS

        figure = await measured("tryton", "send step", work=work, bare=bare)
    await tryton.close()
    return figure


async def _opened(table: dict[str, Any]) -> Tryton:
    tryton = Tryton("erp", settings_of(Tryton, {**table, "timeout": "30 s"}))
    await tryton.open()
    return tryton


class _Bare:
    """What a script asks Tryton with."""

    def __init__(self, table: dict[str, Any]) -> None:
        self._base = f"{table['url']}/model"
        headers = {"authorization": f"Bearer {table['key']}", "content-type": "application/json"}
        self._session = aiohttp.ClientSession(headers=headers)

    async def __aenter__(self) -> "_Bare":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def rows(
        self, model: str, domain: list[Any], fields: Any, shape: Any, *, o: Any = None, s: int = 0
    ) -> Any:
        query = [("d", _packed(domain)), *(("f", field) for field in fields)]
        query += [("o", _packed(o))] if o else []
        query += [("s", f"{s}")] if s else []
        async with self._session.get(f"{self._base}/{model}?{urlencode(query)}") as answer:
            return msgspec.json.decode(await answer.read(), type=shape)

    async def post(self, path: str, body: Any) -> None:
        body = msgspec.json.encode(body)
        async with self._session.post(f"{self._base}/{path}?f=id", data=body) as answer:
            await answer.read()
            assert answer.status == 200


def _packed(value: Any) -> str:
    return urlsafe_b64encode(msgspec.json.encode(value)).decode()
