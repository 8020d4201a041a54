"""The web process: doors for systems, the API and the page."""

__all__ = ["serve"]

import asyncio
import errno
import socket
from collections.abc import Awaitable
from contextlib import suppress

import asyncpg
import uvicorn

from andon.api.app import create_app, end_streams
from andon.api.keyring import KeyRing
from andon.api.needs import Web
from andon.app.web_settings import WebSettings
from andon.core.errors import SettingsError
from andon.engine.clock import SYSTEM_CLOCK, Clock
from andon.engine.door import Doors
from andon.engine.hub import EngineHub
from andon.engine.ingest import Ingest
from andon.engine.plan import Plan


async def serve(
    plan: Plan,
    dsn: str,
    *,
    outside: WebSettings,
    clock: Clock = SYSTEM_CLOCK,
    host: str,
    port: int,
    until: Awaitable[object],
) -> None:
    """Answers until `until` is done, then ends open requests within a second."""
    ingest = Ingest(plan, dsn, clock)
    await ingest.open()
    pool = await asyncpg.create_pool(dsn, min_size=0, max_size=8)
    ring = KeyRing()
    doors = Doors(
        plan, ingest, pool, clock, check=ring.check, look_again=lambda: ring.look_again(pool)
    )
    web = Web(
        hosts=tuple(dict.fromkeys((host, "localhost", "127.0.0.1", "::1", *outside.hosts))),
        https=outside.https,
    )
    hub = EngineHub(plan, pool, ingest, clock, doors)
    app = create_app(hub, web=web, ring=ring)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            http="httptools",
            loop="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
            backlog=4096,
        )
    )
    # Granted to one process only: a second Andon on this port must fail, not share it.
    stop = asyncio.ensure_future(until)
    listening = await _listen(host, port)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await asyncio.wait([task, stop], return_when=asyncio.FIRST_COMPLETED)
    finally:
        end_streams(app)
        hub.hurry()
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await task
        stop.cancel()
        await ingest.close()
        await pool.close()


async def _listen(host: str, port: int) -> socket.socket:
    # The web process of a killed Andon may hold the port for a moment longer.
    for left in reversed(range(50)):
        try:
            return socket.create_server((host, port), backlog=4096)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or not left:
                raise SettingsError(
                    f"Andon cannot answer at {host}:{port}: {error.strerror}."
                    " Is another one running there? End it, or choose another address with --host"
                    " or --port."
                ) from error
        await asyncio.sleep(0.1)
    raise AssertionError
