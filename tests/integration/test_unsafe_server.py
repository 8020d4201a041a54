"""A server of the user's own that could lose what was acknowledged is refused, with the reason."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest

from andon.app.database import Place, reach_database
from andon.core.errors import SettingsError
from andon.store.server.account import own_account
from andon.store.server.binaries import copied_binaries, packaged_binaries
from andon.store.server.cluster import ROLE, cluster_at, make_data, socket_folder


@pytest.fixture
def careless(short_folder: Path) -> Iterator[str]:
    """A PostgreSQL that does not wait for the disk, as somebody once set it for a test."""
    home, account = short_folder / "home", own_account()
    binaries = packaged_binaries()
    cluster = cluster_at((short_folder / "careless").resolve(), account, home)
    if account:
        binaries = copied_binaries(binaries, home)
    make_data(cluster, binaries)
    sockets = socket_folder(cluster)
    settings = ("fsync=off", "listen_addresses=", f"unix_socket_directories={sockets}")
    command = [binaries.program("postgres"), "-D", str(cluster.data)]
    command += [word for setting in settings for word in ("-c", setting)]
    with cluster.log.open("ab") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, **cluster.identity())
    yield f"postgresql://{ROLE}@/postgres?host={quote(str(sockets))}"
    os.kill(server.pid, signal.SIGQUIT)
    server.wait(10)


async def test_a_server_with_fsync_off_is_refused_and_left_as_it_was(
    careless: str, short_folder: Path
) -> None:
    db = await _connected(careless)
    with pytest.raises(SettingsError, match=r"fsync is off.*set fsync = on.*Nothing was changed"):
        async with reach_database(Place(short_folder / "data", "", 0, careless)):
            pass
    assert await db.fetchval("select count(*) from pg_tables where schemaname = 'public'") == 0
    await db.close()


async def _connected(dsn: str) -> asyncpg.Connection:
    while True:  # the test's own time limit is the limit
        with suppress(OSError, asyncpg.CannotConnectNowError):
            return await asyncpg.connect(dsn)
        await asyncio.sleep(0.01)
