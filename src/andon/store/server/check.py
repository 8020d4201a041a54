"""What Andon asks of a PostgreSQL before it trusts it, whoever runs it."""

__all__ = ["OLDEST", "check_server"]

import asyncio
from uuid import uuid4

import asyncpg

from andon.core.errors import SettingsError

OLDEST = 15
PROBE = "andon.probe"


async def check_server(
    connection: asyncpg.Connection, *, beside: asyncpg.Connection | None = None
) -> None:
    """Raise with every reason why this server could lose or repeat work.

    A connection straight to the server is recognised by itself. Whether a pooler in between keeps
    sessions apart shows only with `beside`, a second connection made the same way.
    """
    try:
        wrong = [*await _weaknesses(connection)]
        if await _pooled(connection) and beside and await _mixes_sessions(connection, beside):
            wrong.append(_MIXED)
    except (
        asyncpg.InvalidSQLStatementNameError,
        asyncpg.DuplicatePreparedStatementError,
    ) as error:
        # Only a pooler that swaps sessions between transactions loses what was prepared.
        raise _refused([_MIXED]) from error
    if wrong:
        raise _refused(wrong)


_MIXED = (
    "a pooler gives each transaction another session, and locks are lost between them: "
    "use the server's own address, or pool_mode = session"
)


def _refused(wrong: list[str]) -> SettingsError:
    listed = "; ".join(wrong)
    return SettingsError(
        f"Andon cannot keep its promises on this database: {listed}. "
        "Nothing was changed there. Set it so, or set database.url to another server."
    )


async def _weaknesses(connection: asyncpg.Connection) -> list[str]:
    wrong: list[str] = []
    version = connection.get_server_version()
    if version.major < OLDEST:
        wrong.append(f"it is PostgreSQL {version.major}, and {OLDEST} is the oldest that works")
    async with connection.transaction():
        row = await connection.fetchrow(
            "SELECT current_setting('fsync') AS fsync, pg_is_in_recovery() AS standby,"
            " current_setting('synchronous_commit') AS synchronous,"
            " current_setting('transaction_read_only') AS read_only"
        )
    assert row
    if row["fsync"] != "on":
        wrong.append("fsync is off, so a power cut can destroy it: set fsync = on")
    if row["synchronous"] == "off":
        wrong.append(
            "synchronous_commit is off, so a crash forgets what was acknowledged: set it to on, "
            "for the server and for the role and the database that Andon uses"
        )
    if row["standby"] or row["read_only"] == "on":
        wrong.append("it is read only: name the primary server")
    return wrong


async def _pooled(connection: asyncpg.Connection) -> bool:
    """A pooler invents the process number it tells; a server tells its own."""
    async with connection.transaction():
        return await connection.fetchval("SELECT pg_backend_pid()") != connection.get_server_pid()


async def _mixes_sessions(connection: asyncpg.Connection, beside: asyncpg.Connection) -> bool:
    """Leave a mark in one session and see whether it stays there, and there only."""
    mark = uuid4().hex
    async with connection.transaction():
        await connection.fetchval("SELECT set_config($1, $2, false)", PROBE, mark)
    async with beside.transaction():
        if await _mark(beside) == mark:
            return True
        try:
            # With one server session for both, this would wait for ourselves.
            async with asyncio.timeout(5), connection.transaction():
                return await _mark(connection) != mark
        except TimeoutError:
            return True


async def _mark(connection: asyncpg.Connection) -> str | None:
    return await connection.fetchval("SELECT current_setting($1, true)", PROBE)
