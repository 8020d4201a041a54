"""A question that something else answered is closed at once; a restart does not ask it again."""

from typing import Any

from andon.core.workflow import Run, workflow
from tests.integration.mortal import follows
from tests.integration.plant import Ended, PostKeyed, Told, plant_on, rows_of, settled, until


@workflow(on=Told, name="follow")
async def follow(run: Run, said: Told) -> None:
    """A person says whether it ended, or the event does; then one effect for each end."""
    asked = run.ask("planner", "Did it end?", "yes")
    place, _ = await run.first(run.wait(Ended), asked)
    if place == 0:
        await run.withdraw(asked)
    await run.send(PostKeyed(order_id=run.subject, what="first"))
    await run.wait(Ended)
    await run.send(PostKeyed(order_id=run.subject, what="second"))


async def _open_cases(dsn: str) -> list[Any]:
    async with rows_of(dsn) as db:
        return await db.fetch("select * from exception where state = 'open'")


async def test_a_withdrawn_question_is_closed_while_its_run_goes_on(database: str) -> None:
    async with plant_on(database) as plant:
        follows(plant, follow)
        async with plant.working() as shift:
            await plant.says(Told(order_id="A"))
            await until(lambda: _open_cases(database))
            await plant.says(Ended(order_id="A"))
            await until(lambda: plant.keyed.done == ["order/talker:A first"])
            assert await _open_cases(database) == []
            await shift.kill()
        async with plant.working():
            await plant.says(Ended(order_id="A"))
            await until(lambda: len(plant.keyed.done) == 2)
            await settled(database)
        assert await _open_cases(database) == []
        async with rows_of(database) as db:
            assert await db.fetchval("select count(*) from exception") == 1
            assert await db.fetchval("select state from run") == "ended"
