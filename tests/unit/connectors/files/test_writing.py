"""What is written reads back; what cannot be written as declared is refused, never replaced."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.connectors._folders.rows import Row
from andon.connectors.files.reading import rows_of
from andon.connectors.files.shapes import Column, Csv, Fixed, Format, JsonLines, Trailer, Xml
from andon.connectors.files.writing import content_for
from andon.core.errors import RejectedError

COLUMNS = {
    "Auftrag": Column(name="order"),
    "Menge": Column(name="good", type="number"),
    "Termin": Column(name="due", type="time", format="%d.%m.%Y %H:%M"),
}
GERMAN = Csv(
    encoding="cp1252",
    delimiter=";",
    decimal=",",
    thousands=".",
    zone="Europe/Berlin",
    columns=COLUMNS,
    trailer=Trailer(first="ENDE"),
)
FIXED = Fixed(
    code=(1, 2),
    records={"10": {"order": (3, 6), "good": (9, 7)}},
    columns={"good": Column(type="number", implied=2)},
)


def back(content: bytes, form: Format) -> list[dict[str, Any]]:
    return [one.body for one in rows_of(io.BytesIO(content), form) if isinstance(one, Row)]


def test_a_german_file_has_its_signs_its_zone_and_its_trailer() -> None:
    rows = [
        {"order": "Ä;1", "good": "1234567.5", "due": "2025-07-01T10:00:00Z"},
        {"order": "2", "good": None},
    ]
    content = content_for(rows, GERMAN)
    assert content.decode("cp1252") == (
        'Auftrag;Menge;Termin\r\n"Ä;1";1.234.567,5;01.07.2025 12:00\r\n2;;\r\nENDE;2\r\n'
    )
    assert [row["good"] for row in back(content, GERMAN)] == ["1234567.5", None]


def test_fixed_width_numbers_stand_right_without_their_sign() -> None:
    content = content_for({"@record": "10", "order": "A1", "good": "12.5"}, FIXED)
    assert content == b"10A1       1250\r\n"
    assert back(content, FIXED) == [{"@record": "10", "order": "A1", "good": "12.50"}]


def test_xml_holds_attributes_lists_and_text() -> None:
    form = Xml(record="Order", root="Orders", lists=("Lot",))
    rows = [{"@no": "1", "Lot": ["A", "B"], "Qty": {"@unit": "kg", "#text": "1.5"}}]
    content = content_for(rows, form)
    assert content.startswith(b"<?xml")
    assert back(content, form) == rows


CELL = st.none() | st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20
).filter(lambda text: text.strip() == text)


@given(st.lists(st.fixed_dictionaries({"a": CELL, "b": CELL}), min_size=1, max_size=5))
def test_any_text_survives_csv_and_json_lines(rows: list[dict[str, str | None]]) -> None:
    shown = [{name: value or "" for name, value in row.items()} for row in rows]
    lines = JsonLines()
    assert back(content_for(rows, lines), lines) == rows
    form = Csv(columns={"a": Column(), "b": Column()})
    assert back(content_for(rows, form), form) == shown


REFUSED: list[tuple[Any, Format, str]] = [
    ({"order": "日本"}, GERMAN, "cannot be written in cp1252"),
    ({"order": "1", "extra": "x"}, GERMAN, "no column takes extra"),
    ({"good": "many"}, GERMAN, "is no number"),
    ({"good": "NaN"}, GERMAN, "is no number"),
    ({"due": "2025-07-01T10:00:00"}, GERMAN, "has no zone"),
    ({"order": ["1"]}, GERMAN, "fits in no cell"),
    (["text"], GERMAN, "is no row"),
    ({"@record": "99"}, FIXED, "there are '10'"),
    ({"@record": "10", "order": "TOO-LONG"}, FIXED, "does not fit into 6 places"),
    ({"@record": "10", "good": "1.234"}, FIXED, "is no number"),
    ({"a b": "1"}, Xml(), "cannot be written as XML"),
    ({"a": "x\x01"}, Xml(), "cannot be written as XML"),
    ([{}, {}], Xml(), "is one object"),
]


@pytest.mark.parametrize(("body", "form", "says"), REFUSED)
def test_what_cannot_be_written_is_refused(body: Any, form: Format, says: str) -> None:
    with pytest.raises(RejectedError, match=says):
        content_for(body, form)
