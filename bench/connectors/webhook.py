"""webhook: a post becomes an item, beside decoding the JSON alone; a signed post of ours, beside
aiohttp posting what `hmac` signed."""

__all__ = ["measure"]

import asyncio
import hashlib
import hmac
import itertools
import time
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import msgspec

from andon.connectors.webhook import Webhook, WebhookSettings
from andon.core.connector import Arrival, Push, Request
from andon.testing.conformance.trial import settings_of
from bench.connectors import Figure, Work, measured
from bench.connectors.elsewhere import elsewhere

_ITEMS = 100_000
_POSTS = 2_000
_AT_ONCE = 16


async def measure() -> list[Figure]:
    """Posts that are in memory: what the door itself costs. The receiver of ours is in a process of
    its own, proves each post, and takes 16 at once."""
    async with elsewhere("andon.connectors.webhook.simulator:Receiver") as receiver:
        return [await _pushed(), await _sent(await receiver.ask("settings"))]


async def _pushed() -> Figure:
    webhook = Webhook("mes", WebhookSettings())
    (door,) = webhook.doors()
    assert isinstance(door, Push)
    headers = {"content-type": "application/json", "host": "x", "authorization": "Bearer key"}
    posts = [
        Arrival({}, {}, headers, b'{"id":"%d","order":{"number":"1001","sequence":3},"qty":5}' % n)
        for n in range(_ITEMS)
    ]

    async def work() -> int:
        return sum(len(door.items(post)) for post in posts)

    async def bare() -> int:
        decode = msgspec.json.Decoder().decode
        return sum(1 for post in posts if decode(post.body)["id"])

    return await measured("webhook", "push", work=work, bare=bare)


async def _sent(table: dict[str, Any]) -> Figure:
    webhook = Webhook("floor", settings_of(Webhook, table))
    await webhook.open()
    numbers = itertools.count(1)
    secret = b64decode(table["sign"]["secrets"][0].removeprefix("whsec_"))

    async def one() -> None:
        key = f"k{next(numbers)}"
        await webhook.send(Request(target="fact", body={"name": key}), key=key)

    async with aiohttp.ClientSession() as session:

        async def other() -> None:
            key, at = f"k{next(numbers)}", f"{int(time.time())}"
            body = msgspec.json.encode({"name": key})
            proof = hmac.new(secret, f"{key}.{at}.".encode() + body, hashlib.sha256).digest()
            headers = {
                "content-type": "application/json",
                "webhook-id": key,
                "webhook-timestamp": at,
                "webhook-signature": f"v1,{b64encode(proof).decode()}",
            }
            async with session.post(table["url"], data=body, headers=headers) as answer:
                await answer.read()
                assert answer.status == 202

        figure = await measured("webhook", "send", work=_many(one), bare=_many(other))
    await webhook.close()
    return figure


def _many(one: Callable[[], Awaitable[None]]) -> Work:
    """So many posts, some at once."""

    async def work() -> int:
        left = iter(range(_POSTS))

        async def lane() -> None:
            for _ in left:
                await one()

        await asyncio.gather(*(lane() for _ in range(_AT_ONCE)))
        return _POSTS

    return work
