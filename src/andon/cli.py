"""The command line: init, check, run, trace, pause, resume, keys, connectors, log, demo, lab."""

__all__ = ["check", "demo", "init", "main", "openapi", "run", "trace"]

import os
import sys
from collections.abc import Sized
from pathlib import Path
from typing import Annotated

import typer

from andon.app.connectors import commands as connectors
from andon.app.keys import commands as keys
from andon.app.lab import commands as lab
from andon.app.log import commands as log
from andon.app.pausing import pause, resume
from andon.app.terminal import (
    DATA,
    ERR,
    OUT,
    Data,
    Database,
    Project,
    refusals_said,
    run_or_exit,
)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Made if it is missing; nothing is overwritten.")],
) -> None:
    """Writes a small project to begin with."""
    from andon.app.begin import begin

    async def work() -> None:
        for file in begin(folder):
            _say(f"wrote {file}")
        _say(f"Next: cd {folder}, then: andon check plant:andon, then: andon run plant:andon")

    run_or_exit(work())


@app.command()
def check(
    project: Project,
    journals: Annotated[
        Path | None,
        typer.Option(help="Folder of recorded journals that the workflows must still follow."),
    ] = None,
) -> None:
    """Reports every mistake of a project at once, each with file and key."""

    async def work() -> None:
        from andon.app.loading import load

        plan = load(project).checked()
        OUT.print(
            f"{plan.name} is well: {_count(plan.connections, 'connection')},"
            f" {_count(plan.workflows, 'workflow')}, {_count(plan.routes, 'route')}."
            " Nothing was started."
        )
        if journals is not None:
            from andon.app.journals import check_journals

            followed = check_journals(project, journals)
            OUT.print(f"Its workflows follow {followed} recorded journals, under two hash seeds.")

    run_or_exit(work())


@app.command()
def run(
    project: Project,
    data: Data = DATA,
    database: Database = None,
    host: Annotated[
        str, typer.Option(envvar="ANDON_HOST", help="Address at which it answers.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="ANDON_PORT", min=1, max=65535, help="Port at which it answers.")
    ] = 8420,
    workers: Annotated[
        int,
        typer.Option(envvar="ANDON_WORKERS", min=0, help="Worker processes; 0 sends nothing."),
    ] = 1,
) -> None:
    """Runs a project until Ctrl-C: database, web and workers."""

    async def work() -> None:
        import logging

        from andon.app.database import Place
        from andon.app.first import first_start
        from andon.app.supervise import supervise

        logging.basicConfig(
            level=logging.INFO, format="%(asctime)s andon %(levelname)s %(message)s"
        )
        logging.getLogger("alembic").setLevel(logging.WARNING)
        await supervise(
            project,
            Place(data, host, port, database),
            workers=workers,
            told=_say,
            ready=lambda dsn: first_start(dsn, data, _say),
        )

    run_or_exit(work())


def _count(things: Sized, word: str) -> str:
    return f"{len(things)} {word}{'s' * (len(things) != 1)}"


def _say(text: str) -> None:
    ERR.print(text, markup=False, highlight=False, soft_wrap=True)


@app.command()
def trace(
    subject: Annotated[str, typer.Argument(help="Any id of it, as any system calls it.")],
    data: Data = DATA,
    database: Database = None,
    journals: Annotated[
        Path | None,
        typer.Option(help="Also write the journals of its runs there, for `andon check`."),
    ] = None,
) -> None:
    """Shows an order, lot or shipment by any of its ids: beliefs, timeline, what is open."""

    async def work() -> None:
        from andon.app.database import Place, reach_database
        from andon.app.trace import print_trace

        async with reach_database(Place(data, "", 0, database)) as dsn:
            name = await print_trace(dsn, subject, OUT)
            if journals is not None and name is not None:
                from andon.app.journals import write_journals

                for file in await write_journals(dsn, name, journals):
                    _say(f"wrote {file}")

    run_or_exit(work())


@app.command()
def demo(
    port: Annotated[
        int,
        typer.Option(
            envvar="ANDON_PORT", min=1, max=65535, help="Where the board answers, here only."
        ),
    ] = 8420,
    real: Annotated[
        bool, typer.Option("--real", help="A real ERP and a real MES, from a checkout of Andon.")
    ] = False,
    speed: Annotated[
        float,
        typer.Option(min=0.1, max=1000, help="Business seconds per second, of the company."),
    ] = 30.0,
) -> None:
    """Runs a whole simulated company, or the main job on a real ERP and a real MES."""
    from andon.app.demo import company_demo, real_demo

    with refusals_said():
        if real:
            real_demo(Path.cwd(), port=port, told=_say)
        else:
            folder = Path.cwd() / "build" / "demo" / "company"
            company_demo(folder, port=port, speed=speed, told=_say)


@app.command()
def openapi() -> None:
    """Prints the OpenAPI document of the HTTP API."""
    from andon.api.description import openapi_document

    sys.stdout.buffer.write(openapi_document())


app.command("pause")(pause)
app.command("resume")(resume)
app.add_typer(keys, name="keys")
app.add_typer(connectors, name="connectors")
app.add_typer(log, name="log")
app.add_typer(lab, name="lab")


def main() -> None:
    """Entry point."""
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    app()


if __name__ == "__main__":
    main()
