"""What each reader makes of good, odd and hostile files."""

import errno
import io
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.connectors._folders.rows import Bad, Broken, Row, Total, Yielded
from andon.connectors.files.reading import rows_of
from andon.connectors.files.shapes import Column, Csv, Fixed, Format, JsonLines, Trailer, Xml

GERMAN = Csv(
    encoding="cp1252",
    delimiter=";",
    decimal=",",
    thousands=".",
    zone="Europe/Berlin",
    columns={
        "Auftrag": Column(name="order"),
        "Menge": Column(name="good", type="number"),
        "Fertig": Column(name="done_at", type="time", format="%d.%m.%Y %H:%M:%S"),
    },
)
HEAD = "Auftrag;Menge;Fertig;Maschine\r\n"
FIXED = Fixed(
    code=(1, 2),
    records={
        "10": {"order": (3, 6), "good": (9, 7)},
        "20": {"lot": (3, 8)},
        "99": {"count": (3, 6)},
    },
    columns={"good": Column(type="number", implied=2)},
    trailer=Trailer(first="99"),
)


def read(content: bytes | str, form: Format) -> list[Yielded]:
    raw = content.encode(form.encoding) if isinstance(content, str) else content
    return list(rows_of(io.BytesIO(raw), form))


def bodies(content: bytes | str, form: Format) -> list[dict[str, Any]]:
    return [one.body for one in read(content, form) if isinstance(one, Row)]


def says(one: Yielded) -> str:
    assert isinstance(one, Bad | Broken), one
    return one.says


def test_a_german_export_reads_with_its_own_signs_names_and_zone() -> None:
    (row,) = bodies(HEAD + '1001;1.234,50;24.12.2025 07:30:00;"Säge ""3"""\r\n', GERMAN)
    assert row == {
        "order": "1001",
        "good": "1234.50",
        "done_at": "2025-12-24T07:30:00+01:00",
        "Maschine": 'Säge "3"',
    }


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("5", "5"),
        ("0005", "5"),
        ("-1.234.567,8", "-1234567.8"),
        ("12,5-", "-12.5"),
        (",5", "0.5"),
        ("", None),
        (" 7 ", "7"),
    ],
)
def test_numbers_are_exact_and_signs_may_stand_behind(written: str, value: str | None) -> None:
    (row,) = bodies(f"{HEAD}1;{written};;M\r\n", GERMAN)
    assert row["good"] == value


@pytest.mark.parametrize(
    "written", ["1.23", "1,2,3", "1.2345", "--1", "-1-", ".", "12a", "٣", "1e3"]
)
def test_what_could_be_another_number_is_refused(written: str) -> None:
    form = Csv(delimiter=";", decimal=",", thousands=".", columns=GERMAN.columns)
    bad, good = read(f"{HEAD}1;{written};;M\r\n2;7;;M\r\n", form)
    assert "Menge" in says(bad)
    assert isinstance(good, Row)


def test_an_hour_that_does_not_exist_is_refused_and_one_that_comes_twice_is_the_first() -> None:
    rows = read(f"{HEAD}1;;30.03.2025 02:30:00;\r\n2;;26.10.2025 02:30:00;\r\n", GERMAN)
    assert "does not exist in Europe/Berlin" in says(rows[0])
    assert isinstance(rows[1], Row)
    assert rows[1].body["done_at"] == "2025-10-26T02:30:00+02:00"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_encoding_and_any_line_end(encoding: str, end: str) -> None:
    text = f"order,who{end}1,Jörg{end}{end}2,Ünal{end}"
    rows = bodies(text.encode(encoding), Csv(encoding=encoding.replace("-sig", "")))
    assert rows == [{"order": "1", "who": "Jörg"}, {"order": "2", "who": "Ünal"}]


def test_a_byte_of_another_encoding_spoils_its_row_and_no_other() -> None:
    rows = read("a,b\r\n1,x\r\n2,Jörg\r\n3,y\r\n".encode("cp1252"), Csv())
    assert [type(row) for row in rows] == [Row, Bad, Row]
    assert isinstance(rows[1], Bad)
    assert (rows[1].number, rows[1].line) == (2, 3)
    assert "0xf6 at character 4" in rows[1].says


def test_a_quote_that_never_closes_costs_one_row() -> None:
    lines = "".join(f"{n},ok\r\n" for n in range(3, 400))
    rows = read(f'a,b\r\n1,x\r\n2,"lost\r\n{lines}', Csv())
    assert [one.line for one in rows if isinstance(one, Bad)] == [3]
    assert len([one for one in rows if isinstance(one, Row)]) == 398


def test_a_quoted_cell_may_hold_line_ends_and_delimiters() -> None:
    assert bodies('a,b\r\n"1\r\n2","x,y"\r\n', Csv()) == [{"a": "1\r\n2", "b": "x,y"}]


def test_too_few_and_too_many_cells_name_row_and_line() -> None:
    rows = read("a,b\n1\n1,2\n1,2,3\n", Csv())
    assert [says(row) for row in rows if isinstance(row, Bad)] == [
        "the row has 1 cells, the header 2",
        "the row has 3 cells, the header 2",
    ]


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("Auftrag;Menge", "has no Fertig; it has Auftrag, Menge"),
        ("Auftrag;Menge;Fertig;Menge", "names Menge twice"),
    ],
)
def test_a_changed_header_rejects_the_file(head: str, reason: str) -> None:
    (broken,) = read(f"{head}\r\n1;2\r\n", GERMAN)
    assert isinstance(broken, Broken)
    assert reason in broken.says


