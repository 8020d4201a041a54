"""What is written is read again as it was; whatever else is read gives a value or our errors."""

import io
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.connectors._folders.rows import Broken, Row
from andon.connectors.edi.reading import Mailbox
from andon.connectors.edi.segments import Element, flat
from andon.connectors.edi.settings import Partner
from andon.core.errors import RejectedError
from tests.unit.connectors.edi import mailbox
from tests.unit.connectors.edi.mailbox import ACME, BETA, document, rows, written, x12

FIVE = msgspec.structs.replace(ACME, interchange_version="00501")
FOUR = msgspec.structs.replace(BETA, interchange_version="UNOY:4")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PLAIN = TEXT.filter(lambda text: not set(text) & set("*>~^\0"))


def _element(text: st.SearchStrategy[str], repeats: bool) -> st.SearchStrategy[Element]:
    part = st.lists(text, min_size=2, max_size=3).filter(lambda one: bool(one[-1]))
    plain = text | part
    if not repeats:
        return plain  # type: ignore[return-value]
    many = st.lists(st.lists(text.filter(bool), min_size=1, max_size=2), min_size=2, max_size=3)
    return plain | many  # type: ignore[return-value]


def _segments(text: st.SearchStrategy[str], repeats: bool) -> st.SearchStrategy[Any]:
    element = _element(text, repeats)
    ends = st.lists(element, max_size=3).filter(lambda them: not them or them[-1] != "")
    return st.lists(st.tuples(st.sampled_from(["MSG", "N9", "FTX", "REF9"[:3]]), ends), max_size=5)


def _same(partner: Partner, body: dict[str, Any]) -> None:
    (one, _) = rows(written(partner, body), mailbox.settings(p=partner))
    read = [[s.tag, *s.elements] for s in flat(document(one).segments)]
    assert [s for s in read if s[0] != "CTT"] == body["segments"]


@given(_segments(PLAIN, False))
def test_x12_is_read_as_it_was_written(extra: Any) -> None:
    lines = [[tag, *elements] for tag, elements in extra if tag != "REF"]
    _same(
        ACME,
        {"document": "947", "segments": [["W15", "20251125"], *lines, ["W19", "53", "5", "EA"]]},
    )


@given(_segments(PLAIN, True))
def test_x12_5010_is_read_as_it_was_written(extra: Any) -> None:
    lines = [[tag, *elements] for tag, elements in extra if tag != "REF"]
    _same(
        FIVE,
        {"document": "947", "segments": [["W15", "20251125"], *lines, ["W19", "53", "5", "EA"]]},
    )


@given(_segments(TEXT, True))
def test_edifact_is_read_as_it_was_written(extra: Any) -> None:
    lines = [[tag, *elements] for tag, elements in extra if tag == "FTX"]
    _same(FOUR, {"document": "IFTSTA", "segments": [["BGM", "23", "S-1"], *lines]})


@given(TEXT)
def test_a_sign_x12_cannot_hold_is_refused_and_never_replaced(text: str) -> None:
    body = {
        "document": "947",
        "segments": [["W15", "20251125"], ["NTE", "", text], ["W19", "53", "5", "EA"]],
    }
    if set(text) & set("*>~"):
        with pytest.raises(RejectedError, match="separates here"):
            written(ACME, body)
    else:
        (one, _) = rows(written(ACME, body), mailbox.settings(p=ACME))
        assert document(one).first("NTE").text(2) == text


HEADS = [b"", b"ISA", b"UNB+UNOC:3+4000001:14+4000002:14+251125:1200+1'", b"UNA:+.? 'UNB"]
WHOLE = x12(["BSN*00*S-1*20251125*1200", "HL*1**S"], document="856", code="SH")
FILE = mailbox.settings(acme=ACME, beta=BETA)


@settings(max_examples=300)
@given(st.sampled_from(HEADS), st.binary(max_size=400))
def test_any_bytes_are_rows_or_named_faults(head: bytes, tail: bytes) -> None:
    _sane(head + tail)


@settings(max_examples=300)
@given(st.integers(0, len(WHOLE)), st.integers(0, 20), st.binary(max_size=20))
def test_any_damage_is_rows_or_named_faults(at: int, gone: int, instead: bytes) -> None:
    _sane(WHOLE[:at] + instead + WHOLE[at + gone :])


def _sane(content: bytes) -> None:
    """No defect, no silence: each row is JSON with a key, and only the last may be the end."""
    found = list(Mailbox(FILE).rows(io.BytesIO(content)))
    for row in found:
        if isinstance(row, Broken):
            assert row is found[-1]
            assert "the reader failed" not in row.says
        else:
            assert isinstance(row, Row)
            assert row.key
            msgspec.json.decode(row.raw or b"")
    assert found or not content.strip(b" \t\r\n\0\x1a\xef\xbb\xbf")
