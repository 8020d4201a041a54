"""amqp: a queue read and written, beside aiormq alone doing the same, over a real RabbitMQ."""

__all__ = ["measure"]

import asyncio
from typing import Any

import aiormq
import msgspec

from andon.connectors.amqp import Amqp
from andon.connectors.amqp.simulator import Rabbit
from andon.core.connector import Request
from andon.testing.conformance.trial import settings_of
from bench.connectors import ROUNDS, Figure, measured

_ITEMS = 5_000
_SENDS = 1_500
_TOGETHER = 32
_BATCH = 256


async def measure() -> list[Figure]:
    """Durable quorum queues; each message is confirmed, each batch acknowledged at once. 32 sends
    on their way, as the engine does it. Past the wire of the simulator."""
    broker = Rabbit()
    await broker.start()
    try:
        return [await _read(broker), await _sent(broker)]
    finally:
        await broker.stop()
        broker.node().remove()


def _ours(broker: Rabbit) -> Amqp:
    there = [f"amqp://127.0.0.1:{broker.node().port}"]
    return Amqp("bench", settings_of(Amqp, {**broker.settings(), "servers": there}))


async def _read(broker: Rabbit) -> Figure:
    await broker.say(2 * ROUNDS * _ITEMS)  # each side of each round takes its part away

    async def work() -> int:
        amqp = _ours(broker)
        await amqp.open()
        items = amqp.read("")
        for n in range(1, _ITEMS + 1):
            item = await anext(items)
            if n % _BATCH == 0 or n == _ITEMS:
                await amqp.committed(item.position or "")
        await items.aclose()
        await amqp.close()
        return _ITEMS

    async def bare() -> int:
        connection = await broker.plant()
        channel = await connection.channel()
        await channel.basic_qos(prefetch_count=1000)
        came: asyncio.Queue[Any] = asyncio.Queue()
        await channel.basic_consume("states", came.put)
        keys = list[str]()
        for n in range(1, _ITEMS + 1):
            message = await came.get()
            keys.append(f"machine.state/{msgspec.json.decode(message.body)['id']}")
            about = {"routing_key": message.routing_key, "exchange": message.exchange}
            msgspec.json.encode({**about, "payload": msgspec.Raw(message.body)})
            if n % _BATCH == 0 or n == _ITEMS:
                await channel.basic_ack(message.delivery_tag, multiple=True)
        await connection.close()
        return _ITEMS

    return await measured("amqp", "read", work=work, bare=bare)


async def _sent(broker: Rabbit) -> Figure:
    async def work() -> int:
        amqp = _ours(broker)
        await amqp.open()

        async def one(n: int) -> None:
            target = "acme/acme.berlin.press-2.set"
            await amqp.send(Request(target=target, body={"effect": f"e{n}"}), key=f"{n}")

        await _together(one)
        await amqp.close()
        return _SENDS

    async def bare() -> int:
        connection = await broker.plant()
        channel = await connection.channel()

        async def one(n: int) -> None:
            await channel.basic_publish(
                msgspec.json.encode({"effect": f"e{n}"}),
                exchange="acme",
                routing_key="acme.berlin.press-2.set",
                properties=aiormq.spec.Basic.Properties(delivery_mode=2, message_id=f"{n}"),
                mandatory=True,
            )

        await _together(one)
        await connection.close()
        return _SENDS

    return await measured("amqp", "send", work=work, bare=bare)


async def _together(one: Any) -> None:
    for start in range(0, _SENDS, _TOGETHER):
        await asyncio.gather(*(one(n) for n in range(start, min(start + _TOGETHER, _SENDS))))
