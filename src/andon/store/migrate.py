"""Bring the schema to the state this code needs; refuse a schema this code is too old for."""

__all__ = ["SCHEMA_VERSION", "migrate", "require_supported"]

from pathlib import Path

import asyncpg

from andon.core.errors import SettingsError

SCHEMA_VERSION = 10
"""The newest step this code knows. A test holds it to the files in `migrations/`."""

SCRIPTS = Path(__file__).parent / "migrations"

# Any number will do, as long as every version of Andon uses the same one.
LOCK = 0x616E646F6E


async def migrate(dsn: str, *, scripts: Path = SCRIPTS, version: int = SCHEMA_VERSION) -> None:
    """Take the steps that are missing, one worker at a time. Costs one query when none is.

    A schema newer than this code is left alone: `require_supported` decides about it.
    """
    connection = await asyncpg.connect(dsn)
    try:
        if await _schema_version(connection) >= version:
            return
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        # Another worker may have taken the steps while we waited.
        if await _schema_version(connection) < version:
            await _upgrade(dsn, scripts)
    finally:
        # Closing the session gives the lock back.
        await connection.close()


async def require_supported(connection: asyncpg.Connection) -> None:
    """Raise when this code is too old for the schema, or the schema for this code."""
    row = (
        await connection.fetchrow("SELECT version, minimum_worker FROM schema_state")
        if await _has_state(connection)
        else None
    )
    if row is None or row["version"] < SCHEMA_VERSION:
        found = row["version"] if row else "none"
        raise SettingsError(
            f"This Andon cannot work on the database: it needs schema {SCHEMA_VERSION}, "
            f"the database has {found}. Start it with the right to change the schema once, "
            "or check that database.url names the right database."
        )
    if row["minimum_worker"] > SCHEMA_VERSION:
        raise SettingsError(
            f"This Andon is too old for the database: it knows schema {SCHEMA_VERSION}, the "
            f"database has {row['version']} and asks for at least {row['minimum_worker']}. "
            "Nothing was changed. Update Andon on this machine, then start it again."
        )


async def _schema_version(connection: asyncpg.Connection) -> int:
    if not await _has_state(connection):
        return 0
    return await connection.fetchval("SELECT version FROM schema_state") or 0


async def _has_state(connection: asyncpg.Connection) -> bool:
    return await connection.fetchval("SELECT to_regclass('schema_state') IS NOT NULL")


async def _upgrade(dsn: str, scripts: Path) -> None:
    # Alembic and SQLAlchemy take a third of a second to import; a normal start needs neither.
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))

    def upgrade(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(dsn), poolclass=NullPool
    )
    async with engine.connect() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()
