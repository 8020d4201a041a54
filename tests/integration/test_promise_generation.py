"""Promise 3 across a restore: a position counts in one generation of the log only."""

import asyncio
import logging
from urllib.parse import urlsplit

import asyncpg
import pytest

from andon.core.errors import SettingsError
from andon.engine.clock import SystemClock
from andon.engine.worker import Worker
from andon.store.generation import current, notice_copy, renew, require_own_positions
from tests.conftest import with_database
from tests.integration.plant import Told, plant_on, rows_of, settled


async def test_a_log_that_stays_where_it_is_keeps_its_generation(database: str) -> None:
    async with rows_of(database) as db:
        first = await notice_copy(db)
        assert await notice_copy(db) == first
    async with rows_of(database) as db:
        assert await notice_copy(db) == first


async def test_a_copied_log_is_noticed_and_its_followers_go_on(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with plant_on(database) as plant, plant.working():
        await plant.says(Told(order_id="A"))
        await settled(database)
    copy = with_database(database, "copied")
    async with rows_of(database) as db:
        before = await current(db)
    async with rows_of(with_database(database, "postgres")) as admin:
        await admin.execute(f"create database copied template {urlsplit(database).path.strip('/')}")
        try:
            async with plant_on(copy) as plant, plant.working():
                await plant.says(Told(order_id="A"), key="said-1")  # known
                await plant.says(Told(order_id="B"), key="said-2")
                await settled(copy)
            async with rows_of(copy) as db:
                after = await current(db)
            async with rows_of(database) as db:
                assert await current(db) == before
        finally:
            await admin.execute("drop database copied with (force)")
    assert plant.keyed.done == ["order/talker:B post-0"]
    assert after.id != before.id
    assert after.since > before.since
    said = [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
    assert sum("new generation" in text for text in said) == 1


async def test_two_workers_that_start_on_a_copy_renew_it_once(database: str) -> None:
    async with rows_of(database) as db, rows_of(database) as other:
        await db.execute("update generation set held_by = 'elsewhere'")
        one, two = await asyncio.gather(notice_copy(db), notice_copy(other))
        assert one == two == await current(db)


@pytest.mark.parametrize(
    "hand",
    [
        "update generation set id = gen_random_uuid()",
        "update position set at = 1000000 where name = 'lane:7'",
    ],
    ids=["another generation", "past the end"],
)
async def test_lanes_of_another_log_stop_the_worker_until_the_log_is_renewed(
    database: str, hand: str
) -> None:
    async with plant_on(database) as plant, rows_of(database) as db:
        async with plant.working():
            await plant.says(Told(order_id="A"))
            await settled(database)
        await db.execute(hand)
        with pytest.raises(SettingsError, match=r"lane:.* not of this log.*andon log renew"):
            await Worker(plant.plan, database, SystemClock()).run()
        assert await db.fetchval("select count(*) from worker") == 0
        await renew(db)
        await require_own_positions(db)
        async with plant.working():
            await plant.says(Told(order_id="B"))
            await settled(database)
    assert plant.keyed.done == ["order/talker:A post-0", "order/talker:B post-0"]


async def test_a_role_without_special_rights_can_notice_a_copy(database: str) -> None:
    async with rows_of(database) as admin:
        await admin.execute("drop role if exists plain; create role plain login")
        await admin.execute("grant all on all tables in schema public to plain")
        try:
            db = await asyncpg.connect(database.replace("andon@", "plain@"))
            await notice_copy(db)
            await renew(db)
            await db.close()
        finally:
            await admin.execute("drop owned by plain; drop role plain")
