"""A press jams, stands, is reset by a person's word, and loses its node while nobody listens."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

import asyncpg
import pytest

from andon.connectors._broker import Broker
from andon.engine.clock import SystemClock
from andon.engine.ingest import Ingest
from andon.engine.plan import Plan
from tests.integration.desk import decides
from tests.integration.plant import Shift, rows_of, until

FOLDER = Path(__file__).parents[2] / "examples" / "machine"


def _example(name: str) -> ModuleType:
    spec = util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class PressShop:
    """The project on a fresh database, its broker, and two presses."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.broker = Broker(username="", password="")
        self.presses: Any = _example("press").Presses(
            lambda topic, data: self.broker.publish(topic, data, most=0)
        )
        self.broker.took = self.presses.took
        self.ingest = Ingest(self.plan, dsn, SystemClock())

    @property
    def plan(self) -> Plan:
        """Made anew each time, as a new process makes it."""
        told = {"PRESS_SHOP_BROKER": f"mqtt://127.0.0.1:{self.broker.port}"}
        return _example("press_shop").andon.plan(told)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        shift = Shift(self)  # pyright: ignore[reportArgumentType]
        try:
            yield
        finally:
            await shift.end()


@pytest.mark.story
async def test_a_press_that_jams_is_reset_by_a_persons_word(database: str) -> None:
    shop = PressShop(database)
    await shop.broker.start()
    shop.presses.connect()
    async with rows_of(database) as db:
        async with shop.working():
            await until(lambda: _states(db, ["Executing"]), within=20)
            for tons in range(200):
                shop.presses.report("press-1", {"Tonnage": float(tons)})
            shop.presses.happens("stop")  # of itself, for a moment
            shop.presses.happens("run")
            shop.presses.happens("jam")
            jammed = ["Executing", "NotExecuting", "Executing", "NotExecuting"]
            await until(lambda: _states(db, jammed), within=20)
            await until(lambda: _asked(db), within=20)
            await decides(shop, "question", "reset")  # pyright: ignore[reportArgumentType]
            await until(lambda: _states(db, [*jammed, "Executing"]), within=20)
            assert ("press-1", "Control/Reset", True) in shop.presses.commanded
            await until(lambda: _delivered(db), within=20)
            after = await db.fetchval("select at from source_position where connection='presses'")
            assert "press-1" in after
        shop.presses.vanish()  # and nobody listens
        async with shop.working():
            away = [*jammed, "Executing", "NotAvailable"]
            await until(lambda: _states(db, away), within=20)
            shop.presses.connect()
            await until(lambda: _states(db, [*away, "Executing"]), within=20)
        entries = await db.fetchval("select count(*) from log where data::text like '%Tonnage%'")
        assert entries == 0
        assert await db.fetchval("select count(*) from exception where closed_at is null") == 0
    await shop.broker.stop()


async def _states(db: asyncpg.Connection, states: list[str]) -> bool:
    rows = await db.fetch(
        "select data->>'state' as state from log where subject like '%press-1'"
        " and type like '%state-changed%' order by position"
    )
    return [row["state"] for row in rows] == states


async def _asked(db: asyncpg.Connection) -> bool:
    text = "select count(*) from exception where text like '%press-1 stands: sheet jammed%'"
    return bool(await db.fetchval(text))


async def _delivered(db: asyncpg.Connection) -> bool:
    return await db.fetchval("select count(*) from delivery") == 0
