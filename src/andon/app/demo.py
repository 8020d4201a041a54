"""The demo: Riverside on a real ERP and a real MES,
an order every now and then, a link to the board."""

__all__ = ["demo"]

import asyncio
import importlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import asyncpg

from andon.app.database import Place, reach_database
from andon.app.demo_people import Planning, Quality
from andon.core.errors import SettingsError
from andon.store.access import create_key, create_login_link

_SPEED = 5.0
"""Slow enough to watch, and for an order to be made without a piece too many now and then."""
_RELEASE_EVERY = 30.0
_MEASURED_AFTER = 8.0
_READY_WITHIN = 60.0


def demo(root: Path, *, port: int, told: Callable[[str], None]) -> None:
    """Runs until Ctrl-C; everything it started ends with it. State stays in `build/demo`."""
    counterparts = _counterparts(root)
    folder = root / "build" / "demo"
    began = time.monotonic()

    def say(text: str) -> None:
        told(f"[{time.monotonic() - began:5.1f} s] {text}")

    _require_free(port)
    for name in (signal.SIGINT, signal.SIGTERM):  # a shell's background ignores the first one
        signal.signal(name, signal.default_int_handler)
    with suppress(KeyboardInterrupt), ExitStack() as ending:
        ending.callback(say, "Ended. What was made stays in build/demo; make demo goes on with it.")
        mes = counterparts.Fsmes(folder / "mes")
        ending.callback(mes.stop)
        beside = ending.enter_context(ThreadPoolExecutor(1))
        floor = beside.submit(mes.start, speed=_SPEED, progress=say)
        erp = counterparts.Tryton(folder / "erp")
        _start_books(erp, say, ending)
        place = Place(folder / "andon", "127.0.0.1", port)
        hub = _start_hub(root, place, erp)
        ending.callback(_end, hub)
        _until_ready(place, hub)
        key, link = asyncio.run(_access(place))
        say("Andon answers")
        exchange = f"http://mes:{key}@127.0.0.1:{port}/in/mes"
        if _is_up(mes, floor, say):
            mes.start_exchange(exchange)
        else:
            _start_simulator(counterparts, folder, exchange, ending)
            say("In its place our own simulator of that MES makes the orders; all else is real.")
        say(f"The board: http://127.0.0.1:{port}/login#{link}  (once, within 10 minutes)")
        say("Ctrl-C ends everything. A production order is released now, and another every 30 s.")
        ending.callback(say, "Ending...")
        _run_the_plant(erp, hub, say)


def _require_free(port: int) -> None:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise SettingsError(
            f"The demo cannot answer at 127.0.0.1:{port}: {os.strerror(error.errno or 0)}."
            " Is another one running? End it, or say: ANDON_PORT=8421 make demo"
        ) from error


def _counterparts(root: Path) -> Any:
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    try:
        return importlib.import_module("tools.counterparts")
    except ModuleNotFoundError as error:
        raise SettingsError(
            "The demo runs from a checkout of Andon, which brings the real ERP and MES."
            " Go to its folder and say: make demo"
        ) from error


def _start_hub(root: Path, place: Place, erp: Any) -> Any:
    place.data.mkdir(parents=True, exist_ok=True)
    log = (place.data / "andon.log").open("ab")
    return subprocess.Popen(
        [sys.executable, "-m", "andon.cli", "run", "riverside.app:andon"],
        cwd=root / "examples",
        env={
            **os.environ,
            "RIVERSIDE_ERP_URL": erp.rest_url,
            "RIVERSIDE_ERP_KEY": erp.key,
            "ANDON_DATA": str(place.data),
            "ANDON_PORT": str(place.port),
        },
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


def _until_ready(place: Place, hub: Any) -> None:
    end = time.monotonic() + _READY_WITHIN
    while time.monotonic() < end:
        if hub.poll() is not None:
            raise SettingsError(f"Andon ended at once. It said why in {place.data / 'andon.log'}.")
        try:
            with urllib.request.urlopen(f"http://{place.host}:{place.port}/healthz", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise SettingsError(f"Andon is not ready after a minute. See {place.data / 'andon.log'}.")


async def _access(place: Place) -> tuple[str, str]:
    """A key for the MES and a single-use link for the person at the screen."""
    async with reach_database(place) as dsn:
        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute(
                "update access_key set revoked_at = now() where name = 'demo-mes'"
                " and revoked_at is null"
            )
            key = await create_key(connection, "demo-mes", scopes=["inbox:mes"])
            return key, await create_login_link(connection, "admin")
        finally:
            await connection.close()


def _start_books(erp: Any, say: Callable[[str], None], ending: ExitStack) -> None:
    ending.callback(erp.stop)
    try:
        erp.start(progress=say)
    except RuntimeError as error:
        raise SettingsError(
            f"Tryton, the ERP of the demo, cannot be installed or started. {error}\n"
            "Check that a package registry can be reached, then say again: make demo"
        ) from error
    say(f"Tryton, the ERP, answers at {erp.rest_url}")


def _is_up(mes: Any, floor: "Future[None]", say: Callable[[str], None]) -> bool:
    """Whether the real MES and its machines run; if not, why."""
    try:
        floor.result()
    except Exception as error:  # no Python for it, no registry, no answer: the demo goes on
        mes.stop()
        say(f"The real MES does not run here. {error}")
        return False
    say(f"The MES and its machines answer at {mes.url}")
    return True


def _start_simulator(counterparts: Any, folder: Path, exchange: str, ending: ExitStack) -> None:
    mes = counterparts.SimulatedFsmes(folder / "simulated-mes")
    ending.callback(mes.stop)
    mes.start(erp_url=exchange, speed=_SPEED)


def _run_the_plant(erp: Any, hub: Any, say: Callable[[str], None]) -> None:
    people = (
        Planning(erp, say, every=_RELEASE_EVERY), Quality(erp, say, after=_MEASURED_AFTER),
    )  # fmt: skip
    trouble = ""
    while True:
        try:
            for one in people:
                one.look()
            trouble = ""
        except (OSError, RuntimeError) as error:  # somebody may end Tryton to see what happens
            if not trouble:
                say(f"Nobody can work with Tryton now: {error}. They try again every second.")
            trouble = str(error)
        time.sleep(1)
        if hub.poll() is not None:
            raise SettingsError("Andon ended; its log says why: build/demo/andon/andon.log")


def _end(hub: Any) -> None:
    hub.terminate()
    try:
        hub.wait(10)
    except subprocess.TimeoutExpired:
        hub.kill()
        hub.wait()
