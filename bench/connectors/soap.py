"""soap: orders read and confirmations posted, beside zeep over aiohttp doing the same calls."""

__all__ = ["measure"]

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from lxml import etree
from zeep import Client, Settings
from zeep.helpers import serialize_object

from andon.connectors.soap import Soap
from andon.core.connector import Request
from andon.testing.conformance.trial import settings_of
from bench.connectors import Figure, measured
from bench.connectors.elsewhere import elsewhere

_POSTINGS = 400
_ROWS = 4_000
_PAGE = 200
_AT_ONCE = 16


async def measure() -> list[Figure]:
    """Both directions on loopback, the simulated service in a process of its own."""
    async with elsewhere("andon.connectors.soap.simulator:ShopService") as shop:
        await shop.ask("say", _ROWS)
        table = await shop.ask("settings")
        feed = {**table["feeds"][0], "size": _PAGE}
        bare = await asyncio.to_thread(_bare, table)
        settings = {**table, "feeds": [feed]}
        return [await _reading(settings, bare), await _sending(settings, bare)]


def _bare(table: dict[str, Any]) -> Client:
    client = Client(
        table["wsdl"].replace("//", "//andon:password-of-the-shop@"), settings=Settings()
    )
    client.transport.session.close()
    return client


def _session(table: dict[str, Any]) -> aiohttp.ClientSession:
    user, password = table["auth"]["user"], table["auth"]["password"]
    return aiohttp.ClientSession(
        headers={
            "authorization": aiohttp.encode_basic_auth(user, password),
            "content-type": "text/xml; charset=utf-8",
        }
    )


async def _called(
    session: aiohttp.ClientSession, client: Client, name: str, arguments: dict[str, Any]
) -> Any:
    """One call by zeep, its HTTP left out."""
    operation = client.service._binding.get(name)
    envelope = client.create_message(client.service, name, **arguments)
    action = {"soapaction": f'"{operation.soapaction}"'}
    address = client.service._binding_options["address"]
    async with session.post(address, data=etree.tostring(envelope), headers=action) as answer:
        body = await answer.read()
        assert answer.status == 200, body
    return serialize_object(operation.process_reply(etree.fromstring(body)))


async def _reading(table: dict[str, Any], client: Client) -> Figure:
    mes = Soap("mes", settings_of(Soap, table))
    await mes.open()

    async def work() -> int:
        count = 0
        async for _ in mes.read(""):
            count += 1
            if count == _ROWS:
                break
        return count

    async with _session(table) as session:

        async def bare() -> int:
            count, page = 0, 1
            while count < _ROWS:
                asked = {"Since": "1970-01-01T00:00:00Z", "Page": page, "Size": _PAGE}
                rows = await _called(session, client, "GetChangedOrders", asked)
                count, page = count + len(rows), page + 1
            return count

        figure = await measured("soap", "read", work=work, bare=bare)
    await mes.close()
    return figure


async def _sending(table: dict[str, Any], client: Client) -> Figure:
    mes = Soap("mes", settings_of(Soap, table))
    await mes.open()
    keys = iter(range(1_000_000))
    body = {"order": "1000001", "good": "4.5", "unit": "PCE"}

    async def one() -> None:
        await mes.send(Request(target="confirmation", body=body), key=f"k{next(keys)}")

    async with _session(table) as session:

        async def plain() -> None:
            good = {"_value_1": "4.5", "unit": "PCE"}
            told = {"ExternalId": f"b{next(keys)}", "Order": "1000001", "Good": good}
            await _called(session, client, "PostConfirmation", told)

        figure = await measured("soap", "send", work=_many(one), bare=_many(plain))
    await mes.close()
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
