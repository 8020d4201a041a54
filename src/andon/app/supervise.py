"""The process that starts the others: database, then web and worker; it starts again what ends."""

__all__ = ["Place", "declare", "reach_database", "ready_database", "supervise"]

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from pathlib import Path

import asyncpg
import msgspec

from andon.core.errors import SettingsError
from andon.engine.plan import Plan
from andon.store.embedded import EmbeddedServer
from andon.store.migrate import migrate, require_supported
from andon.store.server.check import check_server

_log = logging.getLogger(__name__)
_STOP_WITHIN = 8.0


class Place(msgspec.Struct, frozen=True):
    """Where a running Andon keeps its data and where it answers."""

    data: Path
    host: str
    port: int
    database: str | None = None
    """A DSN of yours; None means Andon starts its own PostgreSQL."""

    @property
    def dsn_file(self) -> Path:
        """Tells `andon keys` and `andon trace` where the running database is."""
        return self.data / "dsn"


@contextlib.asynccontextmanager
async def ready_database(
    place: Place, *, progress: Callable[[str], None] | None = None
) -> AsyncGenerator[str, None]:
    """A checked, migrated database. Its own server stops when the context is left."""
    if place.database is not None:
        await _prepare(place.database)
        yield place.database
        return
    place.data.mkdir(parents=True, exist_ok=True)
    server = await EmbeddedServer.start(place.data / "pg", progress=progress)
    try:
        await _prepare(server.dsn)
        _write_private(place.dsn_file, server.dsn)
        yield server.dsn
    finally:
        place.dsn_file.unlink(missing_ok=True)
        await server.stop()


async def _prepare(dsn: str) -> None:
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        # What cannot be read may be half a password, so it is not quoted.
        said = "its DSN does not read" if isinstance(error, ValueError) else error
        raise SettingsError(
            f"The database cannot be reached: {str(said) or type(error).__name__}."
            " Nothing was started."
            " Check the address and that PostgreSQL runs there; --database reads"
            " postgresql://user@host:5432/name, with %-signs for odd characters of a password."
        ) from None
    try:
        await check_server(connection)
    finally:
        await connection.close()
    await migrate(dsn)
    connection = await asyncpg.connect(dsn)
    try:
        await require_supported(connection)
    finally:
        await connection.close()


def _write_private(file: Path, text: str) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(text)


@contextlib.asynccontextmanager
async def reach_database(place: Place) -> AsyncGenerator[str, None]:
    """The database of a running Andon, else one started for this moment."""
    if place.database is None and place.dsn_file.exists():
        dsn = place.dsn_file.read_text().strip()
        try:
            connection = await asyncpg.connect(dsn, timeout=2)
        except (OSError, asyncpg.PostgresError):
            pass  # left by a killed Andon: start the database ourselves
        else:
            await connection.close()
            yield dsn
            return
    async with ready_database(place) as dsn:
        yield dsn


async def declare(plan: Plan, dsn: str) -> None:
    """Writes what the project declares and readers need: who owns which attribute."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("delete from ownership")
            await connection.executemany(
                "insert into ownership values ($1, $2, $3, $4, $5, $6)",
                [
                    (rule.subject, rule.attribute, rule.owner, follower, within, rule.steward)
                    for rule in plan.ownership
                    for follower, within in rule.followers.items()
                ],
            )
    finally:
        await connection.close()


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
    """Starts a child again whenever it ends unasked."""
    quick = 0
    while not stop.is_set():
        began = time.monotonic()
        _tell(child, dsn)
        ended = asyncio.create_task(child.wait())
        waiting = asyncio.create_task(stop.wait())
        await asyncio.wait([ended, waiting], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if stop.is_set():
            await _end(child, ended)
            return
        code = ended.result()
        if code == 78:
            raise SettingsError(
                f"The {role} process cannot start; it said why above. Everything was stopped."
                " Mend that, then start again."
            )
        quick = quick + 1 if time.monotonic() - began < 5 else 0
        pause = min(0.1 * 2**quick, 10.0)
        _log.warning(
            "the %s process ended by itself (exit %s); it starts again in %.1f s, nothing is lost",
            role,
            code,
            pause,
        )
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
        child = await _start(project, place, role)


async def _end(child: asyncio.subprocess.Process, ended: "asyncio.Task[int]") -> None:
    if child.returncode is None:
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
