"""Measure synchronous capabilities: ``python -m bench.capabilities [--rate 50] [--seconds 15]``.

The same rate is offered to a target directly and then through Andon's API, which waits for the
document number; what Andon adds is the difference. Latency counts from when a call was due.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from rich.console import Console
from rich.table import Table

from andon.connectors._ports import free_port
from bench.calling import Figures, offered, reckoned
from bench.failure import MeasurementError
from bench.hub import ADMIN_SCOPE, ROOT, Hub, HubCommand
from bench.ledger import System
from bench.machine import Machine, this_machine
from bench.systems import Systems, systems
from bench.wire import Poster

_ALLOWED_MS = 25.0
_OUT = ROOT / "build" / "bench" / "capabilities.json"
_WITHIN = 30.0
_WARM_UP_S = 3.0
_WIDE = 130


class Capability(msgspec.Struct, frozen=True, kw_only=True):
    """One command of the bench's project, and where its target takes it."""

    name: str
    system: System
    target: str
    more: dict[str, str]
    """What the command has besides the completion."""


CAPABILITIES = (
    Capability(
        name="quality/open-inspection", system="qms", target="/qms/inspection-lots", more={}
    ),
    Capability(
        name="inventory/post-receipt",
        system="erp",
        target="/erp/goods-receipts",
        more={"inspection": "I1"},
    ),
    Capability(
        name="warehouse/request-putaway",
        system="wms",
        target="/wms/putaway-tasks",
        more={"receipt": "R1"},
    ),
)


class Report(msgspec.Struct, frozen=True):
    """Figures and where they were measured."""

    machine: Machine
    figures: list[Figures]


def _direct(capability: Capability, label: str, n: int) -> list[tuple[str, bytes]]:
    keys = [f"{label}-{capability.system}-{place}" for place in range(n)]
    return [
        (key, msgspec.json.encode({"eventId": key, "orderNo": key, "lotNo": key, "qty": 1}))
        for key in keys
    ]


def _commands(capability: Capability, label: str, n: int) -> list[tuple[str, bytes]]:
    keys = [f"{label}-{capability.system}-{place}" for place in range(n)]
    return [(key, msgspec.json.encode(_command(capability, key))) for key in keys]


def _command(capability: Capability, key: str) -> dict[str, Any]:
    order = f"production-order/mes:{key}"
    completed = {
        "order_id": order, "event_id": key, "sequence": 1, "lot_id": key, "plant": "A", "good": 1,
        "scrap": 0, "unit": "PCE",
    }  # fmt: skip
    return {"order_id": order, "completed": completed, **capability.more}


async def _measured(
    capability: Capability, hub: str, key: str, stub: Systems, rate: float, seconds: float
) -> Figures:
    headers = {"Authorization": f"Bearer {key}", "Prefer": f"wait={int(_WITHIN)}"}
    url = f"{hub}/v1/{capability.name}"

    def through() -> Poster:
        return Poster(url, headers=headers, within=_WITHIN + 5)

    def target() -> Poster:
        return Poster(stub.url + capability.target, headers={}, within=_WITHIN)

    few, many = int(rate * _WARM_UP_S), int(rate * seconds)
    await offered(target(), _direct(capability, "first", few), rate)
    direct = await offered(target(), _direct(capability, "direct", many), rate)
    await offered(through(), _commands(capability, "warm", few), rate)
    asked = _commands(capability, "asked", many)
    answered = await offered(through(), asked, rate)
    keys = {name for name, _ in asked}
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
    command = HubCommand(url=f"http://127.0.0.1:{free_port()}")
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
