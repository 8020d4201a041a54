"""`andon log`: the generation of the log."""

__all__ = ["commands", "renew", "show"]

from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer
from rich.console import Console

from andon.core.errors import AndonError
from andon.store.generation import Generation, current
from andon.store.generation import renew as renewed

commands = typer.Typer(no_args_is_help=True, help="The log itself: its generation.")
_out = Console()
_err = Console(stderr=True)

Data = Annotated[
    Path, typer.Option(envvar="ANDON_DATA", help="Folder where this Andon keeps its data.")
]
Database = Annotated[
    str | None,
    typer.Option(
        envvar="ANDON_DATABASE",
        help="DSN of your own PostgreSQL; without one, Andon starts its own in the data folder.",
    ),
]
_DATA = Path(".andon")


@commands.command("show")
def show(data: Data = _DATA, database: Database = None) -> None:
    """Says which generation of the log this is, and since when."""

    async def work(db: asyncpg.Connection) -> None:
        _say(await current(db))

    _or_exit(_with_database(data, database, work))


@commands.command("renew")
def renew(data: Data = _DATA, database: Database = None) -> None:
    """Begins a new generation of the log, after a restore that Andon could not notice by itself.

    Whoever keeps positions of the old one is refused and told to begin anew. Andon's own followers
    go on where the restored log has them.
    """

    async def work(db: asyncpg.Connection) -> None:
        _say(await renewed(db))

    _or_exit(_with_database(data, database, work))


def _say(generation: Generation) -> None:
    _out.print(
        f"generation {generation.id.hex[:12]} since {generation.since:%Y-%m-%d %H:%M:%S} UTC",
        highlight=False,
    )


async def _with_database(
    data: Path, database: str | None, work: Callable[[asyncpg.Connection], Awaitable[None]]
) -> None:
    from andon.app.database import Place, reach_database

    async with reach_database(Place(data, "", 0, database)) as dsn:
        db = await asyncpg.connect(dsn)
        try:
            await work(db)
        finally:
            await db.close()


def _or_exit(work: Coroutine[Any, Any, None]) -> None:
    import uvloop

    try:
        uvloop.run(work)
    except AndonError as error:
        _err.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from None
