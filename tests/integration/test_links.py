"""What one record says of another subject: dated, placed, and found by search."""

from datetime import UTC, datetime, timedelta

import asyncpg
from msgspec import structs

from andon.engine.project import Project
from andon.store.connect import connect
from andon.store.ingest import Draft, append_events
from andon.store.migrate import SCRIPTS
from andon.visibility.changes import change_since
from tests.integration.api_plant import open_plant
from tests.integration.plant import rows_of

SAID = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
NOON = SAID + timedelta(hours=1)


def order(number: str, *lots: str, source: str = "mes", minutes: int = 0) -> Draft:
    return Draft(
        source=source,
        id=f"{number}-{minutes}",
        type="plant.order.made.v1",
        kind="production-order",
        local=number,
        correlation="c",
        occurred_at=SAID + timedelta(minutes=minutes),
        site="",
        data="{}",
        links=[("makes", "material-lot", lot) for lot in lots],
    )


def lot(number: str, source: str = "mes") -> Draft:
    return Draft(
        source=source,
        id=f"lot-{number}",
        type="plant.lot.made.v1",
        kind="material-lot",
        local=number,
        correlation="c",
        occurred_at=SAID,
        site="",
        data="{}",
    )


async def project(dsn: str) -> None:
    db = await connect(dsn, "andon-project")
    try:
        await Project(db).once()
    finally:
        await db.close()


async def says(db: asyncpg.Connection, *drafts: Draft, site: str = "riverside") -> None:
    async with db.transaction():
        there = [structs.replace(draft, site=site) for draft in drafts]
        await append_events(db, there, now=NOON)


async def test_a_link_stands_at_the_place_and_time_of_the_record_that_says_it(
    database: str,
) -> None:
    async with rows_of(database) as db:
        await says(db, order("1"), order("2", "L1", "L2", minutes=7), order("3", "L3", minutes=9))
        rows = await db.fetch("select object, position, since from link order by object")
        places = {
            row["subject"]: row["position"]
            for row in await db.fetch("select subject, position from log")
        }
        await says(db, order("2", "L1", minutes=30))  # said again: the first one stands
        again = await db.fetch("select object, position, since from link order by object")
    second, third = (places[f"production-order/mes:{n}"] for n in "23")
    assert [tuple(row) for row in rows] == [
        ("material-lot/mes:L1", second, SAID + timedelta(minutes=7)),
        ("material-lot/mes:L2", second, SAID + timedelta(minutes=7)),
        ("material-lot/mes:L3", third, SAID + timedelta(minutes=9)),
    ]
    assert again == rows


async def test_a_lot_that_only_an_order_names_is_found_and_has_a_page(database: str) -> None:
    async with rows_of(database) as db:
        await says(db, order("2", "L77"))
    await project(database)
    async with open_plant(database) as plant:
        key = await plant.key("read")
        found = (await plant.client.get("/v1/subjects?q=L7", headers=key)).json()["items"]
        page = (await plant.client.get("/v1/subjects/L77", headers=key)).json()
    assert [(one["name"], one["site"]) for one in found] == [("material-lot/mes:L77", "riverside")]
    assert [(one["relation"], one["object"], one["direction"]) for one in page["links"]] == [
        ("makes", "production-order/mes:2", "in")
    ]


async def test_a_lot_belongs_where_its_own_records_say_not_where_it_is_named(
    database: str,
) -> None:
    async with rows_of(database) as db:
        await says(db, order("2", "L77"), site="riverside")
        await project(database)
        await says(db, lot("L77"), site="hilltop")
        await says(db, order("3", "L77", minutes=1), site="riverside")
        await project(database)
        assert await db.fetchval("select site from subject where local = 'L77'") == "hilltop"
    async with open_plant(database) as plant:
        hilltop = await plant.key("read", sites=["hilltop"])
        riverside = await plant.key("commands:x", "read", sites=["riverside"])
        assert (await plant.client.get("/v1/subjects/L77", headers=hilltop)).status_code == 200
        assert (await plant.client.get("/v1/subjects/L77", headers=riverside)).status_code == 404


async def test_the_feed_names_what_a_record_links(database: str) -> None:
    async with rows_of(database) as db:
        await says(db, order("2", "L77"))
        await project(database)
        change = await change_since(db, 0)
    assert sorted(change.seen_by(frozenset()) or []) == [
        "material-lot/mes:L77",
        "production-order/mes:2",
    ]


async def test_what_was_linked_before_the_step_gets_its_page(database: str) -> None:
    """Step 4 of the schema, on a log that has links."""
    async with rows_of(database) as db:
        await says(db, order("2", "L77"))
        await project(database)
        await db.execute("delete from subject where local = 'L77'")
        await db.execute("alter table subject drop column named_only")
        await db.execute((SCRIPTS / "sql" / "0005_named.sql").read_text())
        row = await db.fetchrow("select site, named_only from subject where local = 'L77'")
    assert row is not None
    assert tuple(row) == ("riverside", True)
