"""`andon keys`: what programs come in with."""

__all__ = ["commands", "create", "list_open", "revoke"]

import re
from typing import Annotated

import asyncpg
import typer
from rich.markup import escape
from rich.table import Table

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

commands = typer.Typer(no_args_is_help=True, help="Keys for programs; a key is shown once.")


@commands.command("create")
def create(
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


@commands.command("revoke")
def revoke(
    name: Annotated[str, typer.Argument(help="As `andon keys list` shows it.")],
    data: Data = DATA,
    database: Database = None,
) -> None:
    """Ends every key of this name within two seconds."""

    async def work(db: asyncpg.Connection) -> None:
        from andon.store.access import revoke_key

        ended = await revoke_key(db, name)
        if not ended:
            raise SettingsError(
                f"No key named {name!r} is open here, so none was ended."
                " `andon keys list` shows those that are; check --data and --database."
            )
        _say(
            f"{ended} key{'s' * (ended != 1)} named {name!r} ended;"
            " refused everywhere within two seconds."
        )

    run_or_exit(with_database(data, database, work))


@commands.command("list")
def list_open(data: Data = DATA, database: Database = None) -> None:
    """Every key that opens something: whose it is, what for, since when. Never the key itself."""

    async def work(db: asyncpg.Connection) -> None:
        from andon.store.access import all_keys

        table = Table("name", "scopes", "sites", "speaks for", "made (UTC)", box=None)
        for key in await all_keys(db):
            table.add_row(
                escape(key.name),
                escape(", ".join(sorted(key.scopes))),
                escape(", ".join(sorted(key.sites)) or "all"),
                escape(key.party or key.system or ""),
                f"{key.created_at:%Y-%m-%d %H:%M}",
            )
        OUT.print(table)

    run_or_exit(with_database(data, database, work))


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


def _say(text: str) -> None:
    ERR.print(text, markup=False, highlight=False, soft_wrap=True)
