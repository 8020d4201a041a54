"""What is noted of an interchange whose acknowledgment is awaited."""

from datetime import UTC, datetime

import msgspec
import pytest

from andon.connectors._folders.noted import Noted
from andon.connectors.edi.notes import Awaited

SENT = Awaited("acme~west", "850", "0123456789abcdef", datetime(2026, 11, 27, 14, 5, 6, 7000, UTC))
NAME = f"{SENT.partner}~{SENT.stamp}"


def test_who_owes_us_an_acknowledgment_is_read_as_it_was_noted() -> None:
    noted = Noted(SENT.stamp, "acme~west-000000042.edi", SENT.says())
    assert Awaited.read(NAME, noted.text()) == SENT
    assert Noted.read(noted.text()).name == "acme~west-000000042.edi"
    assert len(Noted(SENT.stamp, "acme-000000042.edi", SENT.says()).text()) < 60, (
        "ext4 keeps a text of a link with its name where it has less than 60 bytes"
    )


def test_what_an_older_release_noted_is_read_and_what_is_no_note_is_none() -> None:
    assert Awaited.read(NAME, msgspec.json.encode(SENT).decode()) == SENT
    assert Awaited.read(NAME, '{"partner":"ac') is None


@pytest.mark.parametrize(
    "text", ["", "acme-000000042.edi", "a/b", "a/b/850", "a/b/850/", "a/b/c/²"]
)
def test_a_note_that_says_no_time_is_none(text: str) -> None:
    assert Awaited.read(NAME, text) is None
