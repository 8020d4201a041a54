"""opcua: a history read, changes told, writes and calls proven; beside bare asyncua on the same
server."""

__all__ = ["measure"]

import asyncio
import itertools
import logging
from typing import Any

import msgspec

from andon.connectors.opcua import OpcUa
from andon.connectors.opcua.library import Client, ua
from andon.connectors.opcua.simulator import Press
from andon.connectors.opcua.values import plain
from andon.core.connector import Request
from andon.testing.conformance.trial import settings_of
from bench.connectors import Figure, measured
from bench.connectors.elsewhere import Elsewhere, elsewhere

_HISTORY = 4_000
_CHANGES = 4_000
_AT_ONCE = 100
_WRITES = 300
_CALLS = 300
_STATE = "nsu=http://acme.example/press;s=state"
_ORDER = "nsu=http://acme.example/press;s=order"
_RECIPE = "nsu=http://acme.example/press;s=press nsu=http://acme.example/press;s=recipe"
_numbers = itertools.count(1)


async def measure() -> list[Figure]:
    """The server of histories and writes runs in the same process and takes most of its time, so
    the ratios matter; the other one is in a process of its own. Both sides read back what they
    wrote: a server may take a value and not keep it."""
    logging.getLogger("asyncua").setLevel(logging.ERROR)
    async with elsewhere("andon.connectors.opcua.simulator:Press") as press:
        table = {**await press.ask("settings"), "timeout": "30s"}
        there = [await _told(press, table), await _calling(table)]
    return [*await _here(), *there]


async def _here() -> list[Figure]:
    press = Press()
    await press.start()
    try:
        for n in range(_HISTORY):
            await press.machine.set("state", f"S{n}")
        return [await _reading(press.settings()), await _sending(press.settings())]
    finally:
        await press.machine.end()


def _connector(table: dict[str, Any], **group: Any) -> OpcUa:
    nodes = {"state": {"ids": [_STATE], "history": "every", **group}}
    return OpcUa("press", settings_of(OpcUa, {**table, "nodes": nodes}))


async def _reading(table: dict[str, Any]) -> Figure:
    async def work() -> int:
        items: Any = _connector(table).read("")
        try:
            for _ in range(_HISTORY):
                await anext(items)
        finally:
            await items.aclose()
        return _HISTORY

    async def bare() -> int:
        async with _client(table) as client:
            node = client.get_node(_there("state"))
            values: list[Any] = await node.read_raw_history(None, None, _HISTORY)
            for one in values:
                msgspec.json.encode({"value": plain(one.Value.Value), "at": one.SourceTimestamp})
            return len(values)

    return await measured("opcua", "read history", work=work, bare=bare)


async def _sending(table: dict[str, Any]) -> Figure:
    async def work() -> int:
        connector = _connector(table)
        await connector.open()
        for _ in range(_WRITES):
            request = Request(target=f"write {_ORDER}", body=f"PA-{next(_numbers)}")
            await connector.send(request, key="k")
        await connector.close()
        return _WRITES

    async def bare() -> int:
        async with _client(table) as client:
            node = client.get_node(_there("order"))
            for _ in range(_WRITES):
                order = f"PA-{next(_numbers)}"
                await node.write_value(order, ua.VariantType.String)
                assert await node.read_value() == order
        return _WRITES

    return await measured("opcua", "send, read back", work=work, bare=bare)


async def _told(press: Elsewhere, table: dict[str, Any]) -> Figure:
    """All changes of a variable, by subscription; what came is acknowledged."""

    async def work() -> int:
        opcua = _connector(table, history="none", queue=_CHANGES)
        items: Any = opcua.read("")
        await anext(items)  # how it stands
        saying = asyncio.create_task(_saying(press))
        for _ in range(_CHANGES):
            item = await anext(items)
            if item.position is not None:  # the last of what was told together
                await opcua.committed(item.position)
        await saying
        await items.aclose()
        return _CHANGES

    async def bare() -> int:
        async with _client(table) as client:
            told = await client.create_subscription(50, queue_maxsize=_CHANGES)
            await told.subscribe_data_change(client.get_node(_there("state")), queuesize=_CHANGES)
            await anext(told)
            saying = asyncio.create_task(_saying(press))
            for _ in range(_CHANGES):
                event = await anext(told)
                read = event.data.monitored_item.Value
                at = [read.SourceTimestamp.isoformat(), read.ServerTimestamp.isoformat()]
                said = {"node": _STATE, "type": read.Value.VariantType.name}
                said |= {"value": read.Value.Value, "status": read.StatusCode.name, "at": at}
                msgspec.json.encode(said)
            await saying
            await told.delete()
        return _CHANGES

    return await measured("opcua", "read told", work=work, bare=bare)


async def _saying(press: Elsewhere) -> None:
    """Some at a time, for the server answers nobody meanwhile."""
    for _ in range(_CHANGES // _AT_ONCE):
        await press.ask("say", _AT_ONCE)


async def _calling(table: dict[str, Any]) -> Figure:
    """A method whose effect a variable shows."""

    async def work() -> int:
        opcua = _connector(table)
        await opcua.open()
        for _ in range(_CALLS):
            order = f"PA-{next(_numbers)}"
            force = {"type": "Double", "value": 5.0}
            arguments = [{"type": "String", "value": order}, force]
            body = {"arguments": arguments, "proof": {"node": _ORDER, "value": order}}
            await opcua.send(Request(target=f"call {_RECIPE}", body=body), key="k")
        await opcua.close()
        return _CALLS

    async def bare() -> int:
        kinds = ua.VariantType
        async with _client(table) as client:
            press, shows = client.get_node(_there("press")), client.get_node(_there("order"))
            for _ in range(_CALLS):
                order = f"PA-{next(_numbers)}"
                arguments = [ua.Variant(order, kinds.String), ua.Variant(5.0, kinds.Double)]
                await press.call_method(_there("recipe"), *arguments)
                assert await shows.read_value() == order
        return _CALLS

    return await measured("opcua", "call, read back", work=work, bare=bare)


def _there(name: str) -> Any:
    return ua.NodeId(name, 2)


def _client(table: dict[str, Any]) -> Any:
    client = Client(table["url"], timeout=30)
    client.set_user(table["username"])
    client.set_password(table["password"])
    return client
