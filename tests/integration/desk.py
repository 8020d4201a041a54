"""Where a person answers what a plant asks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from andon.core.record import Actor
from andon.engine.clock import SystemClock
from andon.engine.hub import EngineHub
from tests.integration.plant import Plant, rows_of, until

PLANNER = Actor("planner")


@asynccontextmanager
async def desk_of(plant: Plant) -> AsyncIterator[EngineHub]:
    """Where a person answers."""

    async def no_door(*_: Any) -> None:
        raise AssertionError("nobody knocks")

    async with asyncpg.create_pool(plant.dsn, min_size=1, max_size=4) as pool:
        yield EngineHub(plant.plan, pool, plant.ingest, SystemClock(), no_door)


async def case_of(dsn: str, code: str) -> asyncpg.Record:
    """The one open exception of this code, once it is there."""
    async with rows_of(dsn) as db:
        found: list[asyncpg.Record] = []

        async def it_is_there() -> bool:
            found[:] = await db.fetch(
                "select * from exception where code = $1 and state = 'open'", code
            )
            return len(found) == 1

        await until(it_is_there)
        return found[0]


async def decides(plant: Plant, code: str, answer: str) -> None:
    """Answers the one open case of this code, once it is there."""
    async with desk_of(plant) as desk:
        case = await case_of(plant.dsn, code)
        await desk.answer(case["id"], answer, PLANNER)
