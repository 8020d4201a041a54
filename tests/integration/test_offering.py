"""A system that fetches is given what it can read; what it would misread waits, and is shown."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from andon.app import Andon
from andon.connectors.fsmes import Fsmes, mappings
from andon.core.connector import Request
from andon.core.mapping import Inbound, Known, Outbound, outbound
from andon.core.plant import Connection, Route
from andon.core.quantity import Quantity
from andon.core.record import Actor
from andon.engine.clock import SystemClock
from andon.engine.door import Doors
from andon.engine.hub import EngineHub
from andon.engine.ingest import Ingest
from andon.model.production import DistributeOrder
from andon.visibility.connections import connection_named
from andon.visibility.exceptions import exceptions

PLANNER = Actor(name="planner")


class Plant:
    """A hub without workers, and an MES that asks at its door."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", ingest: Ingest, file: Path) -> None:
        self.pool, self.ingest, self.file = pool, ingest, file
        self.opens("")

    def opens(self, settings: str, written: Iterable[Inbound | Outbound] = mappings) -> None:
        """Web process and settings as after a restart."""
        self.file.write_text(settings)
        andon = Andon(
            "plant",
            site="home",
            connections=[Connection("mes", Fsmes, tuple(written))],
            routes=[Route(DistributeOrder, "mes")],
            parameters=str(self.file),
        )
        plan, clock = andon.plan({}), SystemClock()
        self.doors = Doors(plan, self.ingest, self.pool, clock, check=lambda *_: PLANNER)
        self.hub = EngineHub(plan, self.pool, self.ingest, clock, self.doors)

    async def release(self, code: str, *, unit: str = "u") -> None:
        """One more order for the MES."""
        order = DistributeOrder(
            order_id=f"production-order/erp:{code}",
            material_id="FG-COLA",
            quantity=Quantity(Decimal(5), unit),
        )
        await self.hub.submit(order, PLANNER, key=code, wait=timedelta())

    async def fetched(self) -> list[str]:
        """What the MES finds on offer."""
        transport = httpx.ASGITransport(app=self.doors)  # type: ignore[arg-type] bare ASGI
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            answer = await client.get("/in/mes/orders", params={"status": "new"})
        assert answer.status_code == 200, answer.text
        return [row["code"] for row in answer.json()]

    async def acknowledges(self, code: str) -> None:
        """The MES has it."""
        transport = httpx.ASGITransport(app=self.doors)  # type: ignore[arg-type] bare ASGI
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            answer = await client.post(f"/in/mes/orders/{code}/ack")
        assert answer.status_code == 200, answer.text

    async def cases(self) -> dict[str, str]:
        """Open cases: subject and text."""
        found, _ = await exceptions(
            self.pool, state="open", before=None, limit=50, sites=frozenset()
        )
        return {str(one.subject): one.text for one in found if one.code == "withheld"}

    async def withheld(self) -> int:
        """How many the connection's own figures name."""
        found = await connection_named(self.pool, "mes", sites=frozenset(), now=self.hub.now())
        assert found is not None
        return found.backlog.withheld

    async def last_call(self) -> datetime | None:
        """When the MES was last at a door."""
        found = await connection_named(self.pool, "mes", sites=frozenset(), now=self.hub.now())
        assert found is not None
        return found.last_ok_at


@pytest.fixture
async def plant(database: str, tmp_path: Path) -> AsyncGenerator[Plant, None]:
    async with asyncpg.create_pool(database, min_size=1, max_size=2) as pool:
        await pool.execute(
            "insert into connection_state (name, site, kind, faces, state, since)"
            " values ('mes', 'home', 'fsmes', '{outbox}', 'running', now())"
        )
        ingest: Any = None
        yield Plant(pool, ingest, tmp_path / "plant.toml")


async def test_what_would_be_misread_waits_with_its_reason_and_the_others_pass(
    plant: Plant,
) -> None:
    for code, unit in (("MO/1", "u"), ("MO2", "kg"), ("MO3", "u")):
        await plant.release(code, unit=unit)
    assert await plant.fetched() == ["MO3"]
    cases = await plant.cases()
    assert set(cases) == {"production-order/erp:MO/1", "production-order/erp:MO2"}
    assert "Rename it" in cases["production-order/erp:MO/1"]
    assert "kg of FG-COLA for u" in cases["production-order/erp:MO2"]
    assert await plant.withheld() == 2


async def test_a_command_of_a_program_is_acknowledged_like_a_workflow_s(plant: Plant) -> None:
    await plant.release("MO3")
    assert await plant.fetched() == ["MO3"]
    await plant.acknowledges("MO3")
    assert await plant.fetched() == []
    assert await plant.pool.fetch("select kind from log order by position") == [
        ("command",),
        ("receipt",),
    ]


async def test_its_last_call_is_known(plant: Plant) -> None:
    assert await plant.last_call() is None
    before = plant.hub.now()
    await plant.fetched()
    async with asyncio.timeout(30):
        while (at := await plant.last_call()) is None:  # noqa: ASYNC110 written in the background
            await asyncio.sleep(0.01)
    assert at >= before


async def test_asking_again_tells_it_no_second_time(plant: Plant) -> None:
    await plant.release("MO/1")
    for _ in range(3):
        assert await plant.fetched() == []
    assert await plant.pool.fetch("select times from exception") == [(1,)]


async def test_once_mended_it_is_offered_and_its_case_goes(plant: Plant) -> None:
    await plant.release("MO2", unit="kg")
    assert await plant.fetched() == []
    plant.opens('[connections.mes]\nunits = { FG-COLA = "kg" }')
    assert await plant.fetched() == ["MO2"]
    assert await plant.cases() == {}
    assert await plant.withheld() == 0


@outbound(DistributeOrder, proof="keyed")
def stumbles(command: DistributeOrder, known: Known) -> Request:
    """Written by a user, with a mistake for one order."""
    if command.order_id.endswith("MO1"):
        raise ZeroDivisionError("no lot size")
    body = {"code": command.order_id[-3:], "material": "FG-COLA", "unit": "u"}
    return Request(target="GET /orders", body=body)


async def test_a_mapping_that_fails_on_one_order_does_not_keep_the_others(plant: Plant) -> None:
    plant.opens("", [stumbles])
    for code in ("MO1", "MO2"):
        await plant.release(code)
    assert await plant.fetched() == ["MO2"]
    ((subject, text),) = (await plant.cases()).items()
    assert subject == "production-order/erp:MO1"
    assert "ZeroDivisionError: no lot size" in text


async def test_many_withheld_orders_do_not_fill_the_page(plant: Plant) -> None:
    for n in range(205):
        await plant.release(f"MO/{n}")
    await plant.release("GOOD")
    assert await plant.fetched() == []
    assert await plant.fetched() == ["GOOD"]
