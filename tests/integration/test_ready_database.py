"""The database while a project is still being read: nothing of a wrong one changes it."""

from pathlib import Path

import pytest

from andon.app.database import Place, ready_database
from andon.core.errors import SettingsError
from tests.integration.plant import until


def place(folder: Path) -> Place:
    return Place(folder / "data", "127.0.0.1", 1)


def runs(at: Place) -> bool:
    """Whether its server does; for root its files lie behind a link."""
    homes = [at.data / "pg", *(at.data / "pg").iterdir()]
    return any(any(home.resolve().glob("**/postmaster.pid")) for home in homes)


async def wrong() -> None:
    raise SettingsError("the project is wrong")


async def test_a_wrong_project_leaves_no_folder_behind(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is wrong"):
        async with ready_database(place(tmp_path), once=wrong()):
            pytest.fail("it is not ready")
    assert not place(tmp_path).data.exists()


async def test_a_server_that_was_made_before_starts_while_the_project_is_read(
    tmp_path: Path,
) -> None:
    at = place(tmp_path)
    async with ready_database(at):
        pass
    assert not runs(at)
    async with ready_database(at, once=until(lambda: runs(at), within=30)) as dsn:
        assert at.dsn_file.read_text() == dsn
    with pytest.raises(SettingsError, match="is wrong"):
        async with ready_database(at, once=wrong()):
            pytest.fail("it is not ready")
    assert not runs(at)
    assert not at.dsn_file.exists()
