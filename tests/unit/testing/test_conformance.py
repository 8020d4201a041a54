"""The suite passes what keeps every promise, and notices each promise that is broken."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from andon.core.errors import SettingsError
from andon.testing.conformance import CHECKS, Quality, tried, tried_all
from andon.testing.conformance.quality import faces_of, read_quality
from tests.unit.testing import broken
from tests.unit.testing.shelf import Room, Shelf, ShelfSettings

QUALITY = Quality("simulated", ("source", "sink", "inbox", "outbox"), "shelf")
BROKEN = broken.all_of(Shelf)


async def test_what_keeps_every_promise_passes_every_check() -> None:
    results = [result async for result in tried_all(Shelf, Room, QUALITY)]
    assert {r.check.name: (r.outcome, r.says) for r in results} == {
        check.name: ("passed", "") for check in CHECKS
    }


def test_every_check_has_a_connector_that_fails_it() -> None:
    assert {kind.broken for kind in BROKEN} == {check.name for check in CHECKS}


@pytest.mark.parametrize("kind", BROKEN, ids=lambda kind: f"{kind.broken}-{kind.__name__}")
async def test_a_broken_promise_is_noticed(kind: type[Any]) -> None:
    check = next(check for check in CHECKS if check.name == kind.broken)
    room = Room()
    await room.start()
    result = await tried(check, kind, room, QUALITY, patience=0.5)
    assert result.outcome == "failed"
    assert result.says
    assert room.up, "the counterpart runs again for the next check"


async def test_an_exemption_is_kept_while_it_is_needed_and_outdated_afterwards() -> None:
    (check,) = [check for check in CHECKS if check.name == "absent"]
    exempt = msgspec.structs.replace(QUALITY, exempt={"absent": "It cannot know."})
    room = Room()
    await room.start()
    needed = await tried(check, broken.Seeing, room, exempt)
    outdated = await tried(check, Shelf, room, exempt)
    assert (needed.outcome, needed.well) == ("exempt", True)
    assert (outdated.outcome, outdated.well) == ("outdated", False)


def test_faces_are_told_by_classes_and_doors() -> None:
    settings = ShelfSettings(place="x", key=broken.SecretStr("k"))
    assert faces_of(Shelf("s", settings)) == {"source", "sink", "inbox", "outbox"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("level = 'great'\nfaces = []\nsystem = 'x'", "great"),
        ("level = 'proven'\nfaces = ['source']", "system"),
        ("level = 'proven'\nfaces = []\nsystem = 'x'\n[exempt]\nread = ' '", "read"),
        ("level = 'proven'\nfaces = []\nsystem = 'x'\nextra = 1", "extra"),
    ],
)
def test_a_quality_that_cannot_be_used_says_why(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "quality.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=says):
        read_quality(file, "Shelf")
