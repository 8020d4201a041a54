"""What a read remembers of the rows it saw, and that it takes no memory by their number."""

import gc
import sqlite3
import tracemalloc
from collections.abc import Sequence
from unittest.mock import patch

import pytest

from andon.connectors.sql.memory import Seen
from andon.connectors.sql.rows import Row
from andon.core.errors import UnavailableError

PAGE = 500


def row(ident: str, digest: str = "d1") -> Row:
    return Row(ident, (ident,), None, b"{}", digest)


def seen(*, forgets: bool = False) -> Seen:
    return Seen(lambda row: row.ident.encode(), complete=True, forgets=forgets)


def news(memory: Seen, rows: Sequence[Row]) -> list[str]:
    """Those of a page that are news."""
    memory.turn_to(memory.known(rows))
    return [row.ident for row in rows if memory.note(row)]


def gone(memory: Seen) -> list[tuple[str, str, bytes | None]]:
    """All that are gone at the end of a full look."""
    told = list[tuple[str, str, bytes | None]]()
    while some := memory.gone(told[-1][0] if told else ""):
        told += [(one.ident, one.digest, one.name) for one in some]
    memory.end()
    return told


@pytest.mark.parametrize("forgets", [False, True])
def test_news_is_told_from_what_was_seen_as_it_is(forgets: bool) -> None:
    memory = seen(forgets=forgets)
    assert news(memory, [row("A"), row("B"), row("A")]) == ["A", "B"]
    assert news(memory, [row("A")]) == []
    memory.turn()
    assert news(memory, [row("A"), row("B", "d2")]) == ["B"]
    assert news(memory, [row("B", "d1")]) == ["B"], "a change back is a change"


@pytest.mark.parametrize(("forgets", "again"), [(False, []), (True, ["A"])])
def test_without_a_sweep_a_look_that_did_not_see_a_row_forgets_it(
    forgets: bool, again: list[str]
) -> None:
    memory = seen(forgets=forgets)
    news(memory, [row("A")])
    memory.turn()
    memory.turn()
    assert news(memory, [row("A")]) == again


def test_gone_is_what_two_full_looks_in_a_row_did_not_find() -> None:
    memory = seen()
    looks = [["A", "B"], ["B"], ["A", "B"], ["B"], ["B"], ["B"]]
    told = list[list[str]]()
    for found in looks:
        memory.begin()
        news(memory, [row(ident) for ident in found])
        told.append([ident for ident, _, _ in gone(memory)])
    assert told == [[], [], [], [], ["A"], []]
    memory.begin()
    assert news(memory, [row("A")]) == ["A"], "what comes back is news"


def test_what_is_gone_is_told_page_by_page_with_its_name_and_last_state() -> None:
    memory = seen()
    idents = [f"{n:04}" for n in range(1200)]
    news(memory, [row(ident, "d1") for ident in idents])
    news(memory, [row(ident, "d2") for ident in idents])
    memory.begin()
    assert gone(memory) == []
    memory.begin()
    assert gone(memory) == [(ident, "d2", ident.encode()) for ident in idents]


def test_a_full_look_that_was_cut_short_takes_no_row_for_gone() -> None:
    memory = seen()
    news(memory, [row("A"), row("B")])
    for _ in range(3):
        memory.begin()
        news(memory, [row("A")])
    memory.begin()
    news(memory, [row("A"), row("B")])
    assert gone(memory) == []


@pytest.mark.parametrize("forgets", [False, True])
def test_memory_does_not_grow_with_the_rows(forgets: bool) -> None:
    memory = seen(forgets=forgets)

    def look(first: int, pages: int) -> int:
        for page in range(pages):
            news(memory, [row(f"{first + page * PAGE + n:09}") for n in range(PAGE)])
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = look(0, 4)
        assert look(4 * PAGE, 60) - before < 64_000, "30,000 rows more are on disk"
    finally:
        tracemalloc.stop()


def test_a_folder_without_room_is_said_and_the_next_try_goes_on() -> None:
    memory = seen()
    with (
        patch.object(sqlite3, "connect", side_effect=sqlite3.OperationalError("disk is full")),
        pytest.raises(UnavailableError, match=r"disk is full.*temporary files"),
    ):
        memory.known([row("A")])
    assert news(memory, [row("A")]) == ["A"]
