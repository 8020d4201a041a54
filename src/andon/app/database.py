"""The database of a running Andon: its own or yours, checked, migrated, started again."""

__all__ = ["Place", "answers", "declare", "reach_database", "ready_database"]

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from pathlib import Path

import asyncpg
import msgspec

from andon.core.errors import SettingsError
from andon.core.plant import Ownership
from andon.store.embedded import EmbeddedServer
from andon.store.generation import notice_copy
from andon.store.migrate import migrate, require_supported
from andon.store.server.check import check_server

_log = logging.getLogger(__name__)
_ASK_EVERY = 0.2


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
    place: Place,
    *,
    once: Awaitable[object] | None = None,
    progress: Callable[[str], None] | None = None,
) -> AsyncGenerator[str, None]:
    """A checked, migrated database. Its own server is started again when it ends unasked, and stops
    when the context is left. Nothing is made or changed before `once` is done, which may be awaited
    by others, too; a server that was made before starts meanwhile."""
    known = asyncio.ensure_future(once or asyncio.sleep(0))
    if place.database is not None:
        await known
        await _prepare(place.database)
        yield place.database
        return
    if not (place.data / "pg").exists():
        await known
    place.data.mkdir(parents=True, exist_ok=True)
    server = await EmbeddedServer.start(place.data / "pg", progress=progress)
    keeping = asyncio.create_task(server.keep(_log.warning))
    try:
        await known
        await _prepare(server.dsn)
        _write_private(place.dsn_file, server.dsn)
        yield server.dsn
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        place.dsn_file.unlink(missing_ok=True)
        await server.stop()


async def _prepare(dsn: str) -> None:
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
        beside = await asyncpg.connect(dsn, timeout=10)
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
        await check_server(connection, beside=beside)
    finally:
        await asyncio.gather(connection.close(), beside.close())
    await migrate(dsn)
    connection = await asyncpg.connect(dsn)
    try:
        await require_supported(connection)
        await notice_copy(connection)
    finally:
        await connection.close()


async def answers(dsn: str) -> None:
    """Returns when the database takes connections; an outage is said once."""
    said = False
    while True:
        try:
            connection = await asyncpg.connect(dsn, timeout=5)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            if not said:
                _log.warning("waiting for the database: %s", str(error) or type(error).__name__)
            said = True
            await asyncio.sleep(_ASK_EVERY)
        else:
            await connection.close()
            return


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


async def declare(ownership: Sequence[Ownership], dsn: str) -> None:
    """Writes what the project declares and readers need: who owns which attribute."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("delete from ownership")
            await connection.executemany(
                "insert into ownership values ($1, $2, $3, $4, $5, $6)",
                [
                    (rule.subject, rule.attribute, rule.owner, follower, within, rule.steward)
                    for rule in ownership
                    for follower, within in rule.followers.items()
                ],
            )
    finally:
        await connection.close()
