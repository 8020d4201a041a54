"""Measure synchronous capabilities: ``python -m bench.capabilities [--rate 50] [--seconds 15]``.

The same calls are offered at the same rate to a target directly and through Andon's API, which
waits for the document number, in turn; what Andon adds is the difference. Latency counts from when
a call was due.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

import msgspec
import uvloop
from rich.console import Console
from rich.table import Table

from andon.api.capabilities import example_of
from andon.connectors._ports import free_port
from bench.calling import Called, Figures, offered, reckoned
from bench.commands import CAPABILITIES, Capability, body_of
from bench.failure import MeasurementError
from bench.hub import ADMIN_SCOPE, ROOT, Hub, HubCommand
from bench.machine import Machine, this_machine
from bench.systems import Systems, systems
from bench.wire import Poster

_ALLOWED_MS = 25.0
_OUT = ROOT / "build" / "bench" / "capabilities.json"
_WITHIN = 30.0
_WARM_UP_S = 3.0
_ROUNDS = 3
"""What else the machine does while target and Andon are asked in turn strikes both."""
_WIDE = 140

Calls = list[tuple[str, bytes]]
"""Each by its key."""


class Report(msgspec.Struct, frozen=True):
    """Figures and where they were measured."""

    machine: Machine
    figures: list[Figures]


def _subjects(capability: Capability, label: str, n: int) -> list[str]:
    """Names no other call bears."""
    kind, of = capability.command.KIND, capability.name.replace("/", "-")
    return [f"{kind}/{capability.system}:{label}-{of}-{place}" for place in range(n)]


def _commands(capability: Capability, label: str, n: int) -> Calls:
    """What the API's description shows, each about a subject of its own, whose name is its key."""
    shape = capability.command
    example = example_of(shape)
    return [
        (name, msgspec.json.encode({**example, shape.KEY: name}))
        for name in _subjects(capability, label, n)
    ]


def _direct(capability: Capability, label: str, n: int) -> Calls:
    """The same commands, as Andon writes them to the target."""
    decode = msgspec.json.Decoder(capability.command).decode
    asked = _commands(capability, label, n)
    return [(name, msgspec.json.encode(body_of(decode(body)))) for name, body in asked]


async def _measured(
    capability: Capability, hub: str, key: str, stub: Systems, rate: float, seconds: float
) -> Figures:
    headers = {"Authorization": f"Bearer {key}", "Prefer": f"wait={int(_WITHIN)}"}
    url = f"{hub}/v1/{capability.name}"

    async def target(label: str, n: int) -> list[Called]:
        poster = Poster(stub.url + capability.path, headers={}, within=_WITHIN)
        return await offered(poster, _direct(capability, label, n), rate)

    async def through(label: str, n: int) -> list[Called]:
        poster = Poster(url, headers=headers, within=_WITHIN + 5)
        return await offered(poster, _commands(capability, label, n), rate)

    few, many = int(rate * _WARM_UP_S), int(rate * seconds / _ROUNDS)
    await target("first", few)
    await through("warm", few)
    direct: list[Called] = []
    answered: list[Called] = []
    for place in range(_ROUNDS):
        direct += await target(f"direct-{place}", many)
        answered += await through(f"asked-{place}", many)
    keys = {call.key for call in answered}
    page = await asyncio.to_thread(stub.ledger)
    effects = {name: e for name, e in page.events[capability.system].items() if name in keys}
    return reckoned(capability.name, rate, direct, answered, effects)


def _table(figures: list[Figures]) -> Table:
    table = Table(
        "capability", "calls/s", "target p50", "target p99", "Andon p50", "Andon p99",
        "added at p99", "unfinished", "lost", "doubled",
    )  # fmt: skip
    for one in figures:
        times = (one.target_p50_ms, one.target_p99_ms, one.p50_ms, one.p99_ms, one.added_ms)
        table.add_row(
            one.capability,
            f"{one.rate:g}",
            *(f"{ms:.1f}" for ms in times),
            *(str(count) for count in (one.unfinished, one.lost, one.doubled)),
        )
    return table


def _arguments() -> argparse.Namespace:
    reads = argparse.ArgumentParser(prog="python -m bench.capabilities", description=__doc__)
    reads.add_argument("--rate", type=float, default=50.0, help="calls offered in a second")
    reads.add_argument("--seconds", type=float, default=15.0, help="how long, for each")
    reads.add_argument("--out", type=Path, default=_OUT)
    return reads.parse_args()


def _main() -> int:
    arguments = _arguments()
    out: Path = arguments.out
    out.parent.mkdir(parents=True, exist_ok=True)
    command = HubCommand(
        run="andon run bench.commands:andon", url=f"http://127.0.0.1:{free_port()}"
    )
    log = out.parent / "capabilities.log"
    log.unlink(missing_ok=True)
    figures: list[Figures] = []
    with (
        tempfile.TemporaryDirectory(prefix="andon-bench-") as folder,
        systems() as stub,
        Hub(command, data=Path(folder) / "data", systems=stub.url, log=log) as hub,
    ):
        Path(folder).chmod(0o755)  # a PostgreSQL of another user must be able to pass
        (Path(folder) / "data").mkdir()
        hub.start()
        hub.wait_until_ready()
        key = hub.key(ADMIN_SCOPE)
        for one in CAPABILITIES:
            measuring = _measured(one, command.url, key, stub, arguments.rate, arguments.seconds)
            figures.append(uvloop.run(measuring))
    report = Report(this_machine(None), figures)
    out.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    console = Console(width=_WIDE)
    console.print(_table(figures))
    for one in figures:
        if one.added_ms > _ALLOWED_MS:
            console.print(f"{one.capability} adds more than {_ALLOWED_MS:g} ms.", style="yellow")
    return 0 if all(one.kept for one in figures) else 1


if __name__ == "__main__":
    try:
        sys.exit(_main())
    except MeasurementError as error:
        Console(stderr=True).print(str(error), style="red", markup=False)
        sys.exit(2)
