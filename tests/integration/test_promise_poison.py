"""One run or record that cannot be stepped is parked; all the others go on."""

import asyncio
import sys
from hashlib import sha512
from pathlib import Path

import asyncpg
import pytest

from andon.core.connector import Receipt
from andon.core.workflow import Run, workflow
from tests.integration.desk import case_of, decides
from tests.integration.mortal import DEADLY, follows, living
from tests.integration.plant import (
    Ended,
    Plant,
    PostKeyed,
    Told,
    plant_on,
    rows_of,
    settled,
    until,
)

ROOT = Path(__file__).parents[2]
TOO_LONG = "order/x:" + "".join(sha512(bytes([n])).hexdigest() for n in range(100))
"""A name that no index of a database holds, which shows only when it is written."""
OTHERS = [f"O{n}" for n in range(12)]


def names(mended: bool) -> object:
    @workflow(on=Told, name="follow")
    async def follow(run: Run, said: Told) -> None:
        await run.send(PostKeyed(order_id=run.subject, what="one"))
        bad = run.subject.endswith("BAD") and not mended
        await run.send(PostKeyed(order_id=TOO_LONG if bad else run.subject, what="two"))

    return follow


async def tell(plant: Plant, *orders: str) -> None:
    for order in orders:
        await plant.says(Told(order_id=order))


async def states(dsn: str) -> dict[str, str]:
    async with rows_of(dsn) as db:
        rows = await db.fetch("select subject, state from run")
    return {row["subject"].partition(":")[2]: row["state"] for row in rows}


async def stands(dsn: str, order: str, state: str) -> None:
    """Returns once the run of this order stands so."""

    async def so() -> bool:
        return (await states(dsn))[order] == state

    await until(so)


async def test_a_step_that_cannot_be_written_parks_its_run_and_goes_on_when_mended(
    database: str,
) -> None:
    async with plant_on(database) as plant:
        follows(plant, names(mended=False))  # pyright: ignore[reportArgumentType]
        await tell(plant, *OTHERS[:6], "BAD", *OTHERS[6:])
        async with plant.working():
            case = await case_of(database, "run-parked")
            await settled(database)
        assert case["class"] == "developer"
        assert (await states(database)).pop("BAD") == "parked"
        assert {w for w in plant.keyed.done if w.endswith(" two")} == {
            f"order/talker:{order} two" for order in OTHERS
        }

        follows(plant, names(mended=True))  # pyright: ignore[reportArgumentType]
        async with plant.working():
            await decides(plant, "run-parked", "try again")
            await stands(database, "BAD", "ended")
        done = [what for what in plant.keyed.done if "BAD" in what]
        assert done == ["order/talker:BAD one", "order/talker:BAD two"]


async def test_a_parked_run_may_be_given_up(database: str) -> None:
    async with plant_on(database) as plant:
        follows(plant, names(mended=False))  # pyright: ignore[reportArgumentType]
        await tell(plant, "BAD")
        async with plant.working():
            await decides(plant, "run-parked", "give up")
            await stands(database, "BAD", "failed")


async def test_a_run_still_broken_is_parked_again(database: str) -> None:
    async with plant_on(database) as plant:
        follows(plant, names(mended=False))  # pyright: ignore[reportArgumentType]
        await tell(plant, "BAD")
        async with plant.working():
            await decides(plant, "run-parked", "try again")
            case = await case_of(database, "run-parked")
        assert (case["times"], await states(database)) == (2, {"BAD": "parked"})


async def test_an_event_that_cannot_be_read_any_more_parks_who_waits_for_it(
    database: str,
) -> None:
    async with plant_on(database) as plant:
        follows(plant, living("nowhere"))
        async with plant.working():
            await tell(plant, "BAD", *OTHERS)
            await until(lambda: len(plant.keyed.done) == 1 + len(OTHERS))
        for order in ("BAD", *OTHERS):
            await plant.says(Ended(order_id=order))
        async with rows_of(database) as db:
            await db.execute(
                "update log set data = '{}' where type = $1 and subject like '%BAD'", Ended.TYPE
            )
        async with plant.working():
            await case_of(database, "run-parked")
            await settled(database)
            assert sum(what.endswith(" two") for what in plant.keyed.done) == len(OTHERS)
            assert (await states(database)).pop("BAD") == "parked"
            async with rows_of(database) as db:
                await db.execute(
                    'update log set data = \'{"order_id": "BAD"}\''
                    " where type = $1 and subject like '%BAD'",
                    Ended.TYPE,
                )
            await decides(plant, "run-parked", "try again")
            await stands(database, "BAD", "ended")


async def test_a_workflow_that_is_gone_parks_its_open_runs(database: str) -> None:
    async with plant_on(database) as plant:
        follows(plant, living("nowhere"))
        async with plant.working():
            await tell(plant, "A")
            await until(lambda: len(plant.keyed.done) == 1)
        await plant.says(Ended(order_id="A"))
        whole = plant.plan

        @workflow(on=Told, name="another")
        async def another(run: Run, said: Told) -> None:
            """Takes its place."""

        follows(plant, another)
        async with plant.working():
            case = await case_of(database, "run-parked")
            assert "no workflow 'follow' any more" in case["text"]
        plant.plan = whole
        async with plant.working():
            await decides(plant, "run-parked", "try again")
            await settled(database)
        assert plant.keyed.done == ["order/talker:A one", "order/talker:A two"]


