"""The embedded server survives what a plant does to it: kills, reboots, impatient people."""
# ruff: noqa: ASYNC110, ASYNC220
# One test runs at a time and owns its loop; what other processes do is seen by looking.

import asyncio
import contextlib
import itertools
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from andon.core.errors import SettingsError
from andon.store.embedded import EmbeddedServer
from andon.store.server.account import own_account
from andon.store.server.cluster import ROLE
from andon.store.server.pidfile import alive, orphans, read_pid_file

OWNER = """
import asyncio, signal, sys
from pathlib import Path
from andon.store.embedded import EmbeddedServer

async def own():
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, lambda: print("ctrl-C", flush=True))
    server = await EmbeddedServer.start(Path(sys.argv[1]), home=Path(sys.argv[2]))
    print(server.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(own())
"""
_numbers = itertools.count(1)

Start = Callable[[], Awaitable[EmbeddedServer]]


@pytest.fixture
def data(short_folder: Path) -> Path:
    return short_folder / f"plant-{next(_numbers)}"


@pytest.fixture
def home(short_folder: Path) -> Path:
    return short_folder / "home"


@pytest.fixture
async def start(data: Path, home: Path) -> AsyncIterator[Start]:
    started: list[EmbeddedServer] = []

    async def one_more() -> EmbeddedServer:
        started.append(await EmbeddedServer.start(data, home=home))
        return started[-1]

    yield one_more
    for server in started:
        await server.stop()
    # Whatever a test did, none of its processes may outlive it.
    for pid in orphans((data / "postgres").resolve() / "data"):
        with contextlib.suppress(ProcessLookupError):  # it ended while we looked
            os.kill(pid, signal.SIGQUIT)


