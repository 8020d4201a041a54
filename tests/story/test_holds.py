"""A hold asked for by mail: quality is told, and nothing is held before quality says so."""

import sys
from collections.abc import AsyncIterator
from importlib import util
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from andon.connectors.mail.simulator import SmallMail
from andon.core.record import Actor
from andon.engine.clock import SystemClock
from andon.engine.hub import EngineHub
from andon.engine.ingest import Ingest
from andon.engine.plan import Plan
from andon.model.quality import PlaceHold
from tests.integration.desk import case_of
from tests.integration.plant import rows_of, until
from tests.story.example import Example

EXAMPLE = Path(__file__).parents[2] / "examples" / "holds"
HELD = "select exists (select from hold where held)"
PLACED = "select count(*) from log where kind = 'command' and type = $1"
OPEN = "select count(*) from run where state = 'running'"


class Office(Example):
    """The project on a fresh database; its mailbox is at the ports of ours."""

    def __init__(self, dsn: str, folder: Path, post: SmallMail) -> None:
        super().__init__(dsn)
        self.file = folder / "holds.py"
        self.file.write_text((EXAMPLE / "holds.py").read_text())
        table = (EXAMPLE / "holds.toml").read_text()
        table = table.replace("1143", f"{post.imap.port}").replace("1025", f"{post.smtp.port}")
        (folder / "holds.toml").write_text(table)

    @property
    def plan(self) -> Plan:
        """Made anew each time, as a new process makes it."""
        spec = util.spec_from_file_location("holds", self.file)
        assert spec is not None
        assert spec.loader is not None
        module = util.module_from_spec(spec)
        sys.modules["holds"] = module
        spec.loader.exec_module(module)
        return module.andon.plan({"MAIL_PASSWORD": "post-secret"})

    async def answers(self, case: int, choice: str) -> None:
        """Quality, at the board."""

        async def nobody_knocks(*_: Any) -> None:
            raise AssertionError("no door is there")

        clock = SystemClock()
        async with asyncpg.create_pool(self.dsn, min_size=1, max_size=2) as pool:
            plan = self.plan
            desk = EngineHub(plan, pool, Ingest(plan, self.dsn, clock), clock, nobody_knocks)
            await desk.answer(case, choice, Actor("quality"))


@pytest.fixture
async def post() -> AsyncIterator[SmallMail]:
    servers = SmallMail()
    await servers.start()
    yield servers
    await servers.stop()


@pytest.mark.story
@pytest.mark.parametrize("choice", ["hold", "dismiss"])
async def test_a_lot_is_held_when_quality_says_so_and_not_before(
    database: str, tmp_path: Path, post: SmallMail, choice: str
) -> None:
    office = Office(database, tmp_path, post)
    async with office.working(), rows_of(database) as db:
        (lot,) = await post.say(1)
        case = await case_of(database, "question")
        await until(lambda: len(post.smtp.took) == 1, within=20)
        mail = post.smtp.took[0].decode()
        assert f"Shall lot {lot} be held?" in mail
        assert "To: quality@acme.example" in mail
        assert not await db.fetchval(HELD)

        await office.answers(case["id"], choice)

        async def all_ended() -> bool:
            return await db.fetchval(OPEN) == 0

        await until(all_ended, within=20)
        assert await db.fetchval(HELD) == (choice == "hold")
        assert await db.fetchval(PLACED, PlaceHold.TYPE) == (choice == "hold")
        assert len(post.smtp.took) == 1
