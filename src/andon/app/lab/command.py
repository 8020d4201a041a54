"""`andon lab run`, `andon lab compare`."""

__all__ = ["commands", "compare_once", "run_once"]

import asyncio
import signal
from collections.abc import Awaitable, Coroutine, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast, get_args

import msgspec
import typer

from andon.app.lab.without import Protection
from andon.app.terminal import refusals_said
from andon.core.errors import Fault, SettingsError

_T = TypeVar("_T")

commands = typer.Typer(
    no_args_is_help=True, help="The fault lab: a simulated company, a storm, and the reckoning."
)


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
        report = _ended(run)
    typer.echo(written(report, out))
    if not report.well:
        raise typer.Exit(1)


@commands.command("compare")
def compare_once(
    seed: Annotated[int, typer.Option(help="The same seed is the same company.")] = 1,
    hours: Annotated[float, typer.Option(help="Business hours to live.", min=2.5)] = 14.0,
    out: Annotated[Path, typer.Option(help="Where the report goes.")] = Path("build/lab"),
) -> None:
    """The company as it worked before, with batches, lists and mails, beside the one with Andon.
    Ends with 1 unless each figure is better with it."""
    from andon.app.lab.compare import compare, compared
    from andon.app.lab.report import written
    from andon.app.lab.run import PROFILES

    with refusals_said():
        profile = msgspec.structs.replace(PROFILES["S"], hours=hours, least_effects=0)
        run = compare(out, profile, seed=seed, told=_say)
        comparison = _ended(run)
    typer.echo(compared(comparison, out))
    if not comparison.report.well:
        typer.echo(written(comparison.report, out))
    if not comparison.well:
        raise typer.Exit(1)


def _ended(run: Coroutine[Any, Any, _T]) -> _T:
    try:
        return asyncio.run(_until_told(run))
    except asyncio.CancelledError:
        _say("Ended before its time; there is no report.")
        raise typer.Exit(130) from None


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
