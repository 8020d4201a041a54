"""JSON systems that run while a test needs them, and `rest` connected to them."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import web

from andon.connectors.rest import Rest
from andon.connectors.rest.simulated import JsonSystem
from andon.core.connector import Item
from andon.testing.conformance.trial import settings_of


@asynccontextmanager
async def running(system: Any) -> AsyncGenerator[Any]:
    await system.start()
    try:
        yield system
    finally:
        await system.stop()


@asynccontextmanager
async def connected(table: Mapping[str, Any]) -> AsyncGenerator[Rest]:
    rest = Rest("shop", settings_of(Rest, table))
    try:
        await rest.open()
        yield rest
    finally:
        await rest.close()


@asynccontextmanager
async def serving(*routes: web.RouteDef) -> AsyncGenerator[str]:
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def served(table: Mapping[str, Any], *routes: web.RouteDef) -> AsyncGenerator[Rest]:
    async with serving(*routes) as url, connected({"url": url, **table}) as rest:
        yield rest


def answering(value: Any, status: int = 200, **headers: str) -> Callable[[web.Request], Any]:
    async def answer(_: web.Request) -> web.Response:
        body = value if isinstance(value, bytes) else msgspec.json.encode(value)
        return web.Response(
            body=body, status=status, headers=headers, content_type="application/json"
        )

    return answer


def by_time(system: JsonSystem, **changed: Any) -> dict[str, Any]:
    feed = {
        "kind": "row",
        "path": "/oldest",
        "time": "/changed_at",
        "since": "since",
        "pages": {"style": "time", "size": 100},
        "poll_every": "20 ms",
    }
    return {"url": system.url, "feeds": [feed | changed]}


def texts(items: list[Item]) -> list[str]:
    return [msgspec.json.decode(item.raw)["text"] for item in items]
