"""Many workers: each its fair share, one effect, and none that is too old."""

import asyncio
import shutil
from pathlib import Path

import pytest

from andon.core.errors import SettingsError
from andon.engine.clock import SystemClock
from andon.engine.worker import Worker
from andon.store.migrate import SCHEMA_VERSION, SCRIPTS, migrate
from tests.integration.plant import Ended, Told, plant_on, rows_of, settled, until
from tests.integration.test_migrate import VERSION_FILE

NEXT = SCHEMA_VERSION + 1
WIDER = """
alter table log add column zone text not null default 'UTC';
alter table delivery add column weight int;
create index delivery_weight on delivery (weight);
create table shift (name text primary key);
"""
ORDERS = [f"O{n}" for n in range(60)]


async def _shares(dsn: str) -> list[int]:
    async with rows_of(dsn) as db:
        rows = await db.fetch(
            "select count(*) as n from pg_locks where locktype = 'advisory' and classid = 40210"
            " and granted and database = (select oid from pg_database"
            " where datname = current_database()) group by pid order by 1"
        )
    return [row["n"] for row in rows]


async def test_a_second_worker_gets_its_share_and_every_effect_stays_one(database: str) -> None:
    async with plant_on(database) as plant, plant.working():
        for order in ORDERS:
            await plant.says(Told(order_id=order, flow="three", to="findable"))

        async def all_mine() -> bool:
            return await _shares(database) == [64]

        await until(all_mine)
        async with plant.working():

            async def fairly() -> bool:
                return await _shares(database) == [32, 32]

            for order in ORDERS:
                await plant.says(Told(order_id=order, flow="three", to="findable"))
            await until(fairly)
            for order in ORDERS:
                await plant.says(Told(order_id=order, flow="three", to="findable"))
            await settled(database, within=20)
        await until(all_mine)
        await plant.says(Told(order_id="last", to="findable"))
        await settled(database)
    assert len(plant.findable.keys) == len(set(plant.findable.keys)) == 3 * 3 * len(ORDERS) + 1
    assert plant.findable.together == 1


async def test_a_worker_too_old_for_the_schema_stops_with_the_way_out(database: str) -> None:
    async with plant_on(database) as plant, rows_of(database) as db:
        await db.execute("update schema_state set minimum_worker = 99, version = 99")
        with pytest.raises(SettingsError, match="too old"):
            await Worker(plant.plan, database, SystemClock()).run()
        assert await db.fetchval("select count(*) from worker") == 0


async def test_a_schema_is_widened_under_workers_that_go_on(database: str, tmp_path: Path) -> None:
    """Expand: the next Andon widens the schema while this one works; both then share the work."""
    async with plant_on(database) as plant, plant.working():
        for order in ORDERS:
            await plant.says(Told(order_id=order, flow="three", to="findable"))
        await migrate(database, scripts=_next_schema(tmp_path, minimum=1), version=NEXT)
        for order in ORDERS:
            await plant.says(Told(order_id=order, flow="three", to="findable"))
        async with plant.working():

            async def fairly() -> bool:
                return await _shares(database) == [32, 32]

            await until(fairly)
            for order in ORDERS:
                await plant.says(Told(order_id=order, flow="three", to="findable"))
            await settled(database, within=20)
    assert len(plant.findable.keys) == len(set(plant.findable.keys)) == 3 * 3 * len(ORDERS)
    assert plant.findable.together == 1


async def test_a_worker_stops_when_the_schema_is_narrowed_under_it(
    database: str, tmp_path: Path
) -> None:
    """Contract: the step says who may go on; an older worker ends by itself, its work stays."""
    async with plant_on(database) as plant:
        old = asyncio.create_task(Worker(plant.plan, database, SystemClock()).run())
        await plant.says(Told(order_id="A", flow="post then wait", to="findable"))
        await until(lambda: plant.findable.done == ["order/talker:A first"])
        await migrate(database, scripts=_next_schema(tmp_path, minimum=NEXT), version=NEXT)
        with pytest.raises(SettingsError, match=r"too old for the database.*Update Andon"):
            await asyncio.wait_for(old, 60)
        async with rows_of(database) as db:
            assert await db.fetchval("select count(*) from worker") == 0
            await db.execute("update schema_state set minimum_worker = 1")
        async with plant.working():
            await plant.says(Ended(order_id="A", n=7))
            await settled(database)
    assert plant.findable.done == ["order/talker:A first", "order/talker:A saw-7"]


def _next_schema(folder: Path, *, minimum: int) -> Path:
    """The schema of the next Andon: what every step of this one did, and one more."""
    scripts = folder / "migrations"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / f"v{NEXT:04}_next.py").write_text(
        VERSION_FILE.format(number=NEXT, before=f'"{SCHEMA_VERSION:04}"', minimum_worker=minimum)
    )
    (scripts / "sql" / f"{NEXT:04}_next.sql").write_text(WIDER)
    return scripts
