"""Each way in which a project is not there, and the next step."""

import sys
from pathlib import Path

import pytest

from andon.app import load
from andon.core.errors import SettingsError


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("one", "from andon.connectors.teleport import T\n", "'teleport' is none of them"),
        ("two", "import no_such_library\n", "(two.py, line 1). Install 'no_such_library'"),
        ("three", "1 / 0\n", "ZeroDivisionError: division by zero (three.py, line 1)."),
        ("four", "andon = = 1\n", "(four.py, line 1). Nothing was started"),
        ("five", "andon = 1\n", "five holds no Andon called 'andon'"),
    ],
)
def test_a_project_that_does_not_load_says_what_to_do(
    name: str, text: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with pytest.raises(SettingsError) as caught:
        load(f"{name}:andon")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "where", ["no_such_plant:andon", "no_such_plant.part:andon", "", "a/b.py", "-x"]
)
def test_a_module_that_is_not_there_is_no_project(where: str) -> None:
    with pytest.raises(SettingsError, match="Say it as module:name"):
        load(where)
