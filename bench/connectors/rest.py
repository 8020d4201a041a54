"""rest: documents made and rows read, beside aiohttp doing the same calls."""

__all__ = ["measure"]

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import Any

import aiohttp
import msgspec

from andon.connectors.rest import Rest
from andon.core.connector import Request
from andon.testing.conformance.trial import settings_of
from bench.connectors import Figure, measured
from bench.connectors.elsewhere import elsewhere

_DOCUMENTS = 2_000
_ROWS = 20_000
_AT_ONCE = 16
_SIMULATOR = "andon.connectors.rest.simulator"


class _Page(msgspec.Struct):
    changes: list[msgspec.Raw]
    next: int


async def measure() -> list[Figure]:
    """Both directions on loopback, the simulated system in a process of its own."""
    async with elsewhere(f"{_SIMULATOR}:Documents") as documents:
        sending = await _sending(await documents.ask("settings"))
    async with elsewhere(f"{_SIMULATOR}:Journal") as journal:
        await journal.ask("say", _ROWS)
        reading = await _reading(await journal.ask("settings"))
    return [sending, reading]


async def _sending(table: dict[str, Any]) -> Figure:
    rest = Rest("shop", settings_of(Rest, table))
    await rest.open()
    keys = iter(range(1_000_000))

    async def one() -> None:
        key = f"k{next(keys)}"
        await rest.send(Request(target="POST /documents", body={"name": key}), key=key)

    headers = {"authorization": f"Bearer {table['token']}", "content-type": "application/json"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def bare() -> None:
            key = f"k{next(keys)}"
            body = msgspec.json.encode({"name": key})
            where = f"{table['url']}/documents"
            async with session.post(where, data=body, headers={"idempotency-key": key}) as answer:
                msgspec.json.decode(await answer.read())

        figure = await measured("rest", "send", work=_many(one), bare=_many(bare))
    await rest.close()
    return figure


def _many(one: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[int]]:
    """So many calls, some at once."""

    async def work() -> int:
        left = iter(range(_DOCUMENTS))

        async def lane() -> None:
            for _ in left:
                await one()

        await asyncio.gather(*(lane() for _ in range(_AT_ONCE)))
        return _DOCUMENTS

    return work


async def _reading(table: dict[str, Any]) -> Figure:
    rest = Rest("shop", settings_of(Rest, table))
    await rest.open()

    async def work() -> int:
        count = 0
        items = rest.read("")
        async for _ in items:
            count += 1
            if count == _ROWS:
                break
        return count

    headers = {"x-api-key": table["auth"]["key"]}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def bare() -> int:
            after, count = 0, 0
            keys: list[str] = []
            while count < _ROWS:
                async with session.get(f"{table['url']}/changes?after={after}") as answer:
                    page = msgspec.json.decode(await answer.read(), type=_Page)
                for raw in page.changes:  # a state is known by its row's name and content
                    row = msgspec.json.decode(raw)
                    keys.append(f"row/{row['id']}/{blake2b(raw, digest_size=16).hexdigest()}")
                count, after = count + len(page.changes), page.next
            return count

        figure = await measured("rest", "read", work=work, bare=bare)
    await rest.close()
    return figure
