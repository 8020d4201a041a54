"""The demo: Riverside on a real ERP and a real MES,
an order every now and then, a link to the board."""

__all__ = ["demo"]

import asyncio
import importlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg

from andon.app.supervise import Place, reach_database
from andon.core.errors import SettingsError
from andon.store.access import create_key, create_login_link

_ORDERS = (("FG-COLA", 10), ("FG-WATER", 12), ("FG-COLA", 8))
_SPEED = 20.0
_READY_WITHIN = 60.0


def demo(root: Path, *, port: int, told: Callable[[str], None], orders: int = 1000) -> None:
    """Runs until Ctrl-C; everything it started ends with it. State stays in `build/demo`."""
    counterparts = _counterparts(root)
    folder = root / "build" / "demo"
    began = time.monotonic()

    def say(text: str) -> None:
        told(f"[{time.monotonic() - began:5.1f} s] {text}")

    erp, mes = counterparts.Tryton(folder / "erp"), counterparts.Fsmes(folder / "mes")
    stop = threading.Event()

    def ended(*_: object) -> None:
        stop.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, ended)
    hub: Any = None
    try:
        erp.start(progress=say)
        say(f"Tryton, the ERP, answers at {erp.rest_url}")
        place = Place(folder / "andon", "127.0.0.1", port)
        hub = _start_hub(root, place, erp)
        _until_ready(place, hub)
        key, link = asyncio.run(_access(place))
        say("Andon answers")
        has_floor = _start_floor(mes, key, place, say)
        say(f"The board: http://127.0.0.1:{port}/login#{link}  (once, within 10 minutes)")
        say("Ctrl-C ends everything. A production order is released now, and another every 30 s.")
        _release_orders(erp, stop, say, orders if has_floor else 1, hub)
    finally:
        say("Ending...")
        if hub is not None:
            _end(hub)
        mes.stop()
        erp.stop()


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


def _start_floor(mes: Any, key: str, place: Place, say: Callable[[str], None]) -> bool:
    try:
        mes.start(
            erp_url=f"http://mes:{key}@127.0.0.1:{place.port}/in/mes", speed=_SPEED, progress=say
        )
    except Exception as error:
        say(f"The real MES does not run here: {error}")
        return False
    say(f"The MES and its machines answer at {mes.url}")
    return True


def _release_orders(
    erp: Any, stop: threading.Event, say: Callable[[str], None], orders: int, hub: Any
) -> None:
    for n in range(orders):
        product, quantity = _ORDERS[n % len(_ORDERS)]
        number = erp.release(erp.create_order(product, quantity))
        say(
            f"Tryton released {number}: {quantity} {product}."
            f" Try: andon trace {number} --data build/demo/andon"
        )
        if stop.wait(30):
            return
        if hub.poll() is not None:
            raise SettingsError("Andon ended; its log says why.")
    stop.wait()


def _end(hub: Any) -> None:
    hub.terminate()
    try:
        hub.wait(10)
    except subprocess.TimeoutExpired:
        hub.kill()
        hub.wait()
