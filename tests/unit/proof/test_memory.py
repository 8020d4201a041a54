"""The proof of bounded memory leaves out no connector, and its page keeps what people wrote."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from andon.core.counterpart import Counterpart, Speaks
from proof.memory.page import faults, write
from proof.memory.proving import shown
from proof.memory.reading import NotShown, Reading

DAY = date(2026, 11, 26)
MARKS = (
    "<!-- measured: written by the program, do not edit -->",
    "<!-- end of what was measured -->",
)


class Mute(Counterpart):
    """Says nothing."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    def settings(self) -> dict[str, Any]:
        return {}


class Broken(Mute, Speaks):
    """Cannot begin."""

    most = 10

    async def start(self) -> None:
        raise OSError("no broker is installed")

    async def say(self, count: int) -> list[str]:
        return [str(n) for n in range(count)]


def reading(connector: str, **more: Any) -> Reading:
    said: dict[str, Any] = {
        "counterpart": "Drop", "asked": 1000, "items": 1000, "keys": 1000, "waiting_mb": 0.5,
        "reading_mb": 1.5, "seconds": 4.0, "measured_on": DAY,
    }  # fmt: skip
    return msgspec.convert({"is": "reading", "connector": connector, **said, **more}, Reading)


def test_a_connector_whose_counterpart_says_nothing_is_not_passed_over() -> None:
    one = shown("mute", [Mute], 1000)
    assert isinstance(one, NotShown)
    assert faults([one]) == ["mute none: no counterpart here says anything it could read"]


def test_a_counterpart_that_cannot_begin_is_a_row_with_the_reason() -> None:
    one = shown("files", [Mute, Broken], 10)
    assert isinstance(one, NotShown)
    assert one.counterpart == "Broken"
    assert (one.fault or "").startswith("ended with 1: ")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    lines = ["# Title", "By hand.", MARKS[0], "old", MARKS[1], "After, by hand."]
    (tmp_path / "memory.md").write_text("\n".join(lines))
    return tmp_path / "memory.md"


def test_only_the_table_is_written_anew_and_rows_of_others_stay(page: Path) -> None:
    write([reading("sql"), reading("files", items=900, keys=900)], page.parent)
    lost = NotShown(connector="files", counterpart="Drop", fault="ended", measured_on=DAY)
    write([lost], page.parent)
    text = page.read_text()
    assert text.startswith("# Title\nBy hand.\n")
    assert text.endswith("\nAfter, by hand.")
    assert "old" not in text
    rows = [line for line in text.splitlines() if "Drop" in line]
    assert rows == [
        "| files | Drop |  |  |  |  |  |  | 2026-11-26 | ended |",
        "| sql | Drop | 1,000 | 1,000 | 0.5 | 1.5 | 4 | 250 | 2026-11-26 |  |",
    ]


def test_a_page_without_the_marks_is_not_written_over(page: Path) -> None:
    page.write_text("By hand only.")
    with pytest.raises(ValueError, match="has no line"):
        write([reading("sql")], page.parent)
    assert page.read_text() == "By hand only."


@pytest.mark.parametrize(
    ("more", "fault"),
    [({}, None), ({"keys": 999}, "999 different"), ({"reading_mb": 60.0}, "60.0 MB grown")],
)
def test_what_was_lost_or_grew_is_a_fault(more: dict[str, Any], fault: str | None) -> None:
    said = reading("files", **more).fault
    assert said is None if fault is None else fault in (said or "")
