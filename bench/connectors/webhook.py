"""webhook: a post becomes an item, beside decoding the JSON alone."""

__all__ = ["measure"]

import msgspec

from andon.connectors.webhook import Webhook, WebhookSettings
from andon.core.connector import Arrival, Push
from bench.connectors import Figure, measured

_ITEMS = 100_000


async def measure() -> list[Figure]:
    """Posts that are in memory: what the door itself costs."""
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

    return [await measured("webhook", "push", work=work, bare=bare)]
