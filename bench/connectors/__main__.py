"""Measure connectors: ``python -m bench.connectors [NAME ...]``; each in a process of its own."""

import asyncio
import importlib
import pkgutil
import subprocess
import sys

import msgspec
from rich.console import Console
from rich.table import Table

import bench.connectors
from bench.connectors import Figure
from bench.hub import ROOT
from bench.machine import this_machine

_TARGET = ROOT / "build" / "bench" / "connectors.json"
_WITHIN_S = 600.0
"""One connector; the slowest needs a quarter of it."""
_NO_MEASUREMENT = {"elsewhere", "filing", "__main__"}


def _names() -> list[str]:
    found = [module.name for module in pkgutil.iter_modules(bench.connectors.__path__)]
    return [name for name in found if name not in _NO_MEASUREMENT]


def _figures(name: str) -> list[Figure]:
    """What one connector's module measures, in a fresh process: its peak is its own."""
    command = [sys.executable, "-m", "bench.connectors", "--one", name]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=_WITHIN_S)
    return msgspec.json.decode(done.stdout, type=list[Figure])


def _one(name: str) -> None:
    measure = importlib.import_module(f"bench.connectors.{name}").measure
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(measure())))


def _table(figures: list[Figure]) -> Table:
    table = Table(
        "connector", "direction", "items/s", "bare/s", "of bare", "CPU s/1,000", "peak MB"
    )
    for one in figures:
        table.add_row(
            one.connector,
            one.direction,
            f"{one.items_per_s:,.0f}",
            f"{one.bare_items_per_s:,.0f}",
            f"{one.of_bare:.0%}",
            f"{one.cpu_s_per_1000:.3f}",
            f"{one.peak_mb:.0f}",
        )
    return table


def _main(wanted: list[str]) -> int:
    out = Console(stderr=True)
    figures: list[Figure] = []
    failed = False
    for name in wanted or _names():
        out.print(f"[bold]{name}[/] ...")
        try:
            figures += _figures(name)
        except subprocess.CalledProcessError:
            failed = True
            out.print(f"{name} could not be measured; why stands above.", style="red")
        except subprocess.TimeoutExpired:
            failed = True
            out.print(f"{name} was not done in {_WITHIN_S:g} s and was ended.", style="red")
    report = {"machine": this_machine(None), "figures": figures}
    _TARGET.parent.mkdir(parents=True, exist_ok=True)
    _TARGET.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    Console().print(_table(figures))
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(sys.argv[2])
    else:
        sys.exit(_main(sys.argv[1:]))
