"""The stem: reads a project once, forks what runs it, and may be killed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from andon.app.child import NameOf
from andon.app.database import Place
from andon.app.stems import Stem
from andon.core.errors import SettingsError
from tests.integration.plant import until


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a project is found."""
    (tmp_path / "tiny.py").write_text(
        "from andon.app.project import Andon\nandon = Andon('tiny', site='here')\n"
    )
    (tmp_path / "tiny.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
async def stem(folder: Path) -> AsyncIterator[Stem]:
    stem = Stem("tiny:andon", Place(folder, "127.0.0.1", 1))
    yield stem
    await stem.end()


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


async def test_children_are_forked_of_what_was_read_once(stem: Stem, folder: Path) -> None:
    assert (await stem.begin()).name == "tiny"
    (folder / "tiny.py").write_text("raise RuntimeError('read twice')")
    first, second = await stem.child("worker"), await stem.child("web")
    (parent,) = named(NameOf.stem)
    assert named(NameOf.worker, parent) == [first.pid]
    assert named(NameOf.web, parent) == [second.pid]
    first.signal(signal.SIGTERM)
    second.signal(signal.SIGTERM)
    assert [await first.wait(), await second.wait()] == [0, 0]


async def test_a_killed_child_says_so_and_a_killed_stem_is_replaced(stem: Stem) -> None:
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


async def test_a_project_with_mistakes_is_refused_with_all_of_them(
    stem: Stem, folder: Path
) -> None:
    (folder / "tiny.toml").write_text("[nothing]\nx = 1\n[neither]\ny = 1\n")
    with pytest.raises(SettingsError, match="2 mistakes") as refused:
        await stem.begin()
    assert "nothing" in str(refused.value)
    assert "neither" in str(refused.value)
    assert named(NameOf.stem) == []


async def test_a_project_that_breaks_with_its_second_reading_is_refused_too(
    stem: Stem, folder: Path
) -> None:
    await stem.begin()
    (folder / "tiny.py").write_text("import nothing_of_the_kind")
    (parent,) = named(NameOf.stem)
    os.kill(parent, signal.SIGKILL)
    with pytest.raises(SettingsError, match="nothing_of_the_kind"):
        await stem.child("worker")


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


def test_children_end_when_who_holds_their_leash_is_killed(folder: Path) -> None:
    holder = subprocess.run(
        [sys.executable, "-c", HOLDER], cwd=folder, stdout=subprocess.PIPE, check=False
    )
    assert holder.returncode == -signal.SIGKILL
    asyncio.run(until(partial(gone, int(holder.stdout)), within=10))


def gone(pid: int) -> bool:
    """Or dead, where nobody takes note of orphans."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
