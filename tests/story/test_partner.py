"""One supplier by EDI: an order goes out, is acknowledged, confirmed and shipped."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import util
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from andon.core.connector import Arrival, Push
from andon.engine.clock import SystemClock
from andon.engine.ingest import Ingest
from andon.engine.plan import Plan
from tests.integration.plant import Shift, rows_of, until

EXAMPLE = Path(__file__).parents[2] / "examples" / "partner"


def _module(name: str) -> ModuleType:
    spec = util.spec_from_file_location(name, EXAMPLE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class PlantD:
    """The project on a fresh database, and ACME at its side of the mailbox."""

    def __init__(self, mailbox: Path, dsn: str) -> None:
        self.mailbox = mailbox
        self.dsn = dsn
        self.acme = _module("acme")
        for name in ("in", "out"):
            (mailbox / name).mkdir()

    @property
    def plan(self) -> Plan:
        """Made anew each time, as a new process makes it."""
        return _module("partner").andon.plan({"PARTNER_FOLDER": str(self.mailbox)})

    @asynccontextmanager
    async def working(self) -> AsyncIterator["PlantD"]:
        shift = Shift(self)  # pyright: ignore[reportArgumentType]
        try:
            yield self
        finally:
            await shift.end()

    async def wants(self, order: str, item: str) -> None:
        """The ERP posts."""
        plan = self.plan
        ingest = Ingest(plan, self.dsn, SystemClock())
        await ingest.open()
        wired = plan.connections["erp"]
        (door,) = wired.connector.doors()
        assert isinstance(door, Push)
        body = {"order": order, "item": item, "qty": "5", "price": "12.5"}
        body |= {"on": "2026-11-25", "due": "2026-12-12"}
        await ingest.accept(wired, door.items(Arrival({}, {}, {}, msgspec.json.encode(body))))
        await ingest.close()

    def sent(self) -> list[str]:
        """The documents that left, in the order of their control numbers."""
        files = sorted((self.mailbox / "out").glob("acme-*"))
        texts = [file.read_text() for file in files if file.suffix in (".edi", ".taken")]
        return [text.partition("~\nST*")[2][:3] or "TA1" for text in texts]


@pytest.mark.story
async def test_an_order_goes_to_a_supplier_and_comes_back_as_shipped(
    database: str, tmp_path: Path
) -> None:
    plant = PlantD(tmp_path, database)
    async with plant.working(), rows_of(database) as db:

        async def heard() -> list[str]:
            rows = await db.fetch("select type from log where source = 'acme' order by position")
            return [row["type"] for row in rows]

        await plant.wants("4711", "PUMP")
        await until(lambda: plant.sent() == ["850"], within=20)
        assert plant.acme.answer(tmp_path) == 1
        await until(lambda: plant.sent() == ["850", "997", "997"], within=20)
        assert [name for name in await heard() if "partner." in name or "lot." in name] == [
            "partner.purchase.order.confirmed.v1",
            "andon.inventory.lot.created.v1",
            "partner.purchase.shipment.announced.v1",
        ]
        shipped = await db.fetchval("select data from log where type like '%announced%'")
        data = msgspec.json.decode(shipped)
        assert data["sscc"] == ["00106141411234567897"]
        assert data["lots"] == ["LOT-7"]
        subjects = await db.fetch("select distinct subject from log where type like 'partner.%'")
        assert [row["subject"] for row in subjects] == ["purchase-order/erp:4711"]

        await plant.wants("4712", "ROTOR")
        await until(lambda: plant.sent().count("850") == 2, within=20)
        plant.acme.answer(tmp_path)

        async def told() -> bool:
            return bool(await db.fetchval("select count(*) from exception where code = 'advice'"))

        await until(told, within=20)
        text = await db.fetchval("select text from exception where code = 'advice'")
        assert "ROTOR is not sold here" in text
        assert await db.fetchval("select count(*) from exception") == 1


@pytest.mark.story
async def test_a_worker_killed_while_it_reads_and_acknowledges_doubles_nothing(
    database: str, tmp_path: Path
) -> None:
    plant = PlantD(tmp_path, database)
    acme = plant.acme.X12Program()
    for n in range(40):
        content = acme.notice([f"S-{n}-{m}" for m in range(10)], order=f"PO-{n}")
        (tmp_path / "in" / f"{n:03}.edi").write_bytes(content)
        if n % 10 == 0:
            (tmp_path / "in" / f"{n:03}-again.edi").write_bytes(content)
    other = content.replace(b"*5*EA", b"*6*EA")
    (tmp_path / "in" / "999.edi").write_bytes(other)
    async with rows_of(database) as db:
        for most in (100, 450):
            shift = Shift(plant)  # pyright: ignore[reportArgumentType]

            async def enough(most: int = most) -> bool:
                return int(await db.fetchval("select count(*) from log")) >= most

            await until(enough, within=40)
            await shift.kill()
        async with plant.working():
            await until(lambda: len(plant.sent()) == 45, within=60)
        announced = "select {} from log where type like '%announced%'"
        assert await db.fetchval(announced.format("count(*)")) == 400
        assert await db.fetchval(announced.format("count(distinct data->>'shipment')")) == 400
        codes = await db.fetch("select code, count(*) from exception group by 1 order by 1")
        assert [tuple(row) for row in codes] == [
            ("envelope", 1),
            ("repeated-interchange", 4),
            ("unreadable-item", 10),
        ]
    answers = [file.read_text() for file in sorted((tmp_path / "out").glob("acme-*.edi"))]
    numbers = [int(text[90:99]) for text in answers]
    assert numbers == list(range(1, 46))
    assert sum("TA1*000000040*251125*1200*R*025" in text for text in answers) == 1
