"""`andon init` writes a project that checks, and never over one."""

import subprocess
import sys
from pathlib import Path

import pytest

from andon.app.begin import begin
from andon.core.errors import SettingsError

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "quickstart"


def test_the_example_is_exactly_what_begin_writes(tmp_path: Path) -> None:
    written = {file.name: file.read_text() for file in begin(tmp_path / "new" / "plant")}
    kept = {file.name: file.read_text() for file in EXAMPLE.iterdir() if file.is_file()}
    assert written == kept


def test_what_begin_writes_is_a_project_without_mistakes(tmp_path: Path) -> None:
    begin(tmp_path)
    checked = subprocess.run(
        [sys.executable, "-m", "andon.cli", "check", "plant:andon"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert "plant is well: 2 connections, 1 workflow" in checked.stdout


def test_begin_never_writes_over_a_file_and_then_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "plant.toml").write_text("mine")
    with pytest.raises(
        SettingsError, match=r"plant\.toml would be overwritten.*Name another folder"
    ):
        begin(tmp_path)
    assert (tmp_path / "plant.toml").read_text() == "mine"
    assert not (tmp_path / "plant.py").exists()


def test_a_folder_that_is_a_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(SettingsError, match="No project can begin"):
        begin(tmp_path / "taken" / "plant")
