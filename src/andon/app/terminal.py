"""What every command shares: where Andon's data is, the two consoles, and how a refusal ends."""

__all__ = [
    "DATA",
    "ERR",
    "OUT",
    "Data",
    "Database",
    "Project",
    "refusals_said",
    "run_or_exit",
    "with_database",
]

from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer
from rich.console import Console

from andon.core.errors import AndonError

OUT = Console()
ERR = Console(stderr=True)
DATA = Path(".andon")

Project = Annotated[
    str,
    typer.Argument(help="module:name, from the folder that holds the module: plant:andon."),
]
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


@contextmanager
def refusals_said() -> Generator[None]:
    """An error of ours is printed as its sentence, and ends the command with 2."""
    try:
        yield
    except AndonError as error:
        ERR.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def run_or_exit(work: Coroutine[Any, Any, None]) -> None:
    """Runs a command's work to its end."""
    import uvloop

    with refusals_said():
        uvloop.run(work)


async def with_database(
    data: Path, database: str | None, work: Callable[[asyncpg.Connection], Awaitable[None]]
) -> None:
    """Does work on a session of the project's database, started if it does not run."""
    from andon.app.database import Place, reach_database

    async with reach_database(Place(data, "", 0, database)) as dsn:
        db = await asyncpg.connect(dsn)
        try:
            await work(db)
        finally:
            await db.close()
