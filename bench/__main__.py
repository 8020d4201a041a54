"""Measure the hub: ``python -m bench [--only capacity,crash] [--seconds 15]``."""

import argparse
import sys
from pathlib import Path

import msgspec
from rich.console import Console

from andon.connectors._ports import free_port
from bench.failure import MeasurementError
from bench.hub import ROOT, HubCommand
from bench.machine import this_machine
from bench.reckoning import Figures
from bench.report import Report, broken_promises, last_report, table
from bench.scenarios import SCENARIOS, Scenario, Setting, measured, named


def _arguments() -> argparse.Namespace:
    default = HubCommand(url="")
    names = ",".join(scenario.name for scenario in SCENARIOS)
    reads = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    reads.add_argument("--only", default=names, help="some of the scenarios, with commas between")
    reads.add_argument("--seconds", type=float, default=15.0, help="how long to post in each")
    reads.add_argument("--out", type=Path, default=ROOT / "build" / "bench" / "completion.json")
    reads.add_argument("--hub", default=default.run, help="command that runs the hub")
    reads.add_argument("--keys", default=default.keys, help="command that makes a key")
    reads.add_argument("--url", help="where the hub answers; a free loopback port without it")
    reads.add_argument("--data", type=Path, help="existing folder to keep the hub's data below")
    reads.add_argument("--seed", type=int, default=1, help="same seed, same events and faults")
    return reads.parse_args()


def _each(scenarios: list[Scenario], setting: Setting, out: Console) -> dict[str, Figures]:
    """What could be measured; the rest says why not and does not stop the others."""
    found: dict[str, Figures] = {}
    for scenario in scenarios:
        out.print(f"[bold]{scenario.name}[/] ...")
        try:
            found[scenario.name] = measured(scenario, setting)
        except MeasurementError as error:
            out.print(str(error), style="red", markup=False)
    return found


def _main() -> int:
    arguments = _arguments()
    out = Console(stderr=True)
    target: Path = arguments.out
    target.parent.mkdir(parents=True, exist_ok=True)
    url: str = arguments.url or f"http://127.0.0.1:{free_port()}"
    command = HubCommand(run=arguments.hub, keys=arguments.keys, url=url.rstrip("/"))
    setting = Setting(
        hub=command,
        seconds=arguments.seconds,
        data=arguments.data,
        logs=target.parent,
        seed=arguments.seed,
    )
    try:
        scenarios = named(arguments.only.split(","))
    except MeasurementError as error:
        out.print(str(error), style="red", markup=False)
        return 2
    before = last_report(target.parent)
    machine = this_machine(arguments.data)
    report = Report(machine, _each(scenarios, setting, out))
    if report.scenarios:
        target.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
        Console().print(table(report, before))
    for broken in broken_promises(report):
        out.print(f"Broken promise: {broken}", style="bold red")
    complete = len(report.scenarios) == len(scenarios)
    return 0 if complete and not broken_promises(report) else 1


if __name__ == "__main__":
    sys.exit(_main())
