"""What is installed, how it is set, and whether it keeps its promises."""

__all__ = ["keeps_promises", "list_all", "show", "try_out"]

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import typer
from rich.markup import escape
from rich.table import Table

from andon.app.installed import extra_of, found, loaded
from andon.app.terminal import OUT, refusals_said
from andon.core.connector import Connector
from andon.core.counterpart import Counterpart
from andon.core.errors import AndonError
from andon.core.form import form_of
from andon.testing.conformance import (
    CHECKS,
    Outcome,
    Quality,
    Result,
    counterparts_of,
    installed,
    quality_of,
    tried_all,
)

_LEVELS = {
    "proven": "passes the conformance suite on its simulator and on the real system",
    "simulated": "passes the conformance suite on its simulator",
    "partial": "not deep enough yet; its README says what is missing",
}
_COLOURS: dict[Outcome, str] = {
    "passed": "green", "failed": "red", "outdated": "red", "exempt": "yellow",
    "not applicable": "dim",
}  # fmt: skip


def _or_exit(work: Callable[[], int | None]) -> None:
    with refusals_said():
        code = work()
    if code:
        raise typer.Exit(code)


def list_all() -> None:
    """Every connector there is, and what to install for those that lack a library."""
    table = Table("connector", "faces", "level", "tried with", "libraries", box=None)
    for name, entry in installed().items():
        extra = extra_of(entry)
        if extra.missing:
            table.add_row(name, "", "", "", f"missing: install {escape(extra.install)}")
            continue
        try:
            quality = quality_of(loaded(entry))
        except AndonError as error:
            table.add_row(name, "", "", escape(str(error)), "")
            continue
        there = escape(extra.install) or "nothing more"
        table.add_row(name, ", ".join(quality.faces), quality.level, quality.system, there)
    OUT.print(table)


def show(name: str) -> None:
    """Faces, level, exemptions, and every setting with its type, default and meaning."""

    def work() -> None:
        entry = found(name)
        kind = loaded(entry)
        quality = quality_of(kind)
        _line(f"{name}: {(kind.__doc__ or '').strip().splitlines()[0]}")
        _line(f"faces: {', '.join(quality.faces)}")
        _line(f"level: {quality.level}, {_LEVELS[quality.level]} ({quality.system})")
        _line(f"needs: {extra_of(entry).install or 'nothing more'}")
        for check, reason in quality.exempt.items():
            _line(f"exempt from {check}: {reason}")
        OUT.print(_settings_table(kind))

    _or_exit(work)


def try_out(name: str) -> None:
    """Tries every promise on the connector's simulators; ends with 1 when one is broken."""

    def work() -> int:
        kind = loaded(found(name))
        quality = quality_of(kind)
        peers = counterparts_of(kind)
        well = [asyncio.run(keeps_promises(name, kind, peer, quality)) for peer in peers]
        return 0 if all(well) else 1

    _or_exit(work)


async def keeps_promises(
    name: str, kind: type[Connector[Any]], peer: type[Counterpart], quality: Quality
) -> bool:
    """Whether every promise is kept on this counterpart; tells each as it is tried."""
    counts: Counter[Outcome] = Counter()
    well = True
    _line(f"{name} on {peer.name}, {len(CHECKS)} checks")
    async for result in tried_all(kind, peer, quality):
        counts[result.outcome] += 1
        well = well and result.well
        if result.outcome != "not applicable":
            _said(result)
    parts = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    _line(f"{name} on {peer.name}: {parts}; level {quality.level}")
    return well


def _said(result: Result) -> None:
    colour = _COLOURS[result.outcome]
    OUT.print(
        f"  [{colour}]{result.outcome:<9}[/] {result.check.name:<15} {escape(result.check.says)}",
        soft_wrap=True,
        highlight=False,
    )
    if result.says:
        _line(f"            {result.says}")


def _settings_table(kind: type[Connector[Any]]) -> Table:
    table = Table("setting", "type", "default", "is", box=None)
    for field in form_of(kind.settings_type).fields:
        default = "required" if field.required else field.default
        table.add_row(field.name, field.type, escape(default), escape(field.says))
    return table


def _line(text: str) -> None:
    OUT.print(text, markup=False, highlight=False, soft_wrap=True)
