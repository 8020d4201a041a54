"""A folder of this machine: its threads, and the order in which its files appear."""

import threading
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from andon.connectors._folders.delivering import Leave, delivered
from andon.connectors._folders.flushing import write_whole
from andon.connectors._folders.folder import OutgoingFile
from andon.connectors._folders.local import LocalFolder
from andon.connectors._folders.noting import claimed, text_at, write_note
from andon.connectors._folders.threads import Threads
from andon.core.errors import RejectedError, UnavailableError


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[LocalFolder]:
    for name in ("sent", "out"):
        (tmp_path / name).mkdir()
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


def outgoing(part: str = "out/a.part") -> OutgoingFile:
    return OutgoingFile(
        content=b"order",
        part=part,
        last="out/a.csv",
        files={"sent/copy": b"copy"},
        notes={"sent/awaited": "{}", "sent/a": "a.csv"},
    )


async def test_a_file_and_its_notes_lie_there_and_nothing_else(folder: LocalFolder) -> None:
    for _ in range(2):  # what a kill left is written once more
        assert await folder.deliver(outgoing())
        kept = [await folder.text(f"sent/{name}") for name in ("copy", "awaited", "a")]
        assert kept == ["copy", "{}", "a.csv"]
        assert await folder.text("out/a.csv") == "order"
        assert len([*await folder.list("sent"), *await folder.list("out")]) == 4
        await folder.move("out/a.csv", "out/a.part")


async def test_no_note_appears_where_what_it_is_about_could_not_be_written(
    folder: LocalFolder,
) -> None:
    with pytest.raises(UnavailableError):
        await folder.deliver(outgoing("nowhere/a.part"))
    assert await folder.text("sent/a") is None


async def test_a_name_that_is_taken_is_refused_and_the_file_that_has_it_stays(
    folder: LocalFolder,
) -> None:
    await folder.write("out/a.csv", b"another's")
    with pytest.raises(RejectedError):
        await folder.deliver(outgoing())
    assert await folder.text("out/a.csv") == "another's"


async def test_what_nobody_waits_for_any_more_is_not_renamed(tmp_path: Path) -> None:
    for name in ("sent", "out"):
        (tmp_path / name).mkdir()
    leave = Leave()
    assert leave.taken()  # a time limit ran out, or its task was cancelled
    with pytest.raises(UnavailableError):
        delivered(tmp_path, outgoing(), leave)
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["a.part"]


@pytest.mark.parametrize("before", ["", "another", "1042.csv"])
def test_a_note_replaces_what_stood_there_as_a_file_or_a_link(tmp_path: Path, before: str) -> None:
    for name, make in (("file", Path.write_text), ("link", Path.symlink_to)):
        note = tmp_path / name
        if before:
            make(note, before)  # type: ignore[operator]
        write_note(note, "1042.csv")
        assert text_at(note) == "1042.csv"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "link"]


def test_what_an_older_release_noted_is_read(tmp_path: Path) -> None:
    (tmp_path / "note").write_text("order-000001.csv")
    assert text_at(tmp_path / "note") == "order-000001.csv"
    assert not claimed(tmp_path / "note", "ours")


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("theirs")
    (tmp_path / "a.part").symlink_to("theirs")
    with pytest.raises(OSError, match="symbolic"):
        write_whole(tmp_path / "a.part", b"ours")
    assert (tmp_path / "theirs").read_text() == "theirs"
