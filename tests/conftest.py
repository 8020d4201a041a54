"""What every test may ask for: one PostgreSQL per session, a fresh database per test."""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from andon.store.embedded import EmbeddedServer
from andon.store.migrate import migrate

Result = TypeVar("Result")
# How fast examples are made and run tells of the machine, which others may keep busy.
settings.register_profile("andon", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("andon")

TEMPLATE = "andon_template"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder with a short path that the server's own account can enter, also as root."""
    folder = Path(tempfile.mkdtemp(prefix="andon-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_dsn(short_folder: Path) -> Iterator[str]:
    """One embedded server for the whole session."""
    server = _done(EmbeddedServer.start(short_folder / "session", home=short_folder / "home"))
    yield server.dsn
    _done(server.stop())


@pytest.fixture(scope="session")
def migrated_template(postgres_dsn: str) -> str:
    """The name of a database with the current schema, to copy from."""
    _done(_run(postgres_dsn, f"CREATE DATABASE {TEMPLATE}"))
    _done(migrate(with_database(postgres_dsn, TEMPLATE)))
    return TEMPLATE


@pytest.fixture
def database(postgres_dsn: str, migrated_template: str) -> Iterator[str]:
    """The DSN of a database of this test's own, with the current schema and no rows."""
    yield from _fresh(postgres_dsn, migrated_template)


@pytest.fixture
def empty_database(postgres_dsn: str) -> Iterator[str]:
    """The DSN of a database of this test's own, without any schema."""
    yield from _fresh(postgres_dsn, "template0")


def with_database(dsn: str, name: str) -> str:
    """The same server, another database."""
    return urlsplit(dsn)._replace(path=f"/{name}").geturl()


def _fresh(dsn: str, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    _done(_run(dsn, f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield with_database(dsn, name)
    _done(_run(dsn, f"DROP DATABASE {name} WITH (FORCE)"))


async def _run(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _done(work: Coroutine[Any, Any, Result]) -> Result:
    # In a thread of its own, so that the event loop of the tests is neither used nor replaced.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
