"""`$batch` and error answers, read from anything that may come."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from andon.connectors.odata.batches import Change, Part, change_set, in_turn, parts_of
from andon.connectors.odata.pages import page_of, row_of
from andon.connectors.odata.refusals import refusal, said_of
from andon.core.errors import AndonError, MappingError, UnavailableError

DONE = (
    b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
    b"--c\r\nContent-Type: application/http\r\nContent-ID: 1\r\n\r\n"
    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n"
    b'{"d":{"a":1}}\r\n'
    b"--c\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n\r\n"
    b"--c--\r\n\r\n--b--\r\n"
)


def test_the_parts_of_a_change_set_come_in_order() -> None:
    first, second = parts_of("multipart/mixed; boundary=b", DONE.replace(b"12", b"13"))
    assert (first.status, first.body) == (201, b'{"d":{"a":1}}')
    assert (second.status, second.body) == (204, b"")


@pytest.mark.parametrize("end", range(0, len(DONE) - 6, 7))
def test_an_answer_that_ends_early_is_no_answer(end: int) -> None:
    with pytest.raises(MappingError):
        parts_of("multipart/mixed; boundary=b", DONE[:end])


def test_what_is_written_has_each_operation_once() -> None:
    changes = [Change("POST", "A", b"{}"), Change("DELETE", "A('1')", None, {"if-match": "*"})]
    kind, body = change_set(changes, "x", json="application/json;IEEE754Compatible=true")
    assert kind == "multipart/mixed; boundary=batch_x"
    assert body.count(b"Content-Type: application/http\r\n") == 2
    assert b"\r\nPOST A HTTP/1.1\r\n" in body
    assert b"\r\nDELETE A('1') HTTP/1.1\r\nif-match: *\r\n" in body
    # What the headers of the whole say counts for none of its parts.
    assert body.count(b"\r\nAccept: application/json;IEEE754Compatible=true\r\n") == 2
    assert body.count(b"\r\nContent-Type: application/json;IEEE754Compatible=true\r\n") == 1
    assert body.endswith(b"--changeset_x--\r\n--batch_x--\r\n")


@pytest.mark.parametrize(
    ("numbers", "read"),
    [
        ("123", "abc"),
        ("312", "bca"),
        ("   ", "abc"),
        ("11 ", "abc"),
        ("2 1", "abc"),
        ("432", "abc"),
    ],
)
def test_answers_are_taken_by_their_numbers_or_as_they_came(numbers: str, read: str) -> None:
    came = zip("abc", numbers, strict=True)
    parts = [Part(204, {}, body.encode(), number.strip()) for body, number in came]
    assert b"".join(part.body for part in in_turn(parts)).decode() == read


def test_the_number_of_an_answer_may_stand_inside_it() -> None:
    inside = DONE.replace(b"12\r\n\r\n{", b"13\r\nContent-ID: 7\r\n\r\n{").replace(
        b"ID: 1", b"Id: "
    )
    first, second = parts_of("multipart/mixed; boundary=b", inside)
    assert (first.number, second.number) == ("7", "")


@given(st.binary(), st.text())
@example(DONE, "multipart/mixed; boundary=b")
def test_any_bytes_are_parts_or_refused(body: bytes, kind: str) -> None:
    try:
        parts = parts_of(kind, body)
    except MappingError:
        return
    assert all(100 <= part.status <= 999 for part in parts)


@given(st.binary(), st.integers(300, 599), st.booleans())
@example(b'{"error":{"code":1,"message":null,"innererror":{"errordetails":[1,{}]}}}', 400, False)
@example(b'{"error":{"message":{"value":[]},"details":{"a":1}}}', 400, False)
@example(b"[" * 5000, 500, True)
def test_any_answer_of_300_or_more_is_one_of_our_errors(
    body: bytes, status: int, reading: bool
) -> None:
    error = refusal(status, body, "POST A", reading=reading, no_effect=(429,), later=("M3/024",))
    assert isinstance(error, AndonError)
    assert len(str(error)) < 3000


def test_an_error_in_xml_is_read_and_one_with_entities_is_not() -> None:
    told = b"""<error xmlns="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
    <code>M7/021</code><message xml:lang="en">Deficit</message><innererror><errordetails>
    <errordetail><code>M7/022</code><message>More</message></errordetail></errordetails>
    </innererror></error>"""
    said = said_of(told)
    assert (said.code, said.text, said.details) == ("M7/021", "Deficit", (("M7/022", "More"),))
    assert said_of(b"<!DOCTYPE error [<!ENTITY a 'x'>]><error><code>&a;</code></error>").code == ""


def test_the_place_of_a_refusal_is_said_where_version_4_names_it() -> None:
    told = (
        b'{"error":{"code":"M7/021","message":"Deficit","target":"_Item/1","details":[],'
        b'"@SAP__core.ContentID":"2"}}'
    )
    assert str(said_of(told)) == "M7/021: Deficit (at operation 2, _Item/1)"
    assert str(said_of(told.replace(b"SAP__core.ContentID", b"other"))).endswith("(at _Item/1)")


def test_a_page_for_people_is_read_as_its_words() -> None:
    page = b"<html><style>p{}</style><script>x()</script><h1>Logon  failed</h1></html>"
    assert said_of(page).text == "Logon failed"


def test_what_is_no_list_of_rows_is_no_page() -> None:
    answers: tuple[Any, ...] = ({"d": {"a": 1}}, {"value": 1}, [], "x", None, {"error": {}})
    for answer in answers:
        with pytest.raises(UnavailableError):
            page_of(answer, "A")
    assert page_of({"d": {"results": [1], "__next": "n"}}, "A").next == "n"
    assert page_of({"value": [], "@odata.deltaLink": "d"}, "A").delta == "d"


def test_a_row_is_taken_out_of_its_wrapping() -> None:
    assert row_of({"d": {"ReleaseOrder": {"a": 1}}}, "ReleaseOrder") == {"a": 1}
    assert row_of({"d": {"a": 1}}, "ReleaseOrder") == {"a": 1}
    assert row_of([]) == {}
