"""What rest, soap, tryton and odoo read again and again: nothing is lost, nothing comes twice, and
what is remembered of it does not grow with the rows."""

import asyncio
import gc
import tracemalloc
from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import partial
from hashlib import blake2b
from typing import Any, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from andon.connectors.odoo.changes import DELETED
from andon.connectors.tryton.changes import Changes, Watched
from andon.connectors.tryton.speech import Speech
from tests.unit.connectors.numbered_books import (
    BY_TIME,
    NOON,
    OVERLAP,
    Books,
    Made,
    OdooReading,
    TrytonBooks,
    TrytonReading,
    json_by_offset,
    json_by_time,
    soap_by_time,
)


class Reader:
    """Reads as the engine does: what came up to the last position is in the log, and after a break
    a new read goes on from there."""

    def __init__(self, made: Made, books: Books, after: str = "") -> None:
        self.made, self.books, self.after = made, books, after
        self.log: set[str] = set()
        self.again()

    def again(self) -> None:
        """A new read; what the old one yielded after its last position was not recorded."""
        self.reading = self.made(self.books, self.after)
        self.pending: list[str] = []
        self.yielded: set[str] = set()

    async def look(self, most: int = 1_000_000) -> None:
        """One look, of which at most so many items are taken before it breaks off."""
        async for item, place in self.reading.look(self.after):
            if not most:
                self.again()
                return
            most -= 1
            self._took(item.key, place)

    async def sweep(self) -> None:
        """A full look."""
        async for item in self.reading.sweep():
            assert not item.kind.endswith((".gone", DELETED)), f"{item.key} is there"
            self._took(item.key, None)

    def _took(self, key: str, place: str | None) -> None:
        assert key not in self.yielded, "it comes twice"
        self.yielded.add(key)
        self.pending.append(key)
        if place is not None:
            self.log.update(self.pending)
            self.after, self.pending = place, []

    @property
    def known(self) -> set[str]:
        """All that came and is not lost."""
        return self.log | set(self.pending)


LATE = st.sampled_from([timedelta(), timedelta(), timedelta(seconds=40), timedelta(hours=2)])
WRITE = st.tuples(st.integers(1, 12), LATE)
CUT = st.integers(0, 4)
STEPS = st.lists(WRITE | CUT | st.sampled_from(["look", "sweep"]), max_size=40)


@pytest.mark.parametrize("made", BY_TIME)
@settings(deadline=None, max_examples=150)
@given(steps=STEPS)
@example(steps=[(1, timedelta()), "look", (2, timedelta(seconds=40)), "look", "look"])
@example(steps=[(9, timedelta()), "look", *((n, timedelta(hours=2)) for n in range(9))])
@example(steps=[*((n, timedelta()) for n in range(9)), "sweep", (1, timedelta()), *["sweep"] * 2])
@example(steps=[(1, timedelta()), "look", "sweep", (2, timedelta(hours=2)), "sweep", "sweep"])
def test_nothing_is_lost_and_no_look_repeats_another(made: Made, steps: Sequence[Any]) -> None:
    async def follow() -> None:
        books = Books()
        reader = Reader(made, books)
        for step in steps:
            match step:
                case "look":
                    await reader.look()
                case "sweep":
                    await reader.sweep()
                case int():
                    await reader.look(step)
                case (number, back):
                    books.write(number, back)
                case _:
                    raise TypeError(step)
        await reader.look()
        assert await keys(made, books, books.seen_in_time) <= reader.known, "a look lost it"
        await reader.sweep()
        assert await keys(made, books, books.rows) <= reader.known, "lost"

    asyncio.run(follow())


async def keys(made: Made, books: Books, numbers: Collection[int]) -> set[str]:
    """The keys of rows as they stand in the books."""
    some = Books()
    some.rows = {number: books.rows[number] for number in numbers}
    return {item.key async for item, _ in made(some, "").look("")}


WRITTEN_BEFORE: list[tuple[Made, str]] = [
    (json_by_time, "2026-05-01T12:05:00+00:00"),
    (json_by_offset, "2026-05-01T12:05:00+00:00"),
    (soap_by_time, "2026-05-01T12:05:00+00:00"),
    (TrytonReading, "2026-05-01T12:05:00.000000+00:00"),
    (OdooReading, "row=2026-05-01T12:05:00"),
]
"""A place as it was written when what is remembered was still in memory."""


