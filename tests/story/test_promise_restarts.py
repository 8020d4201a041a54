"""A process that dies is started again, ever less often while it dies at once."""

import asyncio
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from andon.connectors._ports import free_port
from bench.asking import answer
from bench.hub import Hub, HubCommand
from tests.integration.plant import rows_of, until

pytestmark = pytest.mark.story


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="dies-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


async def test_a_worker_that_dies_at_once_is_tried_ever_less_often_and_the_web_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANDON_HOME", str(folder / "home"))
    deadly, log = folder / "deadly", folder / "hub.log"
    deadly.touch()
    url = f"http://127.0.0.1:{free_port()}"
    command = HubCommand(run="andon run proof.dying:andon", url=url)
    hub = Hub(command, data=folder / "data", systems=str(deadly), log=log)

    def pauses() -> list[float]:
        words = re.findall(r"the worker process ended by itself .* in (\S+) s", log.read_text())
        return [float(one) for one in words]

    try:
        hub.start()
        await asyncio.to_thread(hub.wait_until_ready)
        await until(lambda: len(pauses()) >= 4, within=30)
        assert pauses()[:4] == [0.2, 0.4, 0.8, 1.6]
        await asyncio.to_thread(answer, f"{url}/healthz")
        deadly.unlink()
        async with rows_of((folder / "data" / "dsn").read_text().strip()) as db:

            async def it_works() -> bool:
                works = "select exists (select from worker where lease_until > now())"
                return bool(await db.fetchval(works)) and len(pauses()) < 8

            before = await db.fetchval("select max(started_at) from worker")

            async def a_new_one_stays() -> bool:
                rows = await db.fetch(
                    "select from worker w join pg_stat_activity a on a.pid = w.backend"
                    " where w.started_at > $1 and w.started_at < now() - interval '1 s'",
                    before,
                )
                return bool(rows) and await it_works()

            await until(a_new_one_stays, within=20)
    finally:
        await asyncio.to_thread(hub.kill)
