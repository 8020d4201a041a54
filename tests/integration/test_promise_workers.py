"""Many workers: each its fair share, one effect, and none that is too old."""

import pytest

from andon.core.errors import SettingsError
from andon.engine.clock import SystemClock
from andon.engine.worker import Worker
from tests.integration.plant import Told, plant_on, rows_of, settled, until

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


async def test_old_and_new_workers_run_side_by_side_during_an_upgrade(database: str) -> None:
    """Expand: a newer schema that still takes this code."""
    async with plant_on(database) as plant, rows_of(database) as db:
        await db.execute("update schema_state set version = 99")
        async with plant.working():
            await plant.says(Told(order_id="A"))
            await settled(database)
    assert plant.keyed.done == ["order/talker:A post-0"]
