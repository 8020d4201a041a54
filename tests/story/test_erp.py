"""The pump works on a simulated S/4HANA: steps and output are posted once, whatever goes wrong."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

import asyncpg
import msgspec
import pytest

from andon.connectors.odata.simulated.movements import Stock
from andon.connectors.odata.simulator import SapSimulator
from andon.core.connector import Arrival, Push
from andon.engine.clock import SystemClock
from andon.engine.ingest import Ingest
from andon.engine.plan import Plan
from tests.integration.plant import Shift, rows_of, until

EXAMPLE = Path(__file__).parents[2] / "examples" / "erp" / "works.py"


def _example() -> ModuleType:
    spec = util.spec_from_file_location("works", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules["works"] = module
    spec.loader.exec_module(module)
    return module


class Works:
    """The project on a fresh database, beside an S/4HANA with seals in stock."""

    def __init__(self, dsn: str, sap: SapSimulator) -> None:
        self.dsn = dsn
        self.sap = sap

    @property
    def plan(self) -> Plan:
        """Made anew each time, as a new process makes it."""
        told = {"WORKS_ERP_URL": self.sap.url, "WORKS_ERP_PASSWORD": self.sap.gateway.password}
        return _example().andon.plan(told)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        shift = Shift(self)  # pyright: ignore[reportArgumentType]
        try:
            yield
        finally:
            await shift.end()

    async def posts(self, door_of: str, **row: Any) -> None:
        """The line posts."""
        plan = self.plan
        ingest = Ingest(plan, self.dsn, SystemClock())
        await ingest.open()
        wired = plan.connections[door_of]
        (door,) = wired.connector.doors()
        assert isinstance(door, Push)
        await ingest.accept(wired, door.items(Arrival({}, {}, {}, msgspec.json.encode(row))))
        await ingest.close()

    async def step(self, order: str, step: str, **more: Any) -> None:
        """A step is done."""
        row = {"order": order, "step": step, "good": "5", "scrap": "0", **more}
        await self.posts("steps", id=f"{order}-{step}", at="2026-07-01T10:00:00Z", **row)

    def stock(self, material: str, batch: str) -> Decimal:
        return self.sap.company.movements.stock(Stock(material, "1710", "171A", batch))


@pytest.fixture
async def sap() -> AsyncIterator[SapSimulator]:
    simulator = SapSimulator()
    simulator.company.movements.stock_up("SEAL", 100, "B1")
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.mark.story
async def test_the_works_book_an_order_once_through_locks_and_lost_answers(
    database: str, sap: SapSimulator
) -> None:
    works, books = Works(database, sap), sap.company.books
    order = sap.company.release("PUMP", 5)
    async with works.working(), rows_of(database) as db:
        await until(lambda: _said(db, "order.released", 1), within=20)

        sap.gateway.losing = 1
        await works.step(order, "0010", took=[{"item": "SEAL", "lot": "B1", "qty": "10"}])
        await until(lambda: len(books.rows("ProdnOrdConf2")) == 1, within=40)
        assert works.stock("SEAL", "B1") == 90

        sap.company.locked[order] = "PLANNER"
        await works.step(order, "0020")
        await until(lambda: any("ProdnOrdConf2" in one for one in sap.gateway.calls[2:]), within=20)
        del sap.company.locked[order]
        await until(lambda: len(books.rows("ProdnOrdConf2")) == 2, within=40)

        await works.posts(
            "line", id="done", order=order, item="PUMP", ordered="5", good="5", lot="L1",
            at="2026-07-01T11:00:00Z",
        )  # fmt: skip
        await until(
            lambda: sap.company.order(order)["OrderIsTechnicallyCompleted"] == "X", within=40
        )
        assert works.stock("PUMP", "L1") == 5
        assert len(books.rows("A_MaterialDocumentHeader")) == 2

        lot = next(iter(books.rows("A_InspectionLot")))[0]
        decision = {"InspectionLot": lot, "InspectionLotUsageDecisionCode": "R"}
        sap.company.inspections.decide(decision, "QUALITY")
        await until(lambda: _said(db, "inspection.decided", 1), within=20)
        # What we posted ourselves came back as beliefs, not as news.
        assert await _said(db, "goods.", 0)
        assert await db.fetchval("select count(*) from exception where closed_at is null") == 0


@pytest.mark.story
async def test_a_deficit_is_an_exception_in_saps_words(database: str, sap: SapSimulator) -> None:
    works = Works(database, sap)
    order = sap.company.release("PUMP", 5)
    async with works.working(), rows_of(database) as db:
        await until(lambda: _said(db, "order.released", 1), within=20)
        await works.step(order, "0010", took=[{"item": "SEAL", "lot": "B9", "qty": "10"}])
        refused = "select count(*) > 0 from log where data::text like '%M7/021%'"
        await until(lambda: db.fetchval(refused), within=20)
        assert not sap.company.books.rows("ProdnOrdConf2")


async def _said(db: asyncpg.Connection, what: str, count: int) -> bool:
    found = await db.fetchval(
        "select count(*) from log where kind = 'event' and source <> 'andon' and type like $1",
        f"%{what}%",
    )
    return int(found) == count