async def test_an_answer_that_no_database_keeps_is_cut_and_the_effect_counts(
    database: str,
) -> None:
    async with plant_on(database) as plant, plant.working():
        real = plant.keyed.send

        async def strange(request: object, *, key: str) -> Receipt:
            await real(request, key=key)  # pyright: ignore[reportArgumentType]
            return Receipt(body={"at": object()})

        plant.keyed.send = strange
        await plant.says(Told(order_id="A", flow="three"))
        await settled(database)
        async with rows_of(database) as db:
            assert await db.fetchval("select count(*) from exception") == 3
        assert len(plant.keyed.done) == 3


async def test_two_runs_with_one_correlation_keep_their_commands_apart(database: str) -> None:
    async with plant_on(database) as plant, plant.working():
        async with rows_of(database) as db:
            await db.execute("alter table log alter column correlation set default 'c'")
            await db.execute(
                "create function one() returns trigger language plpgsql as"
                " $$ begin new.correlation := 'order-7'; return new; end $$"
            )
            await db.execute(
                "create trigger one before insert on log for each row execute function one()"
            )
        await tell(plant, "A", "B")
        await settled(database)
        assert sorted(plant.keyed.done) == ["order/talker:A post-0", "order/talker:B post-0"]


async def _spawn(dsn: str, where: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.mortal", dsn, where, cwd=ROOT
    )


@pytest.mark.parametrize("where", ["its beginning", "a receipt", "an event"])
async def test_a_run_that_kills_its_worker_three_times_is_parked(database: str, where: str) -> None:
    async with plant_on(database) as plant:
        await tell(plant, *OTHERS[:6], "BAD", *OTHERS[6:])
        for order in ("BAD", *OTHERS):
            await plant.says(Ended(order_id=order))
        deaths = await _deaths(database, where)
        assert deaths == [DEADLY] * 3
        found = await states(database)
        assert found.pop("BAD") == "parked"
        assert found == dict.fromkeys(OTHERS, "ended")
        async with rows_of(database) as db:
            (case,) = await db.fetch("select * from exception")
            assert (case["code"], case["class"]) == ("run-parked", "developer")
            assert "3 workers died" in case["text"]
            assert await db.fetchval("select crashes from run where state = 'parked'") == (
                0 if where == "its beginning" else 3
            )
            assert await db.fetchval("select count(*) from suspect") == 0

        follows(plant, living("nowhere"))
        async with plant.working():
            await decides(plant, "run-parked", "try again")
            await stands(database, "BAD", "ended")


async def _deaths(dsn: str, where: str) -> list[int]:
    """Starts workers until one lives and has done all that can be done."""
    deaths: list[int] = []
    while True:
        worker = await _spawn(dsn, where)
        alive = asyncio.create_task(settled(dsn, within=30))
        dead = asyncio.create_task(worker.wait())
        await asyncio.wait({alive, dead}, return_when=asyncio.FIRST_COMPLETED)
        if alive.done():
            dead.cancel()
            worker.terminate()
            await worker.wait()
            return deaths
        alive.cancel()
        await asyncio.gather(alive, return_exceptions=True)
        deaths.append(dead.result())
        assert len(deaths) < 8, "it kills workers without end"


async def test_a_killed_worker_leaves_no_suspects_behind(database: str) -> None:
    """What was in hand at a kill that was no fault of its own goes on, and nothing is parked."""
    async with plant_on(database) as plant:
        for n in range(4):
            async with plant.working() as shift:
                await tell(plant, *(f"{order}-{n}" for order in OTHERS))
                await until(lambda n=n: len(plant.keyed.done) > n * len(OTHERS))
                await shift.kill()
        async with plant.working():
            await settled(database)
        async with rows_of(database) as db:
            assert await db.fetchval("select count(*) from run where state <> 'ended'") == 0
            assert await db.fetchval("select count(*) from suspect") == 0
            assert await db.fetchval("select count(*) from lane") == 0


async def test_a_suspected_run_does_not_let_later_news_of_its_order_pass(database: str) -> None:
    """It is stepped alone; what follows it about the same order still follows it."""

    @workflow(on=Told, name="follow")
    async def follow(run: Run, said: Told) -> None:
        await run.send(PostKeyed(order_id=run.subject, what=str(said.n)))

    async with plant_on(database) as plant:
        follows(plant, follow)
        async with plant.working() as shift:
            await tell(plant, *OTHERS)
            await settled(database)
            await shift.kill()
        keys = [await plant.says(Told(order_id="A", n=n)) for n in range(6)]
        async with rows_of(database) as db:
            await db.execute(
                "insert into suspect select 'follow@' || source || '/' || id, lane, 1"
                " from log where kind = 'event' and id = any($1)",
                keys[2:4],
            )
            assert await db.fetchval("select count(*) from suspect") == 2
        async with plant.working():
            await settled(database)
        assert plant.keyed.done[len(OTHERS) :] == [f"order/talker:A {n}" for n in range(6)]


async def test_sessions_lost_in_a_batch_blame_no_run(database: str) -> None:
    async with plant_on(database) as plant, plant.working() as shift:
        await tell(plant, *OTHERS)
        await shift.kill()
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            await shift.task
        async with rows_of(database) as db:
            assert await db.fetchval("select count(*) from exception") == 0
