"""Pages by time where very many rows share one time: none is left out, and no page grows long."""

from datetime import timedelta

import pytest

from andon.core.connector import Item
from andon.core.errors import SettingsError, UnavailableError
from tests.unit.connectors.numbered_books import (
    NOON,
    Books,
    JsonBooks,
    Reading,
    json_by_offset,
    json_by_time,
)


def full(many: int) -> Books:
    """A few rows before, many of one time, a few behind."""
    books = Books()
    books.rows = {n: (NOON, n) for n in range(many)}
    books.rows |= {-n: (NOON - timedelta(minutes=n), n) for n in (1, 2, 3)}
    books.rows |= {many + n: (NOON + timedelta(minutes=n), n) for n in (1, 2, 3)}
    return books


async def read(reading: Reading) -> list[Item]:
    return [item async for item, _ in reading.look("")]


@pytest.mark.parametrize("many", [0, 1, 9, 10, 11, 19, 20, 21, 3000])
async def test_any_number_of_rows_of_one_time_is_read_in_pages_of_one_size(many: int) -> None:
    system = JsonBooks(full(many))
    reading = json_by_offset(system, "", size=10)
    items = await read(reading)
    assert len({item.key for item in items}) == len(items) == many + 6
    assert max(system.lengths) <= 10
    assert len(system.lengths) <= many / 9 + 4
    assert await read(reading) == []


@pytest.mark.parametrize("moved", [0, 15, 19])
async def test_rows_that_leave_a_time_while_it_is_read_hide_none_that_stay(moved: int) -> None:
    books = full(100)
    system = JsonBooks(books)
    pages = 0

    def meanwhile() -> None:
        nonlocal pages
        pages += 1
        if pages in (3, 5, 6):
            books.rows[moved + pages] = (NOON + timedelta(hours=1), 1000 + pages)

    system.meanwhile = meanwhile
    read_ = {item.mirror for item in await read(json_by_offset(system, "", size=10))}
    assert read_ == {f"row/{n}" for n in books.rows}


async def test_rows_that_come_late_to_a_time_while_it_is_read_hide_none() -> None:
    books = full(100)
    system = JsonBooks(books)

    def meanwhile() -> None:
        if 2 < len(system.lengths) < 9:
            books.rows[-10 - len(system.lengths)] = (NOON, 7)

    system.meanwhile = meanwhile
    reading = json_by_offset(system, "", size=10)
    first = {item.mirror for item in await read(reading)}
    assert first >= {f"row/{n}" for n in range(100)}
    second = {item.mirror for item in await read(reading)}
    assert first | second == {f"row/{n}" for n in books.rows}
    assert not first & second


async def test_a_system_that_does_not_know_the_offset_is_said() -> None:
    with pytest.raises(UnavailableError, match="/rows gives the same rows for another skip"):
        await read(json_by_offset(JsonBooks(full(30)), "", size=10, offset="skip"))


async def test_without_an_offset_pages_grow_to_a_bound() -> None:
    most = JsonBooks(full(9_990))
    assert len(await read(json_by_time(most, "", size=100))) == 9_996
    system = JsonBooks(full(20_000))
    with pytest.raises(SettingsError, match=r"than are given at once, 10000.*offset_parameter"):
        await read(json_by_time(system, "", size=100))
    assert max(system.lengths) == 10_000
