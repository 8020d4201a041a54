"""The page about the company names every system and only stories that there are."""

import re

from andon.sandbox.systems import SYSTEMS
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "company.md").read_text()


def rows() -> list[list[str]]:
    """The cells of every row whose last is a story."""
    lines = (line for line in PAGE.splitlines() if line.startswith("|"))
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if "::" in row[-1]]


def test_every_system_of_the_company_has_its_row() -> None:
    named = {row[0].split(" ")[0] for row in rows() if len(row) == 5}
    assert named == {one.__module__.split(".")[3] for one in SYSTEMS}


def test_every_story_that_is_named_is_there() -> None:
    for *_, story in rows():
        file, _, name = story.partition("::")
        text = (ROOT / "tests" / "story" / f"{file}.py").read_text()
        assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), story
