"""opcua: a history read, changes told, writes proven; beside bare asyncua on the same server."""

__all__ = ["measure"]

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

_HISTORY = 4_000
_WRITES = 300
_STATE = "nsu=http://acme.example/press;s=state"
_ORDER = "nsu=http://acme.example/press;s=order"
_numbers = itertools.count(1)


async def measure() -> list[Figure]:
    """The server runs in the same process and takes most of its time, so the ratios matter. Both
    sides read back what they wrote: a server may take a value and not keep it."""
    logging.getLogger("asyncua").setLevel(logging.ERROR)
    press = Press()
    await press.start()
    try:
        for n in range(_HISTORY):
            await press.machine.set("state", f"S{n}")
        return [await _reading(press), await _sending(press)]
    finally:
        await press.machine.end()


def _connector(press: Press) -> OpcUa:
    nodes = {"state": {"ids": [_STATE], "history": "every"}}
    return OpcUa("press", settings_of(OpcUa, {**press.settings(), "nodes": nodes}))


async def _reading(press: Press) -> Figure:
    async def work() -> int:
        items: Any = _connector(press).read("")
        try:
            for _ in range(_HISTORY):
                await anext(items)
        finally:
            await items.aclose()
        return _HISTORY

    async def bare() -> int:
        async with _client(press) as client:
            node = client.get_node(ua.NodeId("state", 2))
            values: list[Any] = await node.read_raw_history(None, None, _HISTORY)
            for one in values:
                msgspec.json.encode({"value": plain(one.Value.Value), "at": one.SourceTimestamp})
            return len(values)

    return await measured("opcua", "read history", work=work, bare=bare)


async def _sending(press: Press) -> Figure:
    async def work() -> int:
        connector = _connector(press)
        await connector.open()
        for _ in range(_WRITES):
            request = Request(target=f"write {_ORDER}", body=f"PA-{next(_numbers)}")
            await connector.send(request, key="k")
        await connector.close()
        return _WRITES

    async def bare() -> int:
        async with _client(press) as client:
            node = client.get_node(ua.NodeId("order", 2))
            for _ in range(_WRITES):
                order = f"PA-{next(_numbers)}"
                await node.write_value(order, ua.VariantType.String)
                assert await node.read_value() == order
        return _WRITES

    return await measured("opcua", "send, read back", work=work, bare=bare)


def _client(press: Press) -> Any:
    client = Client(press.machine.url)
    client.set_user("andon")
    client.set_password("line-secret")
    return client
