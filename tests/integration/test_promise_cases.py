"""One batch may say of one cause that it began and that it is over; its last word stands."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import asyncpg
import pytest

from andon.store.advance import Batch
from andon.store.ingest import Raised
from tests.integration.plant import rows_of

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
Word = Literal["raise", "settle"]


async def say(db: asyncpg.Connection, *words: Word, text: str = "It broke.") -> None:
    batch = Batch(NOW)
    for word in words:
        if word == "raise":
            batch.raise_exception(
                Raised(cause="x", acts="clock", code="odd", team="planning", text=text)
            )
        else:
            batch.settle("x")
    assert len(batch) > 0
    await batch.commit(db)


@pytest.mark.parametrize("before", [[], ["raise"], ["raise", "settle"]])
@pytest.mark.parametrize(
    ("words", "state"),
    [
        (["settle", "raise"], "open"),
        (["raise", "settle"], "resolved"),
        (["raise", "settle", "raise"], "open"),
        (["settle", "raise", "settle"], "resolved"),
    ],
)
async def test_the_last_word_of_a_batch_stands(
    database: str, before: Sequence[Word], words: Sequence[Word], state: str
) -> None:
    async with rows_of(database) as db:
        if before:
            await say(db, *before)
        await say(db, *words, text="It broke again.")
        rows: list[Any] = await db.fetch("select state, times, text, closed_by from exception")
    closed_by = "andon" if state == "resolved" else None
    assert [tuple(row) for row in rows] == [
        (state, 2 if before else 1, "It broke again.", closed_by)
    ]


async def test_settling_alone_closes_and_does_not_count(database: str) -> None:
    async with rows_of(database) as db:
        await say(db, "settle")
        assert await db.fetchval("select count(*) from exception") == 0
        await say(db, "raise")
        await say(db, "settle", "settle")
        row = await db.fetchrow("select state, times from exception")
    assert row is not None
    assert tuple(row) == ("resolved", 1)
