"""`andon connectors`: the commands. What they do is loaded when one is given: it takes a fifth of a
second, which a restart at night has no use for."""

__all__ = ["commands", "list_all", "show", "simulate", "try_out"]

from typing import Annotated

import typer

commands = typer.Typer(
    no_args_is_help=True, help="Kinds of systems Andon can speak with, and how far each was taken."
)

Name = Annotated[str, typer.Argument(help="As `andon connectors list` shows it.")]


@commands.command("list")
def list_all() -> None:
    """Every connector there is, and what to install for those that lack a library."""
    from andon.app import standing

    standing.list_all()


@commands.command("show")
def show(name: Name) -> None:
    """Faces, level, exemptions, and every setting with its type, default and meaning."""
    from andon.app import standing

    standing.show(name)


@commands.command("check")
def try_out(name: Name) -> None:
    """Tries every promise on the connector's simulators; ends with 1 when one is broken."""
    from andon.app import standing

    standing.try_out(name)


@commands.command("simulate")
def simulate(
    name: Name,
    at: Annotated[str, typer.Option(help="A port of this machine, or a folder; see its README.")],
) -> None:
    """Starts a simulated system of this kind to look around in, until Ctrl-C."""
    from andon.app import simulating

    simulating.simulate(name, at)
