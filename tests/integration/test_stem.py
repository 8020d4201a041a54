"""The stem: reads a project once, forks what runs it, and may be killed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from andon.app.child import NameOf
from andon.app.database import Place
from andon.app.stems import Stem
from andon.core.errors import SettingsError
from tests.integration.plant import until

PLANT = "from andon.app.project import Andon\nandon = Andon('tiny', site='here'{more})\n"


@asynccontextmanager
async def stem_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stem]:
    monkeypatch.chdir(folder)
    stem = Stem("tiny:andon", Place(folder, "127.0.0.1", 1))
    try:
        yield stem
    finally:
        await stem.end()


def write(folder: Path, *, more: str = "") -> None:
    (folder / "tiny.py").write_text(PLANT.format(more=more))
    (folder / "tiny.toml").write_text("")


def named(name: NameOf, parent: int | None = None) -> list[int]:
    """Process ids under this name that have this parent, by default this test."""
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            comm = (entry / "comm").read_text().strip()
        except OSError:
            continue
        if comm == name.value and int(words[1]) == (parent or os.getpid()):
            found.append(int(entry.name))
    return found


def test_children_are_forked_of_what_was_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)

    async def story() -> None:
        async with stem_of(tmp_path, monkeypatch) as stem:
            assert (await stem.begin()).name == "tiny"
            (tmp_path / "tiny.py").write_text("raise RuntimeError('read twice')")
            first, second = await stem.child("worker"), await stem.child("web")
            (parent,) = named(NameOf.stem)
            assert named(NameOf.worker, parent) == [first.pid]
            assert named(NameOf.web, parent) == [second.pid]
            first.signal(signal.SIGTERM)
            second.signal(signal.SIGTERM)
            assert [await first.wait(), await second.wait()] == [0, 0]

    asyncio.run(story())


def test_a_killed_child_says_so_and_a_killed_stem_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)

    async def story() -> None:
        async with stem_of(tmp_path, monkeypatch) as stem:
            await stem.begin()
            killed, left = await stem.child("worker"), await stem.child("worker")
            killed.signal(signal.SIGKILL)
            assert await killed.wait() == -signal.SIGKILL
            (parent,) = named(NameOf.stem)
            os.kill(parent, signal.SIGKILL)
            another = await stem.child("worker")
            assert another.pid != left.pid
            os.kill(left.pid, 0)  # it lives on
            for child in (left, another):
                child.signal(signal.SIGTERM)
                assert await child.wait() == 0

    asyncio.run(story())


def test_a_project_with_mistakes_is_refused_with_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    (tmp_path / "tiny.toml").write_text("[nothing]\nx = 1\n[neither]\ny = 1\n")

    async def story() -> None:
        async with stem_of(tmp_path, monkeypatch) as stem:
            with pytest.raises(SettingsError, match="2 mistakes") as refused:
                await stem.begin()
            assert "nothing" in str(refused.value)
            assert "neither" in str(refused.value)
            assert named(NameOf.stem) == []

    asyncio.run(story())


def test_a_project_that_breaks_with_its_second_reading_is_refused_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)

    async def story() -> None:
        async with stem_of(tmp_path, monkeypatch) as stem:
            await stem.begin()
            (tmp_path / "tiny.py").write_text("import nothing_of_the_kind")
            (parent,) = named(NameOf.stem)
            os.kill(parent, signal.SIGKILL)
            with pytest.raises(SettingsError, match="nothing_of_the_kind"):
                await stem.child("worker")

    asyncio.run(story())


HOLDER = """
import asyncio, os, signal
from pathlib import Path
from andon.app.database import Place
from andon.app.stems import Stem

async def hold():
    stem = Stem("tiny:andon", Place(Path(), "127.0.0.1", 1))
    await stem.begin()
    child = await stem.child("worker")
    print(child.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(hold())
"""


def test_children_end_when_who_holds_their_leash_is_killed(tmp_path: Path) -> None:
    write(tmp_path)
    holder = subprocess.run(
        [sys.executable, "-c", HOLDER], cwd=tmp_path, stdout=subprocess.PIPE, check=False
    )
    assert holder.returncode == -signal.SIGKILL
    asyncio.run(until(partial(gone, int(holder.stdout)), within=10))


def gone(pid: int) -> bool:
    """Or dead, where nobody takes note of orphans."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
