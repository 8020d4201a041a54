"""`andon connectors` says what is installed, how it is set, and whether it keeps its promises."""

from importlib.metadata import Distribution, EntryPoint
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from andon.app.installed import extra_of, loaded
from andon.app.standing import keeps_promises
from andon.cli import app
from andon.core.errors import SettingsError
from andon.testing.conformance import Quality
from tests.unit.testing.broken import Seeing
from tests.unit.testing.shelf import Room

METADATA = """Metadata-Version: 2.4
Name: plants
Version: 1
Requires-Dist: msgspec
Requires-Dist: no-such-library>=2; extra == "kiln"
Requires-Dist: aiohttp>=3; extra == "kiln"
Requires-Dist: aiohttp>=3; extra == "oven"
Provides-Extra: kiln
Provides-Extra: oven
"""


class Plants(Distribution):
    """A package of somebody else, with connectors of its own."""

    def read_text(self, filename: str) -> str | None:
        return METADATA if filename == "METADATA" else None

    def locate_file(self, path: Any) -> Path:
        return Path(path)


def entry(name: str, value: str = "andon.connectors.rest:Rest") -> EntryPoint:
    made = EntryPoint(name, value, "andon.connectors")
    vars(made)["dist"] = Plants()
    return made


def said(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["connectors", *words], env={"COLUMNS": "200"})
    assert result.exit_code == code, result.output
    return result.output


def test_the_list_has_every_connector_with_its_standing() -> None:
    rows = {line.split()[0]: line for line in said("list").splitlines()[1:] if line.strip()}
    assert "proven" in rows["tryton"]
    assert "Tryton 8.2" in rows["tryton"]
    assert "nothing more" in rows["webhook"]


def test_a_connector_shows_its_settings_with_what_they_mean() -> None:
    text = said("show", "tryton")
    assert "source, sink" in text
    (key,) = [line for line in text.splitlines() if line.split()[:1] == ["key"]]
    assert key.split()[1:3] == ["secret", "required"]
    assert "user application of kind REST" in key
    assert '"1 min"' in text


def test_an_unknown_connector_is_answered_with_those_there_are() -> None:
    assert "no connector called 'sap-r2'" in said("show", "sap-r2", code=2)
    assert "tryton" in said("check", "sap-r2", code=2)


def test_a_check_tells_each_promise_and_the_standing() -> None:
    text = said("check", "webhook")
    assert "passed" in text
    assert "No secret stands in the settings" in text
    assert "level simulated" in text
    assert "0 failed" not in text


async def test_a_broken_promise_is_told_and_is_no_success(
    capsys: pytest.CaptureFixture[str],
) -> None:
    quality = Quality("simulated", ("source", "sink", "inbox", "outbox"), "shelf")
    assert not await keeps_promises("shelf", Seeing, Room, quality)
    assert "never sent, and yet found" in capsys.readouterr().out


def test_a_missing_library_names_the_extra_to_install() -> None:
    assert extra_of(entry("kiln")).missing == ("no-such-library",)
    with pytest.raises(SettingsError, match=r"no-such-library is not installed.*plants\[kiln\]"):
        loaded(entry("kiln"))


def test_a_connector_whose_libraries_are_there_is_loaded() -> None:
    assert extra_of(entry("oven")).missing == ()
    assert loaded(entry("oven")).__name__ == "Rest"


def test_what_cannot_be_loaded_says_where_from() -> None:
    with pytest.raises(SettingsError, match="no_such_module"):
        loaded(entry("oven", "no_such_module:Oven"))


def test_a_kind_that_is_started_as_quickly_for_real_is_not_simulated() -> None:
    assert "README of files" in said("simulate", "files", "--at", "9000", code=2)


def test_a_place_that_is_none_is_said_with_what_to_do() -> None:
    text = said("simulate", "odoo", "--at", "nowhere", code=2)
    assert "odoo cannot be simulated at 'nowhere'" in text
    assert "--at" in text
