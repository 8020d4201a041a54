"""The command line: init, check, run, trace, pause, resume, keys, connectors, log, demo, lab."""

__all__ = ["check", "demo", "init", "keys_create", "keys_revoke", "main", "openapi", "run", "trace"]

import os
import re
import sys
from collections.abc import Sized
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from andon.app.connectors import commands as connectors
from andon.app.lab import commands as lab
from andon.app.log import commands as log
from andon.app.pausing import pause, resume
from andon.app.terminal import (
    DATA,
    ERR,
    OUT,
    Data,
    Database,
    refusals_said,
    run_or_exit,
    with_database,
)
from andon.core.errors import SettingsError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
keys = typer.Typer(no_args_is_help=True, help="Keys for programs; a key is shown once.")
app.add_typer(keys, name="keys")
app.add_typer(connectors, name="connectors")
app.add_typer(log, name="log")
app.add_typer(lab, name="lab")
app.command("pause")(pause)
app.command("resume")(resume)


@app.command()
def check(
    project: str,
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
    project: str,
    data: Data = DATA,
    database: Database = None,
    host: Annotated[str, typer.Option(envvar="ANDON_HOST")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="ANDON_PORT")] = 8420,
    workers: Annotated[int, typer.Option(envvar="ANDON_WORKERS")] = 1,
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


def _require_scopes(scopes: list[str], party: str | None) -> None:
    areas = r"(read|commands):[^:\s]+"
    known = rf"read|admin|(events|exceptions|connections):write|inbox:[^:\s]+|{areas}"
    if party is not None:
        _require_partner(party, [scope for scope in scopes if not re.fullmatch(areas, scope)])
    wrong = [scope for scope in scopes if not re.fullmatch(known, scope)]
    if wrong:
        raise SettingsError(
            f"No key was made: {', '.join(map(repr, wrong))} opens nothing."
            " Scopes are read, read:<capability>, inbox:<connection>,"
            " commands:<capability>, events:write, exceptions:write, connections:write and admin."
        )


def _require_partner(party: str, wrong: list[str]) -> None:
    if not re.fullmatch(r"party/[^/:\s]+:\S+", party):
        raise SettingsError(
            f"No key was made: {party!r} names no party. Say it as its subject is called,"
            " party/<issuer>:<number>."
        )
    if wrong:
        raise SettingsError(
            f"No key was made: a partner may not have {', '.join(wrong)}. It may have"
            " read:<capability> and commands:<capability>."
        )


def _count(things: Sized, word: str) -> str:
    return f"{len(things)} {word}{'s' * (len(things) != 1)}"


def _say(text: str) -> None:
    ERR.print(text, markup=False, highlight=False, soft_wrap=True)


@keys.command("create")
def keys_create(
    name: Annotated[str, typer.Option(help="Who will use it.")],
    scope: Annotated[
        list[str],
        typer.Option(
            help="What it may do, once or several times: read, read:<capability>,"
            " inbox:<connection>,"
            " commands:<capability>, events:write, exceptions:write, connections:write, admin."
        ),
    ],
    site: Annotated[
        list[str] | None, typer.Option(help="Sites it may see; none means all.")
    ] = None,
    system: Annotated[
        str | None, typer.Option(help="The system it speaks for (events:write).")
    ] = None,
    party: Annotated[
        str | None,
        typer.Option(help="The partner that has it, party/<issuer>:<number>: it sees its own."),
    ] = None,
    data: Data = DATA,
    database: Database = None,
) -> None:
    """Makes a key and prints it. It cannot be shown again."""

    async def work(db: asyncpg.Connection) -> None:
        from andon.store.access import create_key

        print(
            await create_key(db, name, scopes=scope, sites=site or (), system=system, party=party)
        )

    with refusals_said():
        _require_scopes(scope, party)
    run_or_exit(with_database(data, database, work))


@keys.command("revoke")
def keys_revoke(name: str, data: Data = DATA, database: Database = None) -> None:
    """Ends every key of this name within two seconds."""

    async def work(db: asyncpg.Connection) -> None:
        from andon.store.access import revoke_key

        ended = await revoke_key(db, name)
        if not ended:
            raise SettingsError(
                f"No key named {name!r} is open here, so none was ended."
                " Check the name, --data and --database."
            )
        _say(
            f"{_count(range(ended), 'key')} named {name!r} ended;"
            " refused everywhere within two seconds."
        )

    run_or_exit(with_database(data, database, work))


@app.command()
def trace(
    subject: str,
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
def openapi() -> None:
    """Prints the OpenAPI document of the HTTP API."""
    from andon.api.description import openapi_document

    sys.stdout.buffer.write(openapi_document())


@app.command()
def init(folder: Path) -> None:
    """Writes a small project to begin with."""
    from andon.app.begin import begin

    async def work() -> None:
        for file in begin(folder):
            _say(f"wrote {file}")
        _say(f"Next: cd {folder}, then: andon check plant:andon, then: andon run plant:andon")

    run_or_exit(work())


@app.command()
def demo(
    port: Annotated[
        int,
        typer.Option(envvar="ANDON_PORT", help="Where the board answers, on this machine only."),
    ] = 8420,
    real: Annotated[
        bool, typer.Option("--real", help="A real ERP and a real MES, from a checkout of Andon.")
    ] = False,
    speed: Annotated[
        float, typer.Option(help="Business seconds per second; of the simulated company.")
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


def main() -> None:
    """Entry point."""
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    app()


if __name__ == "__main__":
    main()
