"""`andon pause` and `andon resume`: a connection, from a terminal."""

__all__ = ["pause", "resume"]

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from andon.app.terminal import DATA, OUT, Data, Database, run_or_exit, with_database
from andon.core.errors import SettingsError
from andon.store.acts import Wanted, wish

Named = Annotated[str, typer.Argument(help="As the project and the board call it.")]
Why = Annotated[str, typer.Option(help="The reason; it is recorded with your account's name.")]


def pause(connection: Named, why: Why = "", data: Data = DATA, database: Database = None) -> None:
    """Pauses a connection: nothing more is read or sent, what waits is kept."""
    _wish(connection, "paused", why, data, database)


def resume(connection: Named, why: Why = "", data: Data = DATA, database: Database = None) -> None:
    """Resumes a connection where it stopped."""
    _wish(connection, "running", why, data, database)


def _wish(name: str, wanted: Wanted, why: str, data: Path, database: str | None) -> None:
    async def work(db: asyncpg.Connection) -> None:
        by, now = f"terminal:{getpass.getuser()}", datetime.now(UTC)
        if await wish(db, name, wanted, by=by, why=why, now=now):
            _say(f"{name} is to be {wanted}; workers follow within a second.")
            return
        known = [
            row["name"] for row in await db.fetch("select name from connection_state order by name")
        ]
        if name not in known:
            raise SettingsError(
                f"There is no connection {name!r}; nothing was changed. This Andon has"
                f" {', '.join(known) or 'none; it was never started'}."
            )
        _say(f"{name} is to be {wanted} already; nothing was changed.")

    run_or_exit(with_database(data, database, work))


def _say(text: str) -> None:
    OUT.print(text, markup=False, highlight=False, soft_wrap=True)
