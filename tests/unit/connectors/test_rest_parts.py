"""Pointers, templates and rows of `rest`; its settings name their mistakes."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.connectors._pointer import MISSING, at, parsed, raw_at
from andon.connectors._template import filled_in, placeholders
from andon.connectors.rest import Feed, Rest
from andon.connectors.rest.rows import row_of, written
from andon.core.errors import SettingsError
from andon.testing.conformance.trial import settings_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
BY_TIME = Feed(kind="row", path="/rows", time="/at", since="since")


@given(document=JSON, pointer=st.text(max_size=5))
def test_a_pointer_finds_what_is_there_or_nothing(document: Any, pointer: str) -> None:
    found = at({pointer: document}, parsed(f"/{pointer.replace('~', '~0').replace('/', '~1')}"))
    assert found == document
    assert at({}, parsed("/none")) is MISSING


@given(document=st.dictionaries(st.text(), JSON), name=st.text())
def test_raw_bytes_at_a_pointer_are_the_value(document: dict[str, Any], name: str) -> None:
    pointer = parsed(f"/{name.replace('~', '~0').replace('/', '~1')}")
    raw = raw_at(msgspec.json.encode(document), pointer)
    assert (raw is None) == (name not in document)
    if raw is not None:
        assert msgspec.json.decode(raw) == msgspec.json.decode(msgspec.json.encode(document[name]))


@given(raw=st.binary() | JSON.map(msgspec.json.encode))
def test_any_row_becomes_an_item(raw: bytes) -> None:
    for feed in (
        BY_TIME,
        Feed(kind="row", path="/rows"),
        Feed(kind="row", path="/r", version="/v"),
    ):
        row = row_of(feed, raw)
        assert row.item.key.startswith("row/")
        assert row_of(feed, raw) == row


@pytest.mark.parametrize(
    ("how", "said", "asked"),
    [
        ("iso", "2026-05-01T10:00:00Z", "2026-05-01T10:00:00Z"),
        ("iso", "2026-05-01T12:00:00+02:00", "2026-05-01T10:00:00Z"),
        ("iso-local", "2026-05-01T12:00:00", "2026-05-01T12:00:00"),
        ("epoch", 1777629600, "1777629600"),
        ("epoch-ms", "1777629600000", "1777629600000"),
    ],
)
def test_times_are_read_and_asked_for_as_the_system_writes_them(
    how: Any, said: Any, asked: str
) -> None:
    feed = msgspec.structs.replace(BY_TIME, time_format=how, time_zone="Europe/Berlin")
    row = row_of(feed, msgspec.json.encode({"id": 1, "at": said}))
    assert row.time == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert written(feed, row.time) == asked


@pytest.mark.parametrize("said", [None, "", "soon", [], {}, 1e400, "99999-01-01"])
def test_a_time_nobody_can_read_makes_the_row_an_exception(said: Any) -> None:
    row = row_of(BY_TIME, msgspec.json.encode({"id": 1, "at": said if said != 1e400 else None}))
    assert row.item.kind == "row without /at"


def test_a_lone_placeholder_keeps_its_type_and_others_become_text() -> None:
    template = {"qty": "{a.b}", "text": "{a.b} of {key}", "list": ["{a}"], "fixed": 3}
    assert placeholders(template) == {"a.b", "key", "a"}
    assert filled_in(template, {"a": {"b": 2}}, "k") == {
        "qty": 2,
        "text": "2 of k",
        "list": [{"b": 2}],
        "fixed": 3,
    }


@pytest.mark.parametrize("odd", ["{", "}", "{}", "{a b}", "{{a}}", "{a.}"])
def test_a_placeholder_nobody_can_read_is_said(odd: str) -> None:
    with pytest.raises(ValueError, match=r"write \{name\}"):
        placeholders(odd)


FEED = {"kind": "row", "path": "/rows"}


@pytest.mark.parametrize(
    ("table", "at", "says"),
    [
        ({"url": "shop.example"}, "Rest", "no http address"),
        ({"url": "http://a:b@shop"}, "Rest", "holds a password"),
        ({"find": "/orders"}, "Rest", "must hold {key}"),
        ({"token": "t", "auth": {"kind": "key", "key": "k"}}, "Rest", "not both"),
        ({"auth": {"kind": "basic", "user": "u"}}, "Rest.auth.password", "missing"),
        ({"auth": {"kind": "magic"}}, "Rest.auth", "magic"),
        ({"feeds": [FEED, FEED]}, "Rest", "same kind"),
        ({"feeds": [FEED | {"since": "s"}]}, "Rest.feeds[0]", "since and time go together"),
        ({"feeds": [FEED | {"cursor": "/c"}]}, "Rest.feeds[0]", "cursor and after go together"),
        ({"feeds": [FEED | {"key": "id"}]}, "Rest.feeds[0]", "write /id"),
        ({"feeds": [FEED | {"time_zone": "Mars/X"}]}, "Rest.feeds[0]", "Mars/X"),
        ({"feeds": [FEED | {"pages": {"style": "time"}}]}, "Rest.feeds[0]", "need since"),
        ({"feeds": [FEED | {"pages": {"style": "pile"}}]}, "Rest.feeds[0].pages", "pile"),
        ({"calls": {"a": {"call": "GET /x"}}}, "Rest.calls.a", "POST /path"),
        ({"calls": {"a": {"call": "POST /{x"}}}, "Rest.calls.a", "placeholder"),
        ({"calls": {"a": {"call": "POST /x", "keep": {"n": "n"}}}}, "Rest.calls.a", "write /n"),
    ],
)
def test_a_mistake_in_the_description_is_named_with_its_key(
    table: dict[str, Any], at: str, says: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        settings_of(Rest, {"url": "http://shop"} | table)
    assert [fault.at for fault in raised.value.faults] == [at]
    assert says in raised.value.faults[0].says


def test_a_placeholder_with_a_question_mark_may_be_left_out() -> None:
    assert placeholders({"a": "{lot?}", "b": "{lot.number?}"}) == {"lot", "lot.number"}
    template = {"a": "{lot?}", "b": "<{lot.number?}>", "c": "{qty}"}
    assert filled_in(template, {"qty": 5}, "k") == {"a": None, "b": "<>", "c": 5}
    assert filled_in(template, {"qty": 5, "lot": {"number": 7}}, "k")["b"] == "<7>"
