"""`andon log`: the generation of the log, and what has left it by its lifetime."""

__all__ = ["commands", "renew", "show"]

import asyncpg
import typer

from andon.app.archives import archive, archives, read
from andon.app.terminal import DATA, OUT, Data, Database, run_or_exit, with_database
from andon.store.generation import Generation, current
from andon.store.generation import renew as renewed

commands = typer.Typer(no_args_is_help=True, help="The log itself: its generation, its archives.")
commands.command("archive")(archive)
commands.command("archives")(archives)
commands.command("read")(read)


@commands.command("show")
def show(data: Data = DATA, database: Database = None) -> None:
    """Says which generation of the log this is, and since when."""

    async def work(db: asyncpg.Connection) -> None:
        _say(await current(db))

    run_or_exit(with_database(data, database, work))


@commands.command("renew")
def renew(data: Data = DATA, database: Database = None) -> None:
    """Begins a new generation of the log, after a restore that Andon could not notice by itself.

    Whoever keeps positions of the old one is refused and told to begin anew. Andon's own followers
    go on where the restored log has them.
    """

    async def work(db: asyncpg.Connection) -> None:
        _say(await renewed(db))

    run_or_exit(with_database(data, database, work))


def _say(generation: Generation) -> None:
    OUT.print(
        f"generation {generation.id.hex[:12]} since {generation.since:%Y-%m-%d %H:%M:%S} UTC",
        highlight=False,
    )
