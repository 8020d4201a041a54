"""`andon lab run`."""

__all__ = ["commands", "run_once"]

import asyncio
import signal
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Annotated, TypeVar, cast, get_args

import typer

from andon.app.lab.without import Protection
from andon.app.terminal import refusals_said
from andon.core.errors import Fault, SettingsError

_T = TypeVar("_T")

commands = typer.Typer(
    no_args_is_help=True, help="The fault lab: a simulated company, a storm, and the reckoning."
)


@commands.callback()
def _lab() -> None:
    """Here so that `run` stays a word of its own."""


@commands.command("run")
def run_once(
    profile: Annotated[str, typer.Option(help="S: minutes. M: an hour.")] = "S",
    faults: Annotated[
        str, typer.Option(help="`all`, `none`, or names with commas: `429,lock`.")
    ] = "all",
    seed: Annotated[int, typer.Option(help="The same seed is the same company.")] = 1,
    without: Annotated[
        str | None,
        typer.Option("--break", help="Takes one protection away: dedupe, find, order or fence."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the report goes.")] = Path("build/lab"),
) -> None:
    """Runs once. Ends with 1 unless everything agrees and every fault has struck."""
    # A library of the extra `sandbox` is behind these, which no other command needs.
    from andon.app.lab.report import written
    from andon.app.lab.run import PROFILES, run_lab
    from andon.sandbox.lab.storm import KINDS

    with refusals_said():
        if profile not in PROFILES:
            raise SettingsError(f"There is no profile {profile!r}: {', '.join(PROFILES)}.")
        if without is not None and without not in get_args(Protection):
            known = ", ".join(get_args(Protection))
            raise SettingsError(f"There is no protection {without!r}: {known}.")
        kinds = {name: KINDS[name] for name in _chosen(faults, KINDS)}
        run = run_lab(
            out,
            PROFILES[profile],
            kinds,
            seed=seed,
            without=cast("Protection | None", without),
            told=_say,
        )
        try:
            report = asyncio.run(_until_told(run))
        except asyncio.CancelledError:
            _say("Ended before its time; there is no report.")
            raise typer.Exit(130) from None
    typer.echo(written(report, out))
    if not report.well:
        raise typer.Exit(1)


async def _until_told(run: Awaitable[_T]) -> _T:
    """Ctrl-C and a kill end it in order, with all that it started."""
    task = asyncio.current_task()
    assert task is not None
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    return await run


def _chosen(said: str, known: Mapping[str, object]) -> list[str]:
    if said in ("all", "none"):
        return list(known) if said == "all" else []
    names = [name.strip() for name in said.split(",")]
    unknown = [Fault(name, "is no fault") for name in names if name not in known]
    if unknown:
        raise SettingsError(f"The faults are: {', '.join(known)}.", unknown)
    return names


def _say(text: str) -> None:
    typer.echo(text)
