"""Nobody scales the time of a real plant by accident."""

from datetime import timedelta

import pytest

from andon.app import Andon
from andon.connectors.board import Board
from andon.core.errors import SettingsError
from andon.core.plant import Connection
from andon.engine.clock import ScaledClock, SystemClock

SAID = {"ANDON_CLOCK": "60@2026-11-25T20:00:00Z@2026-03-02T06:00:00Z"}


def _project(tmp_path: object, *, sandbox: bool) -> Andon:
    file = f"{tmp_path}/works.toml"
    open(file, "w").close()
    board = Connection("board", Board)
    return Andon("works", site="a", connections=[board], parameters=file, sandbox=sandbox)


def test_a_sandbox_keeps_the_time_it_is_told(tmp_path: object) -> None:
    project = _project(tmp_path, sandbox=True)
    project.plan(SAID)
    assert isinstance(project.clock(SAID), ScaledClock)
    board = project.plan(SAID).connections["board"].connector
    assert abs(project.clock(SAID).now() - board.now()) < timedelta(hours=1)
    real = project.plan({}).connections["board"].connector
    assert abs(project.clock({}).now() - real.now()) < timedelta(hours=1)
    assert isinstance(project.clock({}), SystemClock)


def test_a_plant_that_is_told_another_time_does_not_start(tmp_path: object) -> None:
    project = _project(tmp_path, sandbox=False)
    with pytest.raises(SettingsError, match="1 mistake") as refused:
        project.plan(SAID)
    assert "this is no sandbox" in str(refused.value)
    with pytest.raises(SettingsError, match="no clock"):
        project.clock(SAID)
    assert isinstance(project.clock({}), SystemClock)


@pytest.mark.parametrize("text", ["", "fast", "60@now@then"])
def test_a_time_that_does_not_read_starts_nothing(tmp_path: object, text: str) -> None:
    project = _project(tmp_path, sandbox=True)
    with pytest.raises(SettingsError, match="ANDON_CLOCK"):
        project.plan({"ANDON_CLOCK": text})
