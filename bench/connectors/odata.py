"""odata: orders read and goods issues posted, beside aiohttp doing the same calls."""

__all__ = ["measure"]

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import aiohttp
import msgspec

from andon.connectors.odata import OData
from andon.core.connector import Request
from andon.testing.conformance.trial import settings_of
from bench.connectors import Figure, measured
from bench.connectors.elsewhere import elsewhere

_POSTINGS = 500
_ROWS = 4_000
_PAGE = 1_000
_AT_ONCE = 16
_ORDER = "1000001"
_LINE = {
    "Material": "SEAL",
    "Batch": "B1",
    "GoodsMovementType": "261",
    "ManufacturingOrder": _ORDER,
    "EntryUnit": "PC",
}


async def measure() -> list[Figure]:
    """Both directions on loopback, the simulated S/4HANA in a process of its own."""
    async with elsewhere("andon.connectors.odata.simulator:Sap") as sap:
        await sap.ask("say", _ROWS - 1)
        table = {**await sap.ask("settings"), "page_size": _PAGE}
        return [await _reading(table), await _sending(table)]


def _session(table: dict[str, Any]) -> aiohttp.ClientSession:
    user, password = table["auth"]["user"], table["auth"]["password"]
    return aiohttp.ClientSession(
        headers={
            "authorization": aiohttp.encode_basic_auth(user, password),
            "accept": "application/json",
            "content-type": "application/json",
        },
        cookie_jar=aiohttp.CookieJar(unsafe=True),
    )


async def _reading(table: dict[str, Any]) -> Figure:
    erp = OData("erp", settings_of(OData, table))
    await erp.open()
    url = f"{table['url']}/API_PRODUCTION_ORDER_2_SRV/A_ProductionOrder_2"

    async def work() -> int:
        count = 0
        async for _ in erp.read(""):
            count += 1
            if count == _ROWS:
                break
        return count

    async with _session(table) as session:

        async def bare() -> int:
            count = 0
            order = "LastChangeDateTime asc,ManufacturingOrder asc"
            while count < _ROWS:
                asked = {"$orderby": order, "$top": str(_PAGE), "$skip": str(count)}
                async with session.get(url, params=asked) as answer:
                    page = msgspec.json.decode(await answer.read())
                count += len(page["d"]["results"])
            return count

        figure = await measured("odata", "read", work=work, bare=bare)
    await erp.close()
    return figure


async def _sending(table: dict[str, Any]) -> Figure:
    erp = OData("erp", settings_of(OData, table))
    await erp.open()
    keys = iter(range(1_000_000))
    service = f"{table['url']}/API_MATERIAL_DOCUMENT_SRV"

    async def one() -> None:
        line = {**_LINE, "QuantityInEntryUnit": Decimal(1)}
        body = {"GoodsMovementCode": "03", "to_MaterialDocumentItem": [line]}
        request = Request(target="POST A_MaterialDocumentHeader", body=body)
        await erp.send(request, key=f"k{next(keys)}")

    async with _session(table) as session:
        async with session.get(f"{service}/", headers={"x-csrf-token": "Fetch"}) as answer:
            token = {"x-csrf-token": answer.headers["x-csrf-token"]}

        async def bare() -> None:
            line = {**_LINE, "QuantityInEntryUnit": "1"}
            data = {
                "GoodsMovementCode": "03",
                "ReferenceDocument": f"B{next(keys)}",
                "to_MaterialDocumentItem": [line],
            }
            body = msgspec.json.encode(data)
            where = f"{service}/A_MaterialDocumentHeader"
            async with session.post(where, data=body, headers=token) as answer:
                msgspec.json.decode(await answer.read())
                assert answer.status == 201, await answer.text()

        figure = await measured("odata", "send", work=_many(one), bare=_many(bare))
    await erp.close()
    return figure


def _many(one: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[int]]:
    """So many calls, some at once."""

    async def work() -> int:
        left = iter(range(_POSTINGS))

        async def lane() -> None:
            for _ in left:
                await one()

        await asyncio.gather(*(lane() for _ in range(_AT_ONCE)))
        return _POSTINGS

    return work
