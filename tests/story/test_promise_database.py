"""The database dies alone under a running Andon; the others go on by themselves."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from proof.killing import role_of
from tests.integration.plant import until
from tests.story.test_promise_kill import Running, running

pytestmark = pytest.mark.story
ANSWERED_WITHIN = 15.0


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="kill-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def postgres(hub: Running) -> list[int]:
    return [one.pid for one in hub.members() if role_of(one.pid) == "postgres"]


def first_of(pids: list[int]) -> int:
    """The postmaster: the parent of the others."""
    parents = {
        pid: int(Path(f"/proc/{pid}/stat").read_text().split(") ")[1].split()[1]) for pid in pids
    }
    return next(pid for pid in pids if parents[pid] not in pids)


@pytest.mark.parametrize("whole", [False, True], ids=["the postmaster", "all its processes"])
async def test_postgresql_killed_alone_is_started_again_and_nothing_is_lost(
    folder: Path, whole: bool
) -> None:
    async with running(folder) as (hub, proxy, books):
        async with hub.load("P", per_s=60) as load:
            await until(lambda: len(books.booked()) >= 20)
            andon = {one.pid for one in hub.members() if role_of(one.pid) in ("web", "supervisor")}
            proxy.hold()
            await until(lambda: proxy.held >= 3)
            for _ in range(2):  # once more, when it has healed once
                before = set(load.begun)
                pids = postgres(hub)
                for pid in pids if whole else [first_of(pids)]:
                    os.kill(pid, signal.SIGKILL)
                proxy.release()

                def new_ones_are_done(before: set[str] = before) -> bool:
                    done = {e.fact for e in books.booked() if e.system == "books"}
                    return len(done - before) >= 10

                await until(new_ones_are_done, within=ANSWERED_WITHIN)
            assert andon <= {one.pid for one in hub.members()}, "web and supervisor stay"
            await load.finish()
            facts = set(load.accepted)
            await until(lambda: not books.missing(facts), within=20)
        assert books.doubled() == []
    said = (folder / "hub.log").read_text()
    assert said.count("PostgreSQL ended by itself") == 2
    assert said.count("PostgreSQL takes connections again") == 2
    assert "Traceback" not in said, said[said.index("Traceback") :]
