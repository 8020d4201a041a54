"""mqtt: a backlog read and messages published, beside aiomqtt alone, over a real mosquitto."""

__all__ = ["measure"]

import asyncio
from datetime import datetime
from typing import Any

import aiomqtt
import msgspec
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from andon.connectors.mqtt import Mqtt
from andon.core.connector import Request
from andon.testing.conformance.trial import settings_of
from bench.connectors import ROUNDS, Figure, measured
from tests.contract.mosquitto import Mosquitto

_ITEMS = 5_000
_SENDS = 3_000
_TOGETHER = 32
_BATCH = 256
_IN_FLIGHT = 500
_FILTER = "acme/+/+/state"


async def measure() -> list[Figure]:
    """MQTT 5 and QoS 1. A reader of each round has a session that waits at the broker with its
    backlog, and acknowledges each message, some together, once it is made. 32 publications on their
    way, as the engine does it."""
    # Without the last, mosquitto holds small answers back, and both sides wait for nothing else.
    more = ("max_queued_messages 0", "max_inflight_messages 0", "set_tcp_nodelay true")
    broker = Mosquitto({"andon": "bench"}, more=more)
    await broker.start()
    try:
        return [await _read(broker), await _sent(broker)]
    finally:
        await broker.stop()


async def _read(broker: Mosquitto) -> Figure:
    ours = [f"ours-{n}" for n in range(ROUNDS)]
    theirs = [f"bare-{n}" for n in range(ROUNDS)]
    for reader in (*ours, *theirs):
        async with _client(broker, reader) as client:
            await client.subscribe(_FILTER, qos=1)
    await _say(broker, _ITEMS)

    async def work() -> int:
        mqtt = _ours(broker, ours.pop())
        await mqtt.open()
        items: Any = mqtt.read("")
        for n in range(1, _ITEMS + 1):
            item = await anext(items)
            if n % _BATCH == 0 or n == _ITEMS:
                await mqtt.committed(item.position or "")
        await items.aclose()
        await mqtt.close()
        return _ITEMS

    async def bare() -> int:
        count = 0
        unacknowledged = list[int]()
        async with _client(broker, theirs.pop()) as client:
            wire: Any = client._client  # the library would acknowledge on arrival
            wire.manual_ack_set(True)
            await client.subscribe(_FILTER, qos=1)
            async for message in client.messages:
                count += bool(_made(message))
                unacknowledged.append(message.mid)
                if count % _BATCH == 0 or count == _ITEMS:
                    for mid in unacknowledged:
                        wire.ack(mid, 1)
                    unacknowledged.clear()
                if count == _ITEMS:
                    break
        return count

    return await measured("mqtt", "read", work=work, bare=bare)


def _made(message: aiomqtt.Message) -> tuple[str, datetime, bytes]:
    topic, payload = message.topic.value, message.payload
    said = msgspec.json.decode(payload)
    key, at = f"machine.state/{said['id']}", datetime.fromisoformat(said["at"])
    _, site, machine, _ = topic.split("/")
    about = {"topic": topic, "places": {"site": site, "machine": machine}}
    about |= {"retained": message.retain}
    return key, at, msgspec.json.encode({**about, "payload": msgspec.Raw(payload)})


async def _sent(broker: Mosquitto) -> Figure:
    async def work() -> int:
        mqtt = _ours(broker, "ours")
        await mqtt.open()

        async def one(n: int) -> None:
            target = "acme/berlin/press-2/set"
            await mqtt.send(Request(target=target, body={"effect": f"e{n}"}), key=f"{n}")

        await _together(one, _SENDS)
        await mqtt.close()
        return _SENDS

    async def bare() -> int:
        async with _client(broker, "bare", keeps=False) as client:

            async def one(n: int) -> None:
                known = Properties(PacketTypes.PUBLISH)
                known.UserProperty = [("andon-key", f"{n}")]
                body = msgspec.json.encode({"effect": f"e{n}"})
                await client.publish("acme/berlin/press-2/set", body, qos=1, properties=known)

            await _together(one, _SENDS)
        return _SENDS

    return await measured("mqtt", "send", work=work, bare=bare)


async def _say(broker: Mosquitto, count: int) -> None:
    async with _client(broker, "press-2", keeps=False) as machine:

        async def one(n: int) -> None:
            body = {"id": f"e{n}", "state": "Executing", "at": "2026-11-23T12:00:00Z"}
            await machine.publish("acme/berlin/press-2/state", msgspec.json.encode(body), qos=1)

        await _together(one, count)


async def _together(one: Any, count: int) -> None:
    for start in range(0, count, _TOGETHER):
        await asyncio.gather(*(one(n) for n in range(start, min(start + _TOGETHER, count))))


def _ours(broker: Mosquitto, identity: str) -> Mqtt:
    state = {"template": "acme/{site}/{machine}/state", "key": "/id", "at": "/at"}
    table = {
        "url": f"mqtt://127.0.0.1:{broker.port}",
        "username": "andon",
        "password": "bench",
        "client_id": identity,
        "timeout": "30 s",
        "in_flight": _IN_FLIGHT,
        "topics": {"machine.state": state},
    }
    return Mqtt("line", settings_of(Mqtt, table))


def _client(broker: Mosquitto, identity: str, *, keeps: bool = True) -> aiomqtt.Client:
    """Whether the broker keeps what it missed."""
    session = Properties(PacketTypes.CONNECT)
    session.ReceiveMaximum = _IN_FLIGHT
    session.SessionExpiryInterval = 3600 if keeps else 0
    client = aiomqtt.Client(
        "127.0.0.1",
        broker.port,
        username="andon",
        password="bench",
        identifier=identity,
        protocol=aiomqtt.ProtocolVersion.V5,
        clean_start=not keeps,
        timeout=30,
        properties=session,
    )
    client.pending_calls_threshold = _TOGETHER  # the library warns of more than ten
    return client
