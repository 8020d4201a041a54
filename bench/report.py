"""The result as a file to keep and a table to read."""

from pathlib import Path

import msgspec
from rich.table import Table

from bench.machine import Machine
from bench.reckoning import Figures

__all__ = ["Report", "broken_promises", "last_report", "table"]

_COLUMNS = (
    "completed_per_s",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "cpu_s_per_1000",
    "peak_mb",
    "lost",
    "doubled",
    "out_of_order",
    "parked",
    "recovery_s",
    "repeated_calls",
    "others_cores",
)
_COMPARED = {"completed_per_s", "p50_ms", "p95_ms", "p99_ms", "cpu_s_per_1000", "peak_mb"}
_TIE = 1.3
"""Identical code differs by a quarter between minutes; less than this is noise."""


class Report(msgspec.Struct, frozen=True):
    """Everything measured in one go."""

    machine: Machine
    scenarios: dict[str, Figures]


def last_report(folder: Path) -> Report | None:
    """The newest readable report in the folder; one of an older shape is passed over."""
    files = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files:
        try:
            return msgspec.json.decode(path.read_bytes(), type=Report)
        except msgspec.DecodeError:
            continue
    return None


def broken_promises(report: Report) -> list[str]:
    """What no speed makes good."""
    return [
        f"{name}: {count} {what}"
        for name, figures in report.scenarios.items()
        for what, count in _broken(figures).items()
        if count
    ]


def _broken(figures: Figures) -> dict[str, int]:
    return {
        "accepted events lost": figures.lost,
        "effects doubled": figures.doubled,
        "operations out of order": figures.out_of_order,
        "steps out of order": figures.bad.get("out_of_order", 0),
        "bodies mapped badly": figures.bad.get("bad_map", 0),
        "calls without a key": figures.bad.get("no_key", 0),
        "poisoned events neither done nor parked": max(0, figures.poisoned - figures.parked),
    }


def table(report: Report, before: Report | None) -> Table:
    """One row per scenario; a change beyond noise shows its factor against the last report."""
    machine = report.machine
    shown = Table(
        title=f"Production completion at {machine.revision}",
        caption=f"{machine.cores} cores, Python {machine.python}, {machine.filesystem} with "
        f"{machine.fdatasync_per_s} fdatasync/s, {machine.measured_at:%Y-%m-%d %H:%M} UTC"
        + (f"; x against {before.machine.revision}" if before else ""),
    )
    shown.add_column("scenario")
    for column in _COLUMNS:
        shown.add_column(column.replace("_", "\n"), justify="right")
    for name, figures in report.scenarios.items():
        earlier = before.scenarios.get(name) if before else None
        shown.add_row(name, *(_cell(column, figures, earlier) for column in _COLUMNS))
    return shown


def _cell(column: str, figures: Figures, earlier: Figures | None) -> str:
    value = getattr(figures, column)
    if value is None:
        return "-"
    was = getattr(earlier, column) if earlier and column in _COMPARED else None
    if not was or not value or 1 / _TIE < value / was < _TIE:
        return f"{value:g}"
    return f"{value:g}\nx{value / was:.2f}"
