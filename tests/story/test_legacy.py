"""An old ERP's tables release orders and take what was made through a staging table."""

from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from andon.engine.plan import Plan
from tests.integration.plant import rows_of, until
from tests.story.example import Example, module_of


class PlantC(Example):
    """The project on a fresh database, its ERP, and a terminal on the floor."""

    def __init__(self, folder: Path, dsn: str) -> None:
        super().__init__(dsn)
        self._file = folder / "old_erp.db"
        self.erp: Any = module_of("legacy/old_erp.py").OldErp(self._file)
        self.erp.make()

    @property
    def plan(self) -> Plan:
        """Made anew each time, as a new process makes it."""
        return module_of("legacy/legacy.py").andon.plan({"OLD_ERP_URL": f"sqlite:///{self._file}"})

    async def made(self, report: str, order: str, good: str) -> None:
        """A terminal posts."""
        row = {"id": report, "order": order, "item": "PUMP", "ordered": "5", "good": good}
        await self.posts("floor", **row)


@pytest.mark.story
async def test_orders_of_an_old_erp_are_made_staged_and_closed(
    database: str, tmp_path: Path
) -> None:
    plant = PlantC(tmp_path, database)
    staged = "select ORDNO, GOODM, DONE from STAGING"
    async with rows_of(database) as db:
        async with plant.working():
            plant.erp.plan("1001", "PUMP", "5")
            plant.erp.release("1001")
            plant.erp.plan("1002", "PUMP", "7.5")
            await until(lambda: _said(db, "erp", ["order.released"]), within=20)
            assert (
                await db.fetchval("select data->>'due_at' from log") == "2026-12-24T23:59:00+01:00"
            )
            await plant.made("T7-1", "1001", "4.5")
            await until(lambda: plant.erp.rows(staged) == [("1001", 4500, "N")], within=20)
            assert plant.erp.job() == 1
            await until(lambda: _beliefs(db, {"floor": "Completed", "erp": "Completed"}), within=20)
        # Andon is down, and the planners are not.
        plant.erp.release("1002")
        plant.erp.cancel("1002")
        async with plant.working():
            await until(lambda: _said(db, "erp", ["order.released", "order.cancelled"]), within=20)
            await plant.made("T7-2", "1002", "1")
            await until(lambda: _case(db, "E4711 WORK ORDER NOT RELEASED"), within=20)
        assert plant.erp.rows(staged) == [("1001", 4500, "Y")]


async def _said(db: asyncpg.Connection, source: str, types: list[str]) -> bool:
    rows = await db.fetch(
        "select type from log where source = $1 and kind = 'event' and type not like '%read%'"
        " order by position",
        source,
    )
    return [".".join(row["type"].split(".")[2:4]) for row in rows] == types


async def _beliefs(db: asyncpg.Connection, holds: dict[str, str]) -> bool:
    rows = await db.fetch(
        "select system, value from belief where attribute = 'status' and subject like '%1001'"
    )
    return {row["system"]: msgspec.json.decode(row["value"]) for row in rows} == holds


async def _case(db: asyncpg.Connection, words: str) -> bool:
    return bool(
        await db.fetchval("select count(*) from exception where text like $1", f"%{words}%")
    )
