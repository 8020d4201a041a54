"""Runs one plain SQL file as one step of the schema."""

__all__ = ["run_script"]

from pathlib import Path
from typing import cast

import asyncpg
from alembic import op
from sqlalchemy.engine.interfaces import AdaptedConnection

STATE = """
CREATE TABLE IF NOT EXISTS schema_state (version int NOT NULL, minimum_worker int NOT NULL)
"""
ADVANCE = """
WITH moved AS (
    UPDATE schema_state SET version = {version}, minimum_worker = {minimum_worker} RETURNING 1
)
INSERT INTO schema_state (version, minimum_worker)
SELECT {version}, {minimum_worker} WHERE NOT EXISTS (SELECT FROM moved)
"""


def run_script(version_file: Path, *, minimum_worker: int) -> None:
    """Run `sql/NNNN_name.sql` for `versions/vNNNN_name.py`, whole or not at all.

    `minimum_worker` is the oldest code that may go on working on the schema afterwards. A step that
    only adds leaves it; one that takes something away raises it to the code that needs it no more.
    """
    name = version_file.stem.removeprefix("v")
    version = int(name.partition("_")[0])
    script = (version_file.parents[1] / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    # SQLAlchemy opens its transaction at the first statement of its own.
    op.execute("SELECT 1")
    _run_whole(script)
    _run_whole(STATE)
    _run_whole(ADVANCE.format(version=version, minimum_worker=int(minimum_worker)))


def _run_whole(script: str) -> None:
    """Several statements at once need the driver itself and PostgreSQL's simple protocol."""
    adapted = cast(AdaptedConnection, op.get_bind().connection.dbapi_connection)

    async def run(connection: asyncpg.Connection) -> None:
        await connection.execute(script)

    adapted.run_async(run)
