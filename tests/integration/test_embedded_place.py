"""Where the embedded server lives: its own account and root reach it, nobody's folder changes."""
# ruff: noqa: ASYNC240
# One test runs at a time and owns its loop.

import os
import stat
from pathlib import Path

import asyncpg
import pytest

from andon.core.errors import SettingsError
from andon.store.embedded import EmbeddedServer
from andon.store.server.account import own_account


@pytest.fixture
def home(short_folder: Path) -> Path:
    return short_folder / "home"


def modes(*folders: Path) -> list[int]:
    return [stat.S_IMODE(folder.stat().st_mode) for folder in folders]


async def test_only_its_own_account_and_root_can_reach_the_socket(
    short_folder: Path, home: Path
) -> None:
    data = short_folder / "seen"
    async with await EmbeddedServer.start(data, home=home):
        place = (data / "postgres").resolve()
        account = own_account()
        assert modes(place) == [0o750 if account else 0o700]
        assert modes(place / "run", place / "data") == [0o700, 0o700]
        assert (place / "run").stat().st_uid == (account.uid if account else os.geteuid())


async def test_modes_of_existing_folders_do_not_change(short_folder: Path, home: Path) -> None:
    private = short_folder / "private"
    private.mkdir(mode=0o700)
    data = private / "plant"
    data.mkdir(mode=0o700)
    before = modes(short_folder, private, data)
    async with await EmbeddedServer.start(data, home=home):
        assert modes(short_folder, private, data) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="without root the server runs where its data is")
async def test_a_home_that_the_account_cannot_enter_is_refused(
    short_folder: Path,
) -> None:
    closed = short_folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(SettingsError, match=f"may not enter {closed}"):
        await EmbeddedServer.start(short_folder / "shut-out", home=closed / "home")
    assert modes(closed) == [0o700]


async def test_a_long_path_gets_a_short_private_socket(short_folder: Path) -> None:
    # Below its own home, so that root too keeps the data where it was told to.
    home = short_folder / ("deep-" + "x" * 80)
    async with await EmbeddedServer.start(home / "plant", home=home) as server:
        connection = await asyncpg.connect(server.dsn)
        sockets = Path(await connection.fetchval("SHOW unix_socket_directories"))
        await connection.close()
        assert len(str(sockets)) < 76
        assert modes(sockets) == [0o700]
    sockets.chmod(0o777)
    with pytest.raises(SettingsError, match="not private"):
        await EmbeddedServer.start(home / "plant", home=home)
    for left in (*sockets.iterdir(), sockets):
        left.rmdir() if left.is_dir() else left.unlink()