def test_a_line_of_many_megabytes_is_one_bad_row_and_is_not_carried_along() -> None:
    content = b"a,b\r\n1," + b"x" * 5_000_000 + b"\r\n2,y\r\n"
    bad, good = read(content, Csv())
    assert isinstance(bad, Bad)
    assert bad.text is None
    assert isinstance(good, Row)
    assert good.body == {"a": "2", "b": "y"}


def test_fixed_width_has_record_types_implied_decimals_and_a_trailer() -> None:
    rows = read("10  1001 000125\r\n20LOT-7\r\n30what\r\n99000003\r\n", FIXED)
    first, second, third, total = rows
    assert isinstance(first, Row)
    assert first.body == {"@record": "10", "order": "1001", "good": "1.25"}
    assert isinstance(second, Row)
    assert second.body == {"@record": "20", "lot": "LOT-7"}
    assert "no record has the code '30'" in says(third)
    assert total == Total(4, 3)


def test_json_lines_are_kept_as_they_came() -> None:
    rows = read('{"a": 1.10}\n\n[1]\n{"a": \n{"a": 2}', JsonLines())
    assert [one.raw for one in rows if isinstance(one, Row)] == [b'{"a": 1.10}', b'{"a": 2}']
    assert [one.line for one in rows if isinstance(one, Bad)] == [3, 4]


def test_xml_becomes_objects_record_by_record() -> None:
    form = Xml(
        record="Order",
        lists=("Lot",),
        decimal=",",
        columns={"Qty": Column(name="planned", type="number")},
    )
    document = (
        '<?xml version="1.0"?><m:Orders xmlns:m="urn:m"><Head>x</Head>'
        '<m:Order no="1"><Qty unit="kg">1,5</Qty><Lot>A</Lot><!-- c --></m:Order>'
        '<m:Order no="2"><Op>10</Op><Op>20</Op><Lot>B</Lot></m:Order>'
        '<m:Order no="3"><Op><Qty>x</Qty></Op></m:Order></m:Orders>'
    )
    one, two, three = read(document, form)
    assert isinstance(one, Row)
    assert one.body == {"@no": "1", "planned": {"@unit": "kg", "#text": "1,5"}, "Lot": ["A"]}
    assert isinstance(two, Row)
    assert two.body == {"@no": "2", "Op": ["10", "20"], "Lot": ["B"]}
    assert "Qty: 'x' is no number" in says(three)


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x><r>&b;</r></x>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x><r>&a;</r></x>'
OTHER_DTD = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x><r/></x>'


@pytest.mark.parametrize("document", [BOMB, OUTSIDE, OTHER_DTD])
def test_a_document_type_is_refused_before_anything_is_read(document: str) -> None:
    (broken,) = read(document, Xml(record="r"))
    assert isinstance(broken, Broken)
    assert "DOCTYPE" in broken.says


def test_deep_nesting_truncation_and_foreign_bytes_are_named_with_their_line() -> None:
    deep = "<x>" * 5000
    (broken,) = read(deep, Xml())
    assert "epth" in says(broken)
    row, broken = read("<x>\n<r>1</r>\n<r>2", Xml(record="r"))
    assert isinstance(row, Row)
    assert isinstance(broken, Broken)
    assert broken.line == 3
    (broken,) = read(b"<x><r>J\xf6rg</r></x>", Xml(record="r"))
    assert isinstance(broken, Broken)


def test_a_record_without_end_is_not_gathered_for_ever() -> None:
    content = b"<x><r>" + (b"<a>" + b"1" * 1000 + b"</a>") * 9_000
    (broken,) = read(content, Xml(record="r"))
    assert "longer than 8000000 bytes" in says(broken)


FORMS: list[Format] = [
    Csv(),
    GERMAN,
    Csv(encoding="utf-16", names=("a", "b"), quote=""),
    JsonLines(),
    JsonLines(encoding="utf-16"),
    FIXED,
    Xml(),
    Xml(record="r"),
]


@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(
            st.sampled_from([b"a,b\n", b'"', b",", b"\n", b"<x>", b"<r>", b"</r>", b"\xff", b"{",
                             b'{"a":1}\n', b"10", b"99000001\n", b"\xff\xfe", b"\0", b"1;2\r\n"]),
            max_size=40,
        ).map(b"".join),
    ),
    st.sampled_from(FORMS),
)  # fmt: skip
@settings(max_examples=400)
def test_arbitrary_bytes_give_rows_or_named_faults(content: bytes, form: Format) -> None:
    rows = read(content, form)
    numbers = [one.number for one in rows if isinstance(one, Row | Bad)]
    assert numbers == list(range(1, len(numbers) + 1))
    for one in rows:
        if isinstance(one, Broken):
            assert one is rows[-1]
            assert not one.says.startswith("the reader failed"), one.says


def test_reading_holds_no_more_than_it_must() -> None:

    class Endless(io.RawIOBase):
        def __init__(self) -> None:
            self.given = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            size = len(buffer)
            buffer[:] = (b"1,2\n" * (size // 4 + 1))[:size]
            self.given += size
            return size

    stream = Endless()
    rows: Iterator[Yielded] = rows_of(io.BufferedReader(stream), Csv(names=("a", "b")))
    for _ in range(1000):
        next(rows)
    assert stream.given < 1_000_000


@pytest.mark.parametrize("form", FORMS)
def test_a_share_that_fails_is_no_fault_of_the_file(form: Format) -> None:
    class Failing(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            raise OSError(errno.EIO, "input/output error")

    with pytest.raises(OSError, match="input/output error"):
        list(rows_of(io.BufferedReader(Failing()), form))
