"""The process that starts the others: database, then web and worker; it starts again what ends."""

__all__ = ["supervise"]

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from andon.app.database import Place, answers, declare, ready_database
from andon.app.reports import DATABASE_IS_AWAY, SETTINGS_ARE_WRONG
from andon.app.stems import Child, Stem
from andon.core.errors import SettingsError

_log = logging.getLogger(__name__)
_STOP_WITHIN = 8.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 10.0
_QUICK = 5.0
"""A process that ended sooner after its start had no time to work; the next pause is longer."""


async def supervise(
    project: str,
    place: Place,
    *,
    workers: int = 1,
    told: Callable[[str], None],
    ready: Callable[[str], Awaitable[None]],
) -> None:
    """Runs everything until SIGINT or SIGTERM; what ends unasked is started again.
    Raises SettingsError, with nothing started, for a project that cannot start."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    stem = Stem(project, place)
    reading = asyncio.create_task(stem.begin())
    try:
        async with ready_database(place, once=reading, progress=told) as dsn:
            declared = await reading
            await declare(declared.ownership, dsn)
            await ready(dsn)
            keepers = [
                asyncio.create_task(_keep(stem, dsn, role, stop))
                for role in (*["worker"] * workers, "web")
            ]
            told(f"{declared.name} runs at http://{place.host}:{place.port}")
            try:
                waiting = asyncio.create_task(stop.wait())
                done, _ = await asyncio.wait(
                    [waiting, *keepers], return_when=asyncio.FIRST_COMPLETED
                )
                stop.set()
                await asyncio.gather(*keepers, return_exceptions=True)
                for task in done:
                    task.result()
            finally:
                stop.set()
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await stem.end()


async def _keep(stem: Stem, dsn: str, role: str, stop: asyncio.Event) -> None:
    """Starts a child, when the database answers, and again whenever it ends unasked.

    The pause doubles while it ends at once, up to ten seconds.
    """
    quick = 0
    while await _before(stop, answers(dsn)):
        child = await stem.child(role)
        began = time.monotonic()
        child.tell(dsn)
        if not await _before(stop, child.wait()):
            return await _end(child)
        code = await child.wait()
        if code == SETTINGS_ARE_WRONG:
            raise SettingsError(
                f"The {role} process cannot start; it said why above. Everything was stopped."
                " Mend that, then start again."
            )
        quick = quick + 1 if time.monotonic() - began < _QUICK else 0
        pause = min(_FIRST_PAUSE * 2**quick, _LONGEST_PAUSE)
        what = "lost the database" if code == DATABASE_IS_AWAY else f"ended by itself (exit {code})"
        _log.warning(
            "the %s process %s; it starts again in %.1f s, nothing is lost", role, what, pause
        )
        if not await _before(stop, asyncio.sleep(pause)):
            return None
    return None


async def _before(stop: asyncio.Event, work: Coroutine[Any, Any, object]) -> bool:
    """True when the work ended, False when it was cut short because everything stops."""
    task, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([task, stopping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        task.cancel()
    return not stop.is_set()


async def _end(child: Child) -> None:
    child.signal(signal.SIGTERM)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(child.wait(), _STOP_WITHIN)
    child.signal(signal.SIGKILL)
    await child.wait()
