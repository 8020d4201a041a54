"""SAP releases orders by LOIPRO, is told what was made by CONF32, and says by ALEAUD whether it
took that; meanwhile nobody knows, and nothing is sent twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import asyncpg
import pytest

from andon.connectors import idoc
from andon.connectors.idoc.simulated.sap import PARTNERS
from andon.connectors.idoc.simulator import SapFolder
from andon.core.message import ReadBack
from andon.core.plant import Connection, Route
from andon.core.quantity import Quantity
from andon.core.workflow import Run, workflow
from andon.engine.plan import Plan, wire
from andon.model.production import ConfirmOperation, OrderCancelled, OrderChanged, OrderReleased
from andon.testing.conformance.trial import settings_of
from tests.integration.plant import Shift, rows_of, until


@workflow(on=OrderReleased)
async def make(run: Run, released: OrderReleased) -> None:
    """Everything is made at once and confirmed."""
    nothing = Quantity(Decimal(0), released.planned.unit)
    await run.send(
        ConfirmOperation(
            order_id=released.order_id, operation="10", good=released.planned, scrap=nothing
        )
    )


class Works:
    """A plant whose ERP is SAP."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.sap = SapFolder()
        table = {
            **self.sap.settings(),
            **PARTNERS,
            "audit": "await",
            "timeout": "1 s",
            "settles_within": "1 s",
            "backoff": "50 ms",
        }
        self._settings = settings_of(idoc.Idoc, table)

    @property
    def plan(self) -> Plan:
        """Made anew each time, as a new process makes it."""
        return wire(
            name="works",
            site="home",
            connections=[
                (Connection("erp", idoc.Idoc, idoc.mappings), idoc.Idoc("erp", self._settings))
            ],
            workflows=[make],
            routes=[Route(ConfirmOperation, "erp")],
            ownership=(),
            policies=(),
            messages=(OrderReleased, OrderChanged, OrderCancelled, ConfirmOperation, ReadBack),
        )

    @asynccontextmanager
    async def working(self) -> AsyncIterator[Shift]:
        """A worker for a while."""
        shift = Shift(self)
        try:
            yield shift
        finally:
            await shift.end()

    def confirmations(self) -> list[str]:
        return sorted(one.name for one in (self.sap.root / "out").glob("CONF32-*.xml"))

    def archived(self) -> list[str]:
        return [one.name for one in (self.sap.root / "archive").glob("aleaud*")]


async def _states(db: asyncpg.Connection) -> list[str]:
    return [row["state"] for row in await db.fetch("select state from delivery")]


@pytest.mark.story
async def test_sap_says_by_aleaud_what_became_of_a_confirmation(database: str) -> None:
    works = Works(database)
    sap = works.sap.sap
    async with rows_of(database) as db:
        async with works.working() as shift:
            works.sap.next_in("loipro", sap.orders_document(["good", "gone"]))
            await until(lambda: len(works.confirmations()) == 2, within=20)
            sap.orders.remove("000004711001")  # deleted in SAP meanwhile

            async def unknown() -> bool:
                return await _states(db) == ["unknown", "unknown"]

            await until(unknown, within=20)
            await shift.kill()
        async with works.working():
            await asyncio.to_thread(works.sap.work)

            async def decided() -> bool:
                return await _states(db) == []

            await until(decided, within=30)
            await until(lambda: len(works.archived()) == 2, within=10)
        assert len(works.confirmations()) == 2
        assert len(sap.done) == 1
        cases = "\n".join(row["text"] for row in await db.fetch("select text from exception"))
        assert "Order 000004711001 does not exist" in cases
