"""sparkplug: metrics through the filter, and by broker; beside a plain script on protobuf.

The script does the same job as whoever needs it once would write it: it decodes a message by
protobuf, looks the name of each metric up by its alias, compares the value with the last one it
told, and makes a line of JSON of what is news. It notices no lost message, believes every clock and
data type, looks at no quality, and knows no death and no second device. The design asks for 10,000
metrics a second on one core.
"""

__all__ = ["measure"]

import itertools
import time
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

import aiomqtt
import msgspec

from andon.connectors._broker import Broker
from andon.connectors.sparkplug import Sparkplug, SparkplugSettings, Watch
from andon.connectors.sparkplug.addresses import spoken
from andon.connectors.sparkplug.device import Moment
from andon.connectors.sparkplug.host import Host
from andon.connectors.sparkplug.items import item_of
from andon.connectors.sparkplug.news import interest_of
from andon.connectors.sparkplug.payloads import read_payload
from andon.connectors.sparkplug.said import Change
from andon.connectors.sparkplug.schema import new_payload
from andon.connectors.sparkplug.simulated import EdgeNode, Point
from andon.core.connector import Request, SecretStr
from bench.connectors import Figure, measured

_METRICS = 1_000
_TOGETHER = 10
"""Metrics in one message."""
_ROUNDS = 100
"""Of data after one birth, in which everything is news: then one metric in 72 is."""
_NEWS_EVERY = 200
"""Of the metrics, one in so many says something new; the design expects one in 160."""
_COMMANDS = 300
_WATCHES = {
    "state": Watch(metric="State/*"),
    "temperature": Watch(metric="Temp/*", deadband=1.0),
}

Message = tuple[str, bytes]


async def measure() -> list[Figure]:
    """A node of 1,000 metrics, all of them watched, ten to a message."""
    return [await _filtering(1), await _filtering(_TOGETHER), await _reading(), await _sending()]


def _recorded(together: int) -> tuple[list[Message], list[Message]]:
    """Births, and rounds of data in which few metrics change."""
    out: list[Message] = []
    node = _node(lambda topic, payload: out.append((topic, payload)))
    node.connect()
    births = list(out)
    out.clear()
    _talk(node, together)
    return births, out