@pytest.fixture
def owner(data: Path, home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that owns the server of `data`; its first line is the server's number."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(data), str(home)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        yield process
        process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


async def remember(server: EmbeddedServer, number: int) -> None:
    await run(
        server, f"CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES ({number})"
    )


async def run(server: EmbeddedServer, script: str) -> None:
    connection = await asyncpg.connect(server.dsn)
    await connection.execute(script)
    await connection.close()


async def value(server: EmbeddedServer, query: str) -> object:
    connection = await asyncpg.connect(server.dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def gone(pid: int) -> bool:
    """True as soon as the process has ended; the test's time limit is the only limit."""
    while alive(pid):
        await asyncio.sleep(0.01)
    return True


async def test_data_outlives_a_stop(start: Start) -> None:
    first = await start()
    await remember(first, 7)
    await first.stop()
    await first.stop()
    assert await value(await start(), "SELECT n FROM kept") == 7


async def test_durability_is_on_and_the_network_is_out(start: Start) -> None:
    server = await start()
    await run(server, "ALTER SYSTEM SET fsync = off")
    await run(server, "ALTER SYSTEM SET listen_addresses = '*'")
    await server.stop()
    server = await start()
    for setting, expected in {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "listen_addresses": "",
        "server_encoding": "UTF8",
        "jit": "off",
    }.items():
        assert await value(server, f"SHOW {setting}") == expected, setting


async def test_a_second_owner_is_told_who_the_first_is(
    owner: subprocess.Popen[str], start: Start
) -> None:
    server = int(line(owner))
    with pytest.raises(SettingsError, match=f"process {owner.pid} .*Stop that one first"):
        await start()
    os.kill(server, 0)


async def test_a_server_outlives_its_killed_owner_and_is_found_again(
    owner: subprocess.Popen[str], start: Start
) -> None:
    pid = int(line(owner))
    owner.kill()
    owner.wait()
    found = await start()
    assert found.pid == pid
    await remember(found, 1)
    await found.stop()
    assert await gone(pid)
    assert await value(await start(), "SELECT n FROM kept") == 1


async def test_a_found_server_that_recovers_from_a_killed_session_is_waited_for(
    owner: subprocess.Popen[str], start: Start, data: Path
) -> None:
    """Its file says all the while that it is ready, as it was before."""
    pid = int(line(owner))
    known = read_pid_file((data / "postgres").resolve() / "data")
    assert known is not None
    session = await asyncpg.connect(f"postgresql://{ROLE}@/postgres?host={known.sockets}")
    await session.execute("CREATE TABLE kept AS SELECT n FROM generate_series(1, 500000) n")
    owner.kill()
    owner.wait()
    os.kill(session.get_server_pid(), signal.SIGKILL)
    found = await start()
    assert found.pid == pid
    assert await value(found, "SELECT count(*) FROM kept") == 500000
    session.terminate()


async def test_ctrl_c_in_the_terminal_does_not_reach_the_server(
    owner: subprocess.Popen[str], start: Start
) -> None:
    pid = int(line(owner))
    os.killpg(owner.pid, signal.SIGINT)
    assert line(owner) == "ctrl-C"
    owner.kill()
    owner.wait()
    assert (await start()).pid == pid


async def test_a_killed_server_starts_again_although_a_query_outlives_it(start: Start) -> None:
    server = await start()
    await remember(server, 42)
    connection = await asyncpg.connect(server.dsn)
    # A loop that looks at no signal of its postmaster, as a long query does.
    endless = asyncio.create_task(
        connection.execute("DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$")
    )
    watched = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO%' AND state = 'active'"
    while await value(server, watched) != 1:
        await asyncio.sleep(0.01)
    os.kill(server.pid, signal.SIGKILL)
    assert await gone(server.pid)
    # The owner notices and starts again: its lock is its own, so it lets go first.
    await server.stop()
    again = await start()
    assert await value(again, "SELECT n FROM kept") == 42
    with contextlib.suppress(asyncpg.PostgresError, OSError):
        await endless
    connection.terminate()


async def test_a_recycled_process_number_does_not_block_the_start(start: Start, data: Path) -> None:
    server = await start()
    await remember(server, 3)
    os.kill(server.pid, signal.SIGKILL)
    assert await gone(server.pid)
    await server.stop()
    account = own_account()
    stranger = subprocess.Popen(
        ["sleep", "600"], cwd="/", user=account.uid if account else None, start_new_session=True
    )
    with stranger:
        place = (data / "postgres").resolve()
        for file in (place / "data" / "postmaster.pid", place / "run" / ".s.PGSQL.5432.lock"):
            rest = file.read_text().partition("\n")[2]
            file.write_text(f"{stranger.pid}\n{rest}")
        assert await value(await start(), "SELECT n FROM kept") == 3
        assert stranger.poll() is None
        stranger.kill()


async def test_another_major_version_is_refused_with_the_way_over(start: Start, data: Path) -> None:
    await (await start()).stop()
    written_by = (data / "postgres").resolve() / "data" / "PG_VERSION"
    known = written_by.read_text()
    written_by.write_text("14\n")
    with pytest.raises(SettingsError, match=r"written by PostgreSQL 14.*pg_dump"):
        await start()
    written_by.write_text(known)
    await start()


async def test_a_first_start_that_was_killed_is_begun_again(start: Start, data: Path) -> None:
    await (await start()).stop()
    place = (data / "postgres").resolve()
    (place / "data").rename(place / "data.new")
    (place / "data.new" / "global" / "pg_control").unlink()
    assert await value(await start(), "SELECT 1") == 1


async def test_a_server_that_cannot_start_says_why(start: Start, data: Path) -> None:
    await (await start()).stop()
    settings = (data / "postgres").resolve() / "data" / "postgresql.conf"
    with settings.open("a") as file:
        file.write("\nshared_buffers = 'plenty'\n")
    with pytest.raises(SettingsError, match=r"cannot start.*shared_buffers.*server\.log"):
        await start()


async def test_a_long_recovery_is_waited_for_and_told(start: Start, data: Path, home: Path) -> None:
    server = await start()
    await remember(server, 5)
    await server.stop()
    # A standby that takes no connections stands in for a recovery: it lasts until promoted.
    place = (data / "postgres").resolve() / "data"
    (place / "standby.signal").touch()
    os.chown(place / "standby.signal", place.stat().st_uid, place.stat().st_gid)
    with (place / "postgresql.conf").open("a") as file:
        file.write("\nhot_standby = off\n")
    told: list[str] = []

    def promote(text: str) -> None:
        if not told:
            pid = int((place / "postmaster.pid").read_text().splitlines()[0])
            (place / "promote").touch()
            os.kill(pid, signal.SIGUSR1)
        told.append(text)

    async with await EmbeddedServer.start(data, home=home, progress=promote) as recovered:
        assert told[0].startswith("PostgreSQL is starting, 1 s so far.")
        assert await value(recovered, "SELECT n FROM kept") == 5


async def test_a_cancelled_start_leaves_no_server_and_no_lock(
    start: Start, data: Path, home: Path
) -> None:
    await (await start()).stop()
    pid_file = (data / "postgres").resolve() / "data" / "postmaster.pid"
    starting = asyncio.create_task(EmbeddedServer.start(data, home=home))
    while not pid_file.exists():
        await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not pid_file.exists()
    await start()
