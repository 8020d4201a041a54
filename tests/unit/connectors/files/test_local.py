"""A folder of this machine: its threads, and the order in which its files appear."""

import threading
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from andon.connectors._folders.local import LocalFolder
from andon.connectors._folders.threads import Threads
from andon.core.errors import UnavailableError


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[LocalFolder]:
    (tmp_path / "sent").mkdir()
    there = LocalFolder("mes", tmp_path, timedelta(seconds=5))
    yield there
    await there.close()


async def test_an_iterator_lives_in_one_thread_from_its_first_step_to_its_close() -> None:
    seen: list[int] = []
    closed = threading.Event()

    def numbers() -> Iterator[int]:
        try:
            for n in range(200):
                seen.append(threading.get_ident())
                yield n
        finally:
            seen.append(threading.get_ident())
            closed.set()

    threads = Threads("mes")
    steps = threads.steps(numbers(), 5)
    for _ in range(20):
        await anext(steps)
        await threads.do(lambda: None)  # others are at work meanwhile
    await steps.aclose()  # type: ignore[attr-defined]
    assert closed.wait(5)
    assert len(seen) == 101
    assert len(set(seen)) == 1
    threads.close()


async def test_a_note_and_what_it_is_about_are_written_together(folder: LocalFolder) -> None:
    await folder.write_noted({"a.part": b"order", "sent/copy": b"copy"}, "sent/a", b"a.csv")
    written = [await folder.text(path) for path in ("a.part", "sent/copy", "sent/a")]
    assert written == ["order", "copy", "a.csv"]
    assert [one.name for one in await folder.list("sent") if one.name.endswith("~")] == []


async def test_no_note_appears_where_what_it_is_about_could_not_be_written(
    folder: LocalFolder,
) -> None:
    with pytest.raises(UnavailableError):
        await folder.write_noted({"nowhere/a.part": b"order"}, "sent/a", b"a.csv")
    assert await folder.text("sent/a") is None
