"""The pump works on a simulated S/4HANA: steps and output are posted once, whatever goes wrong."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from andon.connectors.odata.simulated.movements import Stock
from andon.connectors.odata.simulator import SapSimulator
from andon.engine.plan import Plan
from tests.integration.plant import rows_of, until
from tests.story.example import Example, module_of


class Works(Example):
    """The project on a fresh database, beside an S/4HANA with seals in stock."""

    def __init__(self, dsn: str, sap: SapSimulator) -> None:
        super().__init__(dsn)
        self.sap = sap

    @property
    def plan(self) -> Plan:
        """Made anew each time, as a new process makes it."""
        told = {"WORKS_ERP_URL": self.sap.url, "WORKS_ERP_PASSWORD": self.sap.gateway.password}
        return module_of("erp/works.py").andon.plan(told)

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
