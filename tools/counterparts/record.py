"""Writes what the real systems say into tests/recorded; run it again when a version changes.

Usage: .venv/bin/python -m tools.counterparts.record [tryton | fsmes]
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from andon.connectors.tryton import Tryton as Connector
from andon.connectors.tryton import TrytonSettings, mappings
from andon.core.connector import SecretStr
from andon.core.errors import RefusedError
from andon.core.mapping import Known, Outbound
from andon.core.message import Command
from tools.counterparts import Fsmes, Tryton
from tools.counterparts.environments import ROOT
from tools.counterparts.erp_face import ErpFace, erp_face
from tools.counterparts.posting import posting

RECORDED = ROOT / "tests" / "recorded"
WRITERS = {m.command: m for m in mappings if isinstance(m, Outbound)}


def write(system: str, name: str, document: Any) -> None:
    """One document, laid out so that a change of version can be read as a difference."""
    file = RECORDED / system / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")
    print(f"wrote {file.relative_to(ROOT)}", flush=True)


async def record_tryton(erp: Tryton) -> None:
    """Each state of an order and of an inspection as the poll reads it, and refusals."""
    settings = TrytonSettings(
        url=erp.rest_url, key=SecretStr(erp.key), poll_every=timedelta(milliseconds=100)
    )
    connector = Connector("erp", settings)
    await connector.open()
    rows: dict[str, Any] = {}
    changed = asyncio.Event()

    async def follow() -> None:
        async for item in connector.read(""):
            row = json.loads(item.raw)
            rows.setdefault(f"{item.kind.rpartition('.')[2]}-{row['state']}", row)
            changed.set()

    async def read(name: str) -> None:
        while name not in rows:
            changed.clear()
            await changed.wait()

    async def send(command: Command) -> None:
        request = WRITERS[type(command)].writes(command, Known(settings, local=command.local))
        await connector.send(request, key=command.local)
        # One look between two commands, so that no state is passed over unread.
        await asyncio.sleep(2 * settings.poll_every.total_seconds())

    async def let(act: Callable[[], Any]) -> Any:
        return await asyncio.to_thread(act)

    following = asyncio.create_task(follow())
    order = await let(lambda: erp.release(erp.create_order("FG-COLA", 10)))
    await read("production-waiting")
    for command in posting(order, brix="10.4", good="13"):
        await send(command)
    failing = await let(lambda: erp.release(erp.create_order("FG-COLA", 10)))
    refusals: dict[str, str] = {}
    for command in posting(failing, brix="12.1", good="10"):
        try:
            await send(command)
        except RefusedError as error:
            refusals[type(command).__name__] = str(error)
    cancelled = await let(lambda: erp.create_order("FG-WATER", 4))
    await let(lambda: erp.release(cancelled))
    await let(lambda: erp.planner.model("production.cancel", [cancelled]))
    await read("production-cancelled")
    following.cancel()
    await connector.close()
    for name, row in sorted(rows.items()):
        write("tryton", name, row)
    write("tryton", "refusals", refusals)


def record_fsmes(mes: Fsmes, face: ErpFace, address: str) -> None:
    """Confirmations of an order as planned, one over, one with nothing good; and by machines."""
    mes.start(erp_url=f"http://mes:key@{address}", poll=0.3)
    outcomes = {"WO-EXACT": (10, 10, 0), "WO-OVER": (5, 7, 1), "WO-NOTHING": (12, 0, 0)}
    for name, (quantity, good, scrap) in outcomes.items():
        row = {"code": name, "material": "FG-COLA", "quantity": quantity, "status": "new"}
        face.orders[name] = {**row, "due_date": "2026-11-30T23:59:00", "erp_reference": name}
        mes.wait_for(name, "planned")
        mes.operator.make(name, good=good, scrap=scrap)
        write_confirmations(face, name, name.partition("-")[2].lower())
    face.orders["WO-UNKNOWN"] = {"code": "WO-UNKNOWN", "material": "FG-TONIC", "quantity": 1}
    while "WO-UNKNOWN" not in face.acknowledged:
        time.sleep(0.1)
    recent = mes.operator.get("/erp/outbox")["recent"]
    write("fsmes", "unknown-material", next(r for r in recent if r["order"] == "WO-UNKNOWN"))
    mes.start_plant(speed=20)
    order = {"code": "WO-MACHINES", "material": "FG-COLA", "quantity": 10}
    face.orders["WO-MACHINES"] = {**order, "erp_reference": "WO-MACHINES", "status": "new"}
    mes.wait_for("WO-MACHINES", "completed", within=90)
    write_confirmations(face, "WO-MACHINES", "machines")


def write_confirmations(face: ErpFace, order: str, name: str) -> None:
    """The three messages of one order, by what they are."""
    until = time.monotonic() + 20
    while len(face.confirmations(order)) < 3 and time.monotonic() < until:
        time.sleep(0.1)
    for said in face.confirmations(order):
        kind = said["message_key"].rpartition(":")[2]
        write("fsmes", f"{name}-{kind}", said)


def main(system: str) -> None:
    """Records one system, freshly seeded."""
    with tempfile.TemporaryDirectory() as folder:
        if system == "tryton":
            erp = Tryton(Path(folder))
            erp.start()
            try:
                asyncio.run(record_tryton(erp))
            finally:
                erp.stop()
        else:
            mes = Fsmes(Path(folder))
            try:
                with erp_face() as (face, address):
                    record_fsmes(mes, face, address)
            finally:
                mes.stop()


if __name__ == "__main__":
    for chosen in sys.argv[1:] or ["tryton", "fsmes"]:
        main(chosen)