@pytest.mark.parametrize(("made", "place"), WRITTEN_BEFORE)
async def test_a_read_goes_on_from_a_place_that_an_older_version_wrote(
    made: Made, place: str
) -> None:
    books = Books()
    for number in range(60):
        books.write(number)
    reader = Reader(made, books, place)
    await reader.look()
    newer = {number for number, (at, _) in books.rows.items() if at >= NOON + 5 * OVERLAP - OVERLAP}
    assert reader.log == await keys(made, books, newer)
    assert books.now.isoformat()[:19] in reader.after


@pytest.mark.parametrize(
    "made",
    [
        partial(json_by_time, size=200),
        partial(soap_by_time, size=200),
        TrytonReading,
        partial(OdooReading, size=200),
    ],
)
async def test_what_is_remembered_does_not_grow_with_the_rows(made: Made) -> None:
    async def held(many: int) -> int:
        books = Books()
        at = NOON.replace(year=2025)
        books.rows = {n: (at + n * timedelta(milliseconds=1), n) for n in range(many)}
        reading, most = made(books, ""), 0
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(2):
            count = 0
            async for _ in reading.look(""):
                count += 1
                if count == many - 1:
                    gc.collect()
                    most = tracemalloc.get_traced_memory()[0] - before
            async for _ in reading.sweep():
                pass
        gc.collect()
        return max(most, tracemalloc.get_traced_memory()[0] - before)

    await held(300)
    tracemalloc.start()
    try:
        few, many = await held(300), await held(3300)
    finally:
        tracemalloc.stop()
    assert many - few < 100_000, "3,000 rows more are remembered"


async def test_a_moment_with_any_number_of_changes_is_read_in_pages_of_bounded_size() -> None:
    books = Books()
    books.rows = {n: (NOON, n) for n in range(100, 9100)}
    books.rows |= {n: (NOON + timedelta(microseconds=n % 3), n) for n in range(100)}
    books.rows[9100] = (NOON - OVERLAP, 9100)
    speech = TrytonBooks(books)
    changes = Changes(cast("Speech", speech), [Watched("production", (), (), ())], OVERLAP)
    for repeat in range(2):
        speech.sizes.clear()
        items = [item async for item in changes.since("")]
        assert len(items) == (0 if repeat else 9101)
        assert len({item.key for item in items}) == len(items)
        assert max(speech.sizes) <= 2000
        assert len(speech.sizes) < 20


async def test_a_row_that_is_gone_is_told_once_under_the_key_it_always_had() -> None:
    books = Books()
    for number in (1, 2, 3):
        books.write(number)
    reading = json_by_time(books, "", size=200)
    last = {item.mirror: item.key async for item, _ in reading.look("")}
    assert [item async for item in reading.sweep()] == []
    del books.rows[2]
    told = [[(item.kind, item.key) async for item in reading.sweep()] for _ in range(4)]
    digest = blake2b((last["row/2"] or "").encode(), digest_size=16).hexdigest()
    assert told == [[], [("row.gone", f"row/2/gone/{digest}")], [], []]


async def test_of_odoo_what_is_gone_is_told_once_and_what_only_a_sweep_found_is_counted() -> None:
    books = Books()
    for number in (1, 2, 3):
        books.write(number)
    reading = OdooReading(books, "")
    assert len([item async for item in reading.look("")]) == 3
    assert [item async for item in reading.sweep()] == []
    del books.rows[2]
    books.rows[3] = (NOON - timedelta(hours=2), 9)
    told = [[(item.kind, item.mirror) async for item in reading.sweep()] for _ in range(3)]
    assert told == [[("row", "row/3"), (DELETED, None)], [], []]
    assert reading.changes.found_by_sweep == 2


async def test_of_odoo_the_first_sweep_after_a_restart_tells_all_and_counts_nothing() -> None:
    books = Books()
    for number in range(1, 10):
        books.write(number)
    reading = OdooReading(books, "")
    assert len([item async for item in reading.look("row=2026-05-01T13:00:00")]) == 0
    assert len([item async for item in reading.sweep()]) == 9
    assert reading.changes.found_by_sweep == 0
    books.write(10, timedelta(hours=2))
    assert len([item async for item in reading.sweep()]) == 1
    assert reading.changes.found_by_sweep == 1
