"""The process that starts the others: database, then web and worker; it starts again what ends."""

__all__ = ["supervise"]

import asyncio
import contextlib
import logging
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from andon.app.child import DATABASE_IS_AWAY, SETTINGS_ARE_WRONG
from andon.app.database import Place, answers, declare, ready_database
from andon.core.errors import SettingsError
from andon.engine.plan import Plan

_log = logging.getLogger(__name__)
_STOP_WITHIN = 8.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 10.0
_QUICK = 5.0
"""A process that ended sooner after its start had no time to work; the next pause is longer."""


async def supervise(
    project: str,
    plan: Plan,
    place: Place,
    *,
    workers: int = 1,
    told: Callable[[str], None],
    ready: Callable[[str], Awaitable[None]],
) -> None:
    """Runs everything until SIGINT or SIGTERM; what ends unasked is started again."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    roles = ["web", *["worker"] * workers]
    # The others load their modules while the database starts; each waits for its address.
    children = [await _start(project, place, role) for role in roles]
    async with ready_database(place, progress=told) as dsn:
        await declare(plan, dsn)
        await ready(dsn)
        keepers = [
            asyncio.create_task(_keep(project, place, dsn, role, child, stop))
            for role, child in zip(roles, children, strict=True)
        ]
        told(f"{plan.name} runs at http://{place.host}:{place.port}")
        try:
            waiting = asyncio.create_task(stop.wait())
            done, _ = await asyncio.wait([waiting, *keepers], return_when=asyncio.FIRST_COMPLETED)
            stop.set()
            await asyncio.gather(*keepers, return_exceptions=True)
            for task in done:
                task.result()
        finally:
            stop.set()


async def _start(project: str, place: Place, role: str) -> asyncio.subprocess.Process:
    """One child process. Its standard input is a leash: when this process dies, the child ends."""
    return await asyncio.create_subprocess_exec(
        *_command(project, place, role), stdin=asyncio.subprocess.PIPE, start_new_session=True
    )


def _tell(child: asyncio.subprocess.Process, dsn: str) -> None:
    """The database's address goes by pipe: an environment can be read by others of this account."""
    if child.stdin is not None:
        with contextlib.suppress(OSError):
            child.stdin.write(dsn.encode() + b"\n")


async def _keep(
    project: str,
    place: Place,
    dsn: str,
    role: str,
    child: asyncio.subprocess.Process,
    stop: asyncio.Event,
) -> None:
    """Starts a child again whenever it ends unasked; it is told to begin when the database answers.

    The pause doubles while it ends at once, up to ten seconds.
    """
    quick = 0
    while True:
        ended = asyncio.create_task(child.wait())
        if not await _before(stop, answers(dsn)):
            return await _end(child, ended)
        began = time.monotonic()
        _tell(child, dsn)
        if not await _before(stop, asyncio.wait([ended])):
            return await _end(child, ended)
        code = ended.result()
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
        child = await _start(project, place, role)


async def _before(stop: asyncio.Event, work: Coroutine[Any, Any, object]) -> bool:
    """True when the work ended, False when it was cut short because everything stops."""
    task, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([task, stopping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        task.cancel()
    return not stop.is_set()


async def _end(child: asyncio.subprocess.Process, ended: "asyncio.Task[int]") -> None:
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
    try:
        await asyncio.wait_for(ended, _STOP_WITHIN)
    except TimeoutError:
        child.kill()
        await child.wait()


def _command(project: str, place: Place, role: str) -> Sequence[str]:
    return [
        sys.executable, "-m", "andon.app.child", role, project,
        "--host", place.host, "--port", str(place.port),
    ]  # fmt: skip
