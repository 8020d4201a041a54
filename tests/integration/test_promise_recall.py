"""After a death only those look back that may not have done so: of a long log many wait."""

import asyncpg

from andon.store.advance import Batch
from andon.store.sql import query
from tests.integration.plant import Ended, Told, plant_on, rows_of, settled, until
from tests.integration.test_promise_cases import NOW

_LANES = list(range(64))


async def _passed(db: asyncpg.Connection) -> int:
    """Once the lanes have passed all that the log has."""
    last = int(await db.fetchval("select last_value from log_position"))

    async def are_there() -> bool:
        return int(await _place(db)) >= last

    await until(are_there)
    return last


async def _place(db: asyncpg.Connection) -> int:
    at = "select coalesce(min(at), 0) from position where name like 'lane:%'"
    return int(await db.fetchval(at))


async def test_who_waits_since_long_ago_is_not_looked_at_and_hears_all_the_same(
    database: str,
) -> None:
    """Of each an event was recorded that it would take: it was taken by another wait of the run."""
    orders = [f"O{n}" for n in range(20)]
    async with plant_on(database) as plant, rows_of(database) as db:
        async with plant.working() as shift:
            for order in orders:
                await plant.says(Told(order_id=order, flow="post then wait"))

            async def all_wait() -> bool:
                return await db.fetchval("select count(*) from waiting") == len(orders)

            await until(all_wait)
            await plant.says(Told(order_id="LAST", flow="three"))
            await _passed(db)
            await shift.kill()
        # a wait that is older than what its run has heard
        await db.execute("update waiting set after = 0, types = types || '{plant.order.told.v1}'")
        assert not await db.fetch(query("recall"), _LANES, await _place(db))
        await db.execute("update waiting set asked_at = default")
        assert len(await db.fetch(query("recall"), _LANES, await _place(db))) == len(orders)
        await db.execute("update waiting set asked_at = 1")
        async with plant.working():
            for order in orders:
                await plant.says(Ended(order_id=order, n=7))
            await settled(database)
        assert sum(what.endswith("saw-7") for what in plant.keyed.done) == len(orders)


async def test_a_wait_that_was_asked_after_the_lanes_were_there_is_looked_at(database: str) -> None:
    """What an older worker wrote is, too: it says nothing of when."""
    async with rows_of(database) as db:
        await db.execute(
            "insert into log select 5, 'event', 'x', '1', 'a.b.v1', 'order/x:1', 'k', 0, 'c', null,"
            " now(), now(), 'here', 'a', true, 'x', null, '{}';"
            " select setval('log_position', 10)"
        )
        batch = Batch(NOW)
        for run, n in (("r1", 1), ("r1", 1), ("r2", 1)):  # one that was resumed twice is one
            batch.add("waits", run, n, "order/x:1", 0, "a.b.v1", "", 1)
        await batch.commit(db)
        await db.execute(
            "insert into waiting (run, n, subject, lane, types, after)"
            " values ('old', 1, 'order/x:1', 0, '{a.b.v1}', 1)"
        )

        async def recalled(place: int) -> set[str]:
            return {row["run"] for row in await db.fetch(query("recall"), _LANES, place)}

        assert await recalled(9) == await recalled(10) == {"r1", "r2", "old"}
        assert await recalled(11) == {"old"}
        # a run that is resumed asks again: what was passed meanwhile is outstanding
        await db.execute("select setval('log_position', 20)")
        again = Batch(NOW)
        again.add("waits", "r1", 1, "order/x:1", 0, "a.b.v1", "", 1)
        await again.commit(db)
        assert await recalled(11) == {"r1", "old"}
