"""The schema moves forward only, whole steps, one worker at a time."""

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from andon.core.errors import SettingsError
from andon.store.migrate import SCHEMA_VERSION, SCRIPTS, migrate, require_supported
from andon.store.server.check import check_server

VERSION_FILE = """
from pathlib import Path
from andon.store.migrations.script import run_script
revision = "{number:04}"
down_revision = {before}
def upgrade():
    run_script(Path(__file__), minimum_worker={minimum_worker})
"""
FIRST = """
-- several statements, and a body whose semicolons and percent signs are nobody's business
create table part (id int primary key, name text default 'a;b%');
create function twice(n int) returns int language plpgsql as $$
begin
    perform 1; return n * 2;
end $$;
insert into part (id) select twice(n) from generate_series(1, 3) n;
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    for folder in ("versions", "sql"):
        (tmp_path / folder).mkdir()
    (tmp_path / "env.py").write_text((SCRIPTS / "env.py").read_text())
    write_step(tmp_path, 1, FIRST)
    return tmp_path


def write_step(scripts: Path, number: int, sql: str, *, minimum_worker: int = 1) -> None:
    before = f'"{number - 1:04}"' if number > 1 else None
    text = VERSION_FILE.format(number=number, before=before, minimum_worker=minimum_worker)
    (scripts / "versions" / f"v{number:04}_step.py").write_text(text)
    (scripts / "sql" / f"{number:04}_step.sql").write_text(sql)


async def value(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def test_the_version_in_code_is_the_newest_file() -> None:
    numbers = sorted(int(file.name[1:5]) for file in (SCRIPTS / "versions").glob("v*.py"))
    assert numbers == list(range(1, SCHEMA_VERSION + 1))
    for file in (SCRIPTS / "versions").glob("v*.py"):
        assert (SCRIPTS / "sql" / f"{file.stem[1:]}.sql").exists(), file


async def test_a_fresh_database_gets_the_current_schema(database: str) -> None:
    assert await value(database, "SELECT version FROM schema_state") == SCHEMA_VERSION
    assert await value(database, "SELECT count(*) FROM log") == 0
    connection = await asyncpg.connect(database)
    await require_supported(connection)
    await connection.close()


async def test_a_script_of_several_statements_runs_whole(
    empty_database: str, scripts: Path
) -> None:
    await migrate(empty_database, scripts=scripts, version=1)
    assert await value(empty_database, "SELECT sum(id) FROM part") == 12
    assert await value(empty_database, "SELECT name FROM part LIMIT 1") == "a;b%"


async def test_a_step_that_fails_leaves_nothing_and_can_be_repeated(
    empty_database: str, scripts: Path
) -> None:
    write_step(scripts, 2, "create table half (id int); select 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty_database, scripts=scripts, version=2)
    assert await value(empty_database, "SELECT version FROM schema_state") == 1
    assert await value(empty_database, "SELECT to_regclass('half')") is None
    write_step(scripts, 2, "create table half (id int);")
    await migrate(empty_database, scripts=scripts, version=2)
    assert await value(empty_database, "SELECT version FROM schema_state") == 2


async def test_workers_that_start_together_take_each_step_once(
    empty_database: str, scripts: Path
) -> None:
    write_step(scripts, 2, "create table taken (by int); insert into taken values (1);")
    starts = [migrate(empty_database, scripts=scripts, version=2) for _ in range(5)]
    await asyncio.gather(*starts)
    assert await value(empty_database, "SELECT count(*) FROM taken") == 1


async def test_a_newer_schema_is_left_alone_by_older_code(
    empty_database: str, scripts: Path
) -> None:
    write_step(scripts, 2, "create table new (id int);")
    await migrate(empty_database, scripts=scripts, version=2)
    (scripts / "versions" / "v0002_step.py").unlink()
    await migrate(empty_database, scripts=scripts, version=1)
    assert await value(empty_database, "SELECT version FROM schema_state") == 2


async def test_a_worker_older_than_the_minimum_is_refused(
    empty_database: str, scripts: Path
) -> None:
    newest = SCHEMA_VERSION + 1
    for number in range(2, newest + 1):
        minimum = newest if number == newest else 1
        write_step(scripts, number, "select 1;", minimum_worker=minimum)
    connection = await asyncpg.connect(empty_database)
    with pytest.raises(SettingsError, match="needs schema"):
        await require_supported(connection)
    await migrate(empty_database, scripts=scripts, version=newest)
    with pytest.raises(SettingsError, match=r"too old for the database.*Update Andon"):
        await require_supported(connection)
    await connection.execute("UPDATE schema_state SET minimum_worker = 1")
    await require_supported(connection)
    await connection.close()


async def test_a_current_schema_costs_no_import_of_alembic(database: str) -> None:
    program = (
        "import asyncio, sys\n"
        "from andon.store.migrate import migrate\n"
        "asyncio.run(migrate(sys.argv[1]))\n"
        "sys.exit(sum(name in sys.modules for name in ('alembic', 'sqlalchemy')))\n"
    )
    ran = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program, database], check=False
    )
    assert ran.returncode == 0


async def test_a_server_that_could_lose_work_is_refused_with_every_reason(database: str) -> None:
    connection = await asyncpg.connect(database)
    await check_server(connection)
    await connection.execute("SET synchronous_commit = off")
    await connection.execute("SET default_transaction_read_only = on")
    with pytest.raises(SettingsError, match=r"synchronous_commit is off.*read only"):
        await check_server(connection)
    await connection.close()
