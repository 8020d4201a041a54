"""The demo on real systems: Riverside on a real ERP and a real MES,
an order every now and then, a link to the board."""

__all__ = ["real_demo"]

import importlib
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from andon.app.demo.hub import Hub, end_by_signal, require_free, telling
from andon.app.demo.people import Planning, Quality
from andon.core.errors import SettingsError

_SPEED = 5.0
"""Slow enough to watch, and for an order to be made without a piece too many now and then."""
_RELEASE_EVERY = 30.0
_MEASURED_AFTER = 8.0


def real_demo(root: Path, *, port: int, told: Callable[[str], None]) -> None:
    """Runs until Ctrl-C; everything it started ends with it. State stays in `build/demo`."""
    counterparts = _counterparts(root)
    folder = root / "build" / "demo"
    say = telling(told)
    require_free(port)
    end_by_signal()
    hub = Hub(folder / "andon", port=port)
    with suppress(KeyboardInterrupt), ExitStack() as ending:
        ending.callback(say, "Ended. What was made stays in build/demo; the demo goes on with it.")
        mes = counterparts.Fsmes(folder / "mes")
        ending.callback(mes.stop)
        beside = ending.enter_context(ThreadPoolExecutor(1))
        floor = beside.submit(mes.start, speed=_SPEED, progress=say)
        erp = counterparts.Tryton(folder / "erp")
        _start_books(erp, say, ending)
        books = {"RIVERSIDE_ERP_URL": erp.rest_url, "RIVERSIDE_ERP_KEY": erp.key}
        ending.callback(hub.end)
        hub.start("riverside.app:andon", folder=root / "examples", environment=books)
        hub.until_ready()
        say("Andon answers")
        key = hub.new_key("demo-mes", ["inbox:mes"])
        exchange = f"http://mes:{key}@127.0.0.1:{port}/in/mes"
        if _is_up(mes, floor, say):
            mes.start_exchange(exchange)
        else:
            _start_simulator(counterparts, folder, exchange, ending)
            say("In its place our own simulator of that MES makes the orders; all else is real.")
        say(f"The board: {hub.link()}  (once, within 10 minutes)")
        say("Ctrl-C ends everything. A production order is released now, and another every 30 s.")
        ending.callback(say, "Ending...")
        _run_the_plant(erp, hub, say)


def _counterparts(root: Path) -> Any:
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    try:
        return importlib.import_module("tools.counterparts")
    except ModuleNotFoundError as error:
        raise SettingsError(
            "The demo runs from a checkout of Andon, which brings the real ERP and MES."
            " Go to its folder and say: make demo-real"
        ) from error


def _start_books(erp: Any, say: Callable[[str], None], ending: ExitStack) -> None:
    ending.callback(erp.stop)
    try:
        erp.start(progress=say)
    except RuntimeError as error:
        raise SettingsError(
            f"Tryton, the ERP of the demo, cannot be installed or started. {error}\n"
            "Check that a package registry can be reached, then say again: make demo-real"
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


def _run_the_plant(erp: Any, hub: Hub, say: Callable[[str], None]) -> None:
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
        hub.require_running()
