"""Every connector's README has a part that can be followed, which `tests/contract` does."""

import re
import tomllib
from importlib import resources

import pytest

from andon.testing.conformance import installed
from tests.contract.typed import typed
from tests.house.tree import ROOT

EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


@pytest.mark.parametrize("connector", installed())
def test_the_readme_of_a_connector_has_a_whole_project_and_the_commands(connector: str) -> None:
    page = typed(connector)
    assert {"plant.py", "plant.toml"} <= set(page.files)
    assert "andon = Andon(" in page.files["plant.py"]
    for needed in ("andon check", "andon run", "andon trace"):
        assert needed in page.programs, f"{connector}: nobody is told to type {needed}"


@pytest.mark.parametrize("connector", installed())
def test_a_readme_says_what_to_install(connector: str) -> None:
    (line,) = [one for one in typed(connector).commands if one.startswith("pip install")]
    named = re.findall(r"andon\[(\w+)\]", line)
    assert named == ([connector] if connector in EXTRAS else []), line


@pytest.mark.parametrize("connector", installed())
def test_a_readme_of_a_kind_we_send_to_shows_sending(connector: str) -> None:
    quality = (resources.files(f"andon.connectors.{connector}") / "quality.toml").read_text()
    if {"sink", "outbox"} & set(tomllib.loads(quality)["faces"]):
        assert re.search(r"routes=[\[\w]", typed(connector).files["plant.py"]), connector
