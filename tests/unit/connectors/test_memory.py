"""What a read remembers of the rows it saw, and that it takes no memory by their number."""

import gc
import os
import sqlite3
import sys
import tracemalloc
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from subprocess import PIPE, Popen
from unittest.mock import patch

import msgspec
import pytest

from andon.connectors._memory import Memory
from andon.core.errors import UnavailableError

PAGE = 500
Row = tuple[str, str]


def row(ident: str, digest: str = "d1") -> Row:
    return ident, digest


def news(memory: Memory, rows: Sequence[Row]) -> list[str]:
    """Those of a page that are news."""
    memory.turn_to(memory.known([ident for ident, _ in rows]))
    return [
        ident for ident, digest in rows if memory.note(ident, digest, partial(str.encode, ident))
    ]


async def gone(memory: Memory) -> list[tuple[str, str, bytes | None]]:
    """All that are gone at the end of a full look."""
    told = [(one.ident, one.digest, one.name) async for some in memory.gone() for one in some]
    memory.end()
    return told


@pytest.mark.parametrize("forgets", [False, True])
def test_news_is_told_from_what_was_seen_as_it_is(forgets: bool) -> None:
    memory = Memory(forgets=forgets)
    assert news(memory, [row("A"), row("B"), row("A")]) == ["A", "B"]
    assert news(memory, [row("A")]) == []
    memory.turn()
    assert news(memory, [row("A"), row("B", "d2")]) == ["B"]
    assert news(memory, [row("B", "d1")]) == ["B"], "a change back is a change"


@pytest.mark.parametrize(("forgets", "again"), [(False, []), (True, ["A"])])
def test_without_a_sweep_a_look_that_did_not_see_a_row_forgets_it(
    forgets: bool, again: list[str]
) -> None:
    memory = Memory(forgets=forgets)
    news(memory, [row("A")])
    memory.turn()
    memory.turn()
    assert news(memory, [row("A")]) == again


async def test_gone_is_what_two_full_looks_in_a_row_did_not_find() -> None:
    memory = Memory()
    looks = [["A", "B"], ["B"], ["A", "B"], ["B"], ["B"], ["B"]]
    told = list[list[str]]()
    for found in looks:
        memory.begin()
        news(memory, [row(ident) for ident in found])
        told.append([ident for ident, _, _ in await gone(memory)])
    assert told == [[], [], [], [], ["A"], []]
    memory.begin()
    assert news(memory, [row("A")]) == ["A"], "what comes back is news"


async def test_what_is_gone_is_told_page_by_page_with_its_name_and_last_state() -> None:
    memory = Memory()
    idents = [f"{n:04}" for n in range(1200)]
    news(memory, [row(ident, "d1") for ident in idents])
    news(memory, [row(ident, "d2") for ident in idents])
    memory.begin()
    assert await gone(memory) == []
    memory.begin()
    assert await gone(memory) == [(ident, "d2", ident.encode()) for ident in idents]


async def test_a_full_look_that_was_cut_short_takes_no_row_for_gone() -> None:
    memory = Memory()
    news(memory, [row("A"), row("B")])
    for _ in range(3):
        memory.begin()
        news(memory, [row("A")])
    memory.begin()
    news(memory, [row("A"), row("B")])
    assert await gone(memory) == []


@pytest.mark.parametrize("forgets", [False, True])
def test_memory_does_not_grow_with_the_rows(forgets: bool) -> None:
    memory = Memory(forgets=forgets)

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
    memory = Memory()
    with (
        patch.object(sqlite3, "connect", side_effect=sqlite3.OperationalError("disk is full")),
        pytest.raises(UnavailableError, match=r"disk is full.*temporary files"),
    ):
        memory.known(["A"])
    assert news(memory, [row("A")]) == ["A"]


async def test_where_one_full_look_is_enough_what_it_did_not_find_is_gone() -> None:
    memory = Memory(looks=1)
    for found, lost in (("AB", []), ("B", ["A"]), ("B", []), ("", ["B"])):
        memory.begin()
        news(memory, [row(ident) for ident in found])
        assert [ident for ident, _, _ in await gone(memory)] == lost


async def test_a_row_somebody_said_is_gone_is_news_when_it_comes_back() -> None:
    memory = Memory(looks=1)
    assert news(memory, [row("A"), row("B")]) == ["A", "B"]
    memory.drop("A")
    memory.begin()
    assert news(memory, [row("B")]) == []
    assert await gone(memory) == [], "it was told already"
    assert news(memory, [row("A")]) == ["A"]


async def test_an_empty_memory_knows_nothing_and_makes_no_file() -> None:
    with patch.object(sqlite3, "connect", side_effect=AssertionError):
        memory = Memory()
        await memory.look_up(["A"])
        assert not memory.knows("A")
        assert memory.note("A")
        assert memory.knows("A")


def test_a_kill_leaves_no_file_that_somebody_could_believe(tmp_path: Path) -> None:
    with Popen(
        [sys.executable, "-c", _LONG],
        stdout=PIPE,
        env={**os.environ, "SQLITE_TMPDIR": f"{tmp_path}"},
    ) as reader:
        assert reader.stdout is not None
        held, left = msgspec.json.decode(reader.stdout.readline(), type=tuple[int, int])
        there = list(tmp_path.iterdir())
        reader.kill()
    assert held > 4_000_000, "most of it is on disk"
    assert there == [], "under no name"
    assert list(tmp_path.iterdir()) == []
    assert left == 0, "a memory nobody has any more takes no room"


_LONG = """
import contextlib, os, pathlib, signal
from andon.connectors._memory import Memory


def on_disk():
    held = 0
    for link in pathlib.Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if str(link.readlink()).startswith(os.environ["SQLITE_TMPDIR"]):
                held += link.stat().st_size
    return held


def filled():
    memory = Memory()
    for n in range(10_000):
        memory.note(f"{n:0>900}")
    memory.known([])
    return memory


memory = filled()
held = on_disk()
del memory
left = on_disk()
memory = filled()
print([held, left], flush=True)
signal.pause()
"""
