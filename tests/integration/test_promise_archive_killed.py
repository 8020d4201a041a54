"""`andon log archive` killed at any moment: nothing is lost, and the next one ends the work."""

import asyncio
import gzip
import random
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from andon.store.archive import require_whole
from andon.store.ingest import Draft, append_events
from andon.store.sql import query
from tests.integration.archived import old_records, positions, rows_in, swept
from tests.integration.plant import rows_of

OLD = datetime(2020, 1, 1, tzinfo=UTC)
COUNT = 30_000
PROJECT = 'from andon.app import Andon\n\nandon = Andon("old", site="here")\n'
LIVES = '[retention]\nseen = "30 d"\n[retention.records]\n"*" = "10 d"\n'


class Company:
    """A folder with a project whose records expire."""

    def __init__(self, folder: Path, dsn: str) -> None:
        (folder / "old_plant.py").write_text(PROJECT)
        (folder / "old.toml").write_text(LIVES)
        self.folder = folder
        self.archives = folder / "archives"
        self.dsn = dsn

    async def types(self, *words: str, killed_after: float | None = None) -> tuple[int, str]:
        """Runs a command; may be killed."""
        typed = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "from andon.cli import main; main()", "log", *words,
            cwd=self.folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        if killed_after is not None:
            await asyncio.sleep(killed_after)
            if typed.returncode is None:
                typed.send_signal(signal.SIGKILL)
        said, _ = await typed.communicate()
        return typed.returncode or 0, said.decode()

    async def sweeps(self, killed_after: float | None = None) -> tuple[int, str]:
        """`andon log archive`, which may be killed."""
        return await self.types(
            "archive", "old_plant", "--to", str(self.archives), "--database", self.dsn,
            killed_after=killed_after,
        )  # fmt: skip


async def _append(db: asyncpg.Connection, n: int, local: str | None = None) -> None:
    draft = Draft(
        source="talker", id=f"new-{n}", type="plant.new.v1", kind="order", local=local or f"N{n}",
        correlation="c", occurred_at=datetime.now(UTC), site="here", data="{}",
    )  # fmt: skip
    await append_events(db, [draft], now=datetime.now(UTC))


async def test_nothing_is_lost_however_often_it_is_killed(database: str, tmp_path: Path) -> None:
    chance = random.Random(7)
    company = Company(tmp_path, database)
    async with rows_of(database) as db, rows_of(database) as plant:
        await old_records(db, COUNT, at=OLD)
        appended, over = 0, asyncio.Event()

        async def go_on_appending() -> None:
            nonlocal appended
            while not over.is_set():
                appended += 1
                await _append(plant, appended)
                await asyncio.sleep(0.005)

        appending = asyncio.create_task(go_on_appending())
        killed = 0
        for _ in range(6):
            code, _ = await company.sweeps(killed_after=chance.uniform(0.9, 2.2))
            killed += code != 0
            archived = {row["position"] for row in rows_in(company.archives)}
            assert archived | await positions(db) >= set(range(1, COUNT + 1))
        code, said = await company.sweeps()
        assert code == 0, said
        over.set()
        await appending
        left = await positions(db)
        assert len(left) == appended + 1  # the last old one is where the followers stand
        assert await db.fetchval("select count(*) from archive where done_at is null") == 0
        for row in await db.fetch("select name, digest from archive"):
            require_whole(company.archives / row["name"], row["digest"])
            require_whole(company.archives / row["name"])
        assert not [file for file in company.archives.iterdir() if file.suffix == ".part"]
    assert killed > 0
    assert {row["position"] for row in rows_in(company.archives)} == set(range(1, COUNT))


async def test_no_append_waits_for_a_removal(database: str) -> None:
    """What is said while rows go is there before they are gone, also of a subject of theirs."""
    async with rows_of(database) as db, rows_of(database) as plant:
        await old_records(db, 100, at=OLD)
        await plant.execute("set lock_timeout = '20 s'")  # whoever waits hears for what
        doomed = [str(position) for position in range(1, 51)]
        keys = [f'["talker", "old-{n}"]' for n in range(1, 51)]
        async with db.transaction():
            assert await db.fetchval(query("remove_log"), doomed, datetime.now(UTC)) == 50
            assert await db.fetchval(query("remove_seen"), keys, 100) == 50
            await _append(plant, 1)
            await _append(plant, 2, local="1")
            assert await positions(plant) == set(range(1, 103))
        assert await positions(plant) == set(range(51, 103))


async def test_no_sweep_waits_for_an_append(database: str, tmp_path: Path) -> None:
    """It goes to its end, with giving back the room, while something is said and not committed: it
    takes no lock on a table that an append could meet."""
    async with rows_of(database) as db, rows_of(database) as plant:
        await old_records(db, 100, at=OLD)
        await db.execute("set lock_timeout = '20 s'")
        async with plant.transaction():
            await _append(plant, 1)
            removed = {one.kind: one.removed for one in await swept(db, tmp_path)}
        assert removed["log"] == 99
        assert await positions(db) == {100, 101}


async def test_an_archive_is_listed_and_read(database: str, tmp_path: Path) -> None:
    company = Company(tmp_path, database)
    async with rows_of(database) as db:
        await old_records(db, 100, at=OLD)
        code, said = await company.sweeps()
        assert code == 0, said
        assert "99 rows archived, 99 removed" in said
        code, said = await company.sweeps()
        assert (code, "Nothing has outlived" in said) == (0, True)
        code, said = await company.types("archives", "--database", database)
        name = await db.fetchval("select name from archive where kind = 'log'")
        assert (code, name in said, "2020-01-01 00:01" in said) == (0, True, True)
    file = company.archives / name
    code, said = await company.types("read", str(file), "--subject", "order/talker:3")
    assert (code, len(said.splitlines())) == (0, 5)
    assert '"id":"old-15"' in said
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b"x")
    code, said = await company.types("read", str(file))
    assert (code, "not as it was written" in said) == (2, True)


@pytest.mark.parametrize("kind", ["seen", "log"])
async def test_half_a_file_is_thrown_away(database: str, tmp_path: Path, kind: str) -> None:
    """What a killed sweep left under its working name holds nothing that is not in the database."""
    company = Company(tmp_path, database)
    async with rows_of(database) as db:
        await old_records(db, 50, at=OLD)
        generation = await db.fetchval("select id from generation")
        company.archives.mkdir()
        half = company.archives / f"{kind}-{generation.hex[:8]}-000001.jsonl.gz.part"
        half.write_bytes(gzip.compress(b"half")[:-4])
        code, said = await company.sweeps()
        assert code == 0, said
        assert not half.exists()
        assert len(rows_in(company.archives)) == 49