def _node(publish: object) -> EdgeNode:
    points = {f"State/{n}": Point("Int32", 1) for n in range(_METRICS // 2)}
    points |= {f"Temp/{n}": Point("Float", 20.0) for n in range(_METRICS // 2)}
    return EdgeNode(publish, "Plant1", "edge1", {"line1": points})  # type: ignore[arg-type]


def _talk(node: EdgeNode, together: int) -> int:
    names = [*node.devices["line1"]]
    count = itertools.count()
    for turn in range(_ROUNDS):
        for start in range(0, _METRICS, together):
            node.report("line1", dict(_said(names[start : start + together], turn, count)))
    return _ROUNDS * _METRICS


def _said(names: Iterable[str], turn: int, count: "itertools.count[int]") -> Iterable[tuple]:
    for name in names:
        news = next(count) % _NEWS_EVERY == 0
        if name.startswith("State"):
            yield name, turn + 2 if news else 1
        else:
            yield name, 20.0 + (turn + 2.0 if news else turn % 7 / 10)


async def _filtering(together: int) -> Figure:
    births, messages = _recorded(together)

    async def work() -> int:
        host = Host(interest_of(_WATCHES), reorder_within=2, answers_within=5)
        moment = Moment(0.0, round(time.time() * 1000))
        items = 0
        for topic, data in [*births, *messages]:
            payload = read_payload(data, largest=1 << 20)
            for one in host.heard(spoken(topic), payload, moment):  # type: ignore[arg-type]
                if isinstance(one, Change):
                    item_of(one, "presence")
                    items += 1
        assert _METRICS < items < _METRICS * _ROUNDS / 10, items
        return _METRICS * (_ROUNDS + 1)

    async def bare() -> int:
        script = _Script()
        for topic, data in [*births, *messages]:
            script.heard(topic, data)
        assert _METRICS < script.told < _METRICS * _ROUNDS / 10, script.told
        return _METRICS * (_ROUNDS + 1)

    return await measured("sparkplug", f"filter, {together} a message", work=work, bare=bare)


async def _reading() -> Figure:
    """From a broker in this process, which shares the core."""
    broker = Broker(username="andon", password="bench")
    node = _node(lambda topic, payload: broker.publish(topic, payload, most=0))
    broker.took = node.took
    await broker.start()
    node.connect()

    async def work() -> int:
        settings = _settings(broker, metrics=_WATCHES, waiting=1_000_000, nodes=["Plant1/edge1"])
        sparkplug = Sparkplug("line", settings)
        reading = sparkplug.read("")
        for _ in range(_METRICS):
            await anext(reading)
        count = _talk(node, _TOGETHER)
        node.report("line1", {"State/0": -1})
        while b'"value":-1' not in (await anext(reading)).raw:
            pass
        await reading.aclose()  # type: ignore[attr-defined]
        await sparkplug.close()
        return count + _METRICS

    async def bare() -> int:
        async with aiomqtt.Client(
            "127.0.0.1", broker.port, username="andon", password="bench",
            protocol=aiomqtt.ProtocolVersion.V311,
        ) as client:  # fmt: skip
            await client.subscribe("spBv1.0/Plant1/#")
            node.connect()
            count = _talk(node, _TOGETHER)
            node.report("line1", {"State/0": -1})
            expected = 2 + _ROUNDS * _METRICS // _TOGETHER + 1
            script = _Script()
            async for message in client.messages:
                script.heard(str(message.topic), message.payload)
                expected -= 1
                if not expected:
                    return count + _METRICS
        raise AssertionError("the broker went away")

    try:
        return await measured("sparkplug", "read by broker", work=work, bare=bare)
    finally:
        await broker.stop()


async def _sending() -> Figure:
    """Commands with their echo, one after the other; the bare library publishes and hears it."""
    broker = Broker(username="andon", password="bench")
    node = EdgeNode(
        lambda topic, payload: broker.publish(topic, payload, most=0),
        "Plant1",
        "edge1",
        {"line1": {"Recipe": Point("Int32", 0)}},
    )
    broker.took = node.took
    await broker.start()
    node.connect()
    numbers = itertools.count(1)

    async def work() -> int:
        sparkplug = Sparkplug("line", _settings(broker))
        for _ in range(_COMMANDS):
            body = {"metrics": {"Recipe": next(numbers)}}
            await sparkplug.send(Request(target="Plant1/edge1/line1", body=body), key="")
        await sparkplug.close()
        return _COMMANDS

    async def bare() -> int:
        async with aiomqtt.Client(
            "127.0.0.1", broker.port, username="andon", password="bench",
            protocol=aiomqtt.ProtocolVersion.V311,
        ) as client:  # fmt: skip
            await client.subscribe("spBv1.0/Plant1/DDATA/#")
            for _ in range(_COMMANDS):
                await client.publish("spBv1.0/Plant1/DCMD/edge1/line1", _command(next(numbers)))
                async for _message in client.messages:
                    break
        return _COMMANDS

    try:
        return await measured("sparkplug", "send", work=work, bare=bare)
    finally:
        await broker.stop()


class _Script:
    """Watches one device: alias -> name, deadband, and the value told last."""

    def __init__(self) -> None:
        self._known: dict[int, list[Any]] = {}
        self.told = 0

    def heard(self, topic: str, data: Any) -> None:
        payload = new_payload()
        payload.ParseFromString(data)
        if "BIRTH/" in topic:
            for metric in payload.metrics:
                for watch in _WATCHES.values():
                    if fnmatchcase(str(metric.name), watch.metric):
                        self._known[metric.alias] = [metric.name, watch.deadband, None]
        for metric in payload.metrics:
            known = self._known.get(metric.alias)
            if known is None:
                continue
            name, band, last = known
            field = metric.WhichOneof("value")
            value = getattr(metric, field) if field else None
            if value == last or (band and last is not None and abs(value - last) <= band):
                continue
            known[2] = value
            at = metric.timestamp or payload.timestamp
            msgspec.json.encode({"topic": topic, "metric": name, "value": value, "at": at})
            self.told += 1


def _command(value: int) -> bytes:
    payload = new_payload()
    metric = payload.metrics.add()
    metric.name, metric.datatype, metric.int_value = "Recipe", 3, value
    return payload.SerializeToString()


def _settings(broker: Broker, **more: object) -> SparkplugSettings:
    return SparkplugSettings(
        url=f"mqtt://127.0.0.1:{broker.port}",
        username="andon",
        password=SecretStr("bench"),
        version="3.1.1",
        **more,  # type: ignore[arg-type]
    )
