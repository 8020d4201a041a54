"""nats: a stream read and written, beside nats-py alone doing the same, over a real nats-server."""

__all__ = ["measure"]

import asyncio
from typing import Any, cast

import msgspec
from nats.aio.client import Client
from nats.js import JetStreamContext

from andon.connectors.nats import Nats
from andon.connectors.nats.simulator import NatsServer
from andon.testing.conformance.trial import settings_of
from bench.connectors import Figure, measured

_ITEMS = 20_000
_SENDS = 3_000
_TOGETHER = 32
_BATCH = 256


async def measure() -> list[Figure]:
    """Each message is acknowledged; what is sent has an answer each, 32 at once, as the engine
    does it. Past the wire of the simulator."""
    server = NatsServer()
    await server.start()
    try:
        await server.say(_ITEMS)
        return [await _read(server), await _sent(server)]
    finally:
        await server.stop()


def _ours(server: NatsServer) -> Nats:
    there = [f"nats://127.0.0.1:{server.port}"]
    return Nats("bench", settings_of(Nats, {**server.settings(), "servers": there}))


async def _theirs(server: NatsServer) -> tuple[Client, Any]:
    client = await server.plant()
    return client, cast("Any", JetStreamContext(client))


async def _read(server: NatsServer) -> Figure:
    async def work() -> int:
        nats = _ours(server)
        await nats.open()
        items = nats.read("")
        for n in range(1, _ITEMS + 1):
            item = await anext(items)
            if n % _BATCH == 0:
                await nats.committed(item.position or "")
        await items.aclose()
        await nats.close()
        return _ITEMS

    async def bare() -> int:
        client, streams = await _theirs(server)
        taken = await streams.pull_subscribe("acme.*.*.state", "bare", "MACHINES")
        count, keys = 0, list[str]()
        while count < _ITEMS:
            for message in await taken.fetch(_BATCH):
                keys.append(f"machine.state/{msgspec.json.decode(message.data)['id']}")
                about = {"subject": message.subject, "seq": message.metadata.sequence.stream}
                msgspec.json.encode({**about, "payload": msgspec.Raw(message.data)})
                await message.ack()
                count += 1
        await streams.delete_consumer("MACHINES", "bare")
        await client.close()
        return count

    return await measured("nats", "read", work=work, bare=bare)


async def _sent(server: NatsServer) -> Figure:
    rounds = iter(range(1000))

    async def work() -> int:
        nats, number = _ours(server), next(rounds)
        await nats.open()

        async def one(n: int) -> None:
            await nats.send(server.request(f"e{n}"), key=f"ours-{number}-{n}")

        await _together(one)
        await nats.close()
        return _SENDS

    async def bare() -> int:
        (client, streams), number = await _theirs(server), next(rounds)

        async def one(n: int) -> None:
            body = msgspec.json.encode({"effect": f"e{n}"})
            known = {"Nats-Msg-Id": f"bare-{number}-{n}"}
            await streams.publish("acme.berlin.press-2.set", body, headers=known)

        await _together(one)
        await client.close()
        return _SENDS

    return await measured("nats", "send", work=work, bare=bare)


async def _together(one: Any) -> None:
    for start in range(0, _SENDS, _TOGETHER):
        await asyncio.gather(*(one(n) for n in range(start, min(start + _TOGETHER, _SENDS))))
