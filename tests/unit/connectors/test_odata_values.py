"""OData's values: dates, decimals, literals, and what no row holds."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.connectors.odata.bodies import agrees, body_of
from andon.connectors.odata.calls import stamped
from andon.connectors.odata.metadata import EntityType, Property
from andon.connectors.odata.values import (
    entity,
    instant_of,
    literal,
    plain_row,
    time_of_day,
    wire_date,
)

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("/Date(1782907200000)/", NOON),
        ("/Date(1782907200000+0120)/", NOON.astimezone(timezone(timedelta(hours=2)))),
        ("/Date(1782907200000-0330)/", NOON),
        ("/Date(-62135596800001)/", None),
        ("/Date(999999999999999)/", None),
        ("/Date(x)/", None),
        ("20260701120000", NOON),
        ("20261301120000", None),
        ("2026-07-01T12:00:00Z", NOON),
        ("2026-07-01T14:00:00+02:00", NOON),
        ("2026-07-01", datetime(2026, 7, 1, tzinfo=UTC)),
        ("", None),
        ("0000-00-00", None),
    ],
)
def test_every_form_of_a_moment_is_read(text: str, at: datetime | None) -> None:
    assert instant_of(text) == at


def test_a_row_keeps_its_decimals_and_loses_the_protocol() -> None:
    row: dict[str, Any] = {
        "__metadata": {"uri": "http://host/A('1')", "etag": "W/\"'1'\""},
        "Quantity": "10.500",
        "Bare": Decimal("0.1000"),
        "At": "/Date(1782907200000+0060)/",
        "to_Item": {"results": [{"__metadata": {}, "Item": "1"}]},
        "to_More": {"__deferred": {"uri": "http://host/A('1')/to_More"}},
        "Item@odata.navigationLink": "A('1')/Item",
        "None": None,
    }
    assert plain_row(row) == {
        "Quantity": "10.500",
        "Bare": "0.1000",
        "At": "2026-07-01T13:00:00+01:00",
        "to_Item": [{"Item": "1"}],
        "None": None,
    }


def test_what_is_nested_without_end_comes_to_an_end() -> None:
    deep: Any = {}
    for _ in range(500):
        deep = {"a": [deep]}
    assert msgspec.json.encode(plain_row(deep))


@given(st.text())
def test_any_text_is_a_moment_or_none(text: str) -> None:
    at = instant_of(text)
    assert at is None or at.tzinfo is not None


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_survives_the_wire(at: datetime) -> None:
    assert instant_of(wire_date(at)) == at.replace(microsecond=at.microsecond // 1000 * 1000)


def test_literals_are_those_of_the_version() -> None:
    assert literal("O'Hara") == "'O''Hara'"
    assert literal(NOON, "Edm.DateTime") == "datetime'2026-07-01T12:00:00'"
    assert literal(NOON, "Edm.DateTimeOffset") == "datetimeoffset'2026-07-01T12:00:00Z'"
    assert literal(NOON, "Edm.String") == "'20260701120000'"
    assert literal(NOON, "Edm.DateTimeOffset", 4) == "2026-07-01T12:00:00Z"
    assert literal(NOON, "Edm.Date", 4) == "2026-07-01"
    assert literal(Decimal("1.5"), "Edm.Decimal") == "1.5M"
    assert literal(True) == "true"


def test_an_address_is_safe_whatever_the_key_holds() -> None:
    assert entity("A", {"Id": "a/b'c d"}) == "A('a%2Fb''c%20d')"
    assert entity("A", {"Y": "2026", "N": 7}) == "A(Y='2026',N=7)"


def test_bodies_are_written_as_the_version_takes_them() -> None:
    body = {"q": Decimal("1.500"), "at": NOON, "day": date(2026, 7, 1), "t": time(6, 5, 4)}
    assert body_of(body, 2) == {
        "q": "1.500", "at": "/Date(1782907200000)/", "day": "/Date(1782864000000)/",
        "t": "PT06H05M04S",
    }  # fmt: skip
    assert body_of(body, 4) == {
        "q": "1.500", "at": "2026-07-01T12:00:00Z", "day": "2026-07-01", "t": "06:05:04",
    }  # fmt: skip
    assert time_of_day("PT06H05M04S") == time(6, 5, 4)


def test_a_row_agrees_by_the_types_of_its_fields() -> None:
    fields = {
        name: Property(name, kind)
        for name, kind in {"Q": "Edm.Decimal", "B": "Edm.String", "D": "Edm.DateTime"}.items()
    }
    kind = EntityType("X", ("B",), fields, {})
    row = {"Q": "5.000", "B": "01", "D": "/Date(1782864000000)/"}
    assert agrees(row, {"Q": "5", "D": "2026-07-01T00:00:00+00:00"}, kind)
    assert not agrees(row, {"B": "1"}, kind)
    assert not agrees(row, {"Q": "6"}, kind)
    assert not agrees(row, {"Q": None}, kind)
    assert agrees({"B": None}, {"B": ""}, kind)


@given(st.text(min_size=1), st.text(min_size=1), st.integers(12, 40))
def test_a_stamp_fits_its_field_and_tells_keys_apart(one: str, other: str, length: int) -> None:
    stamp = stamped(one, length)
    assert len(stamp) <= length
    assert stamp == stamp.upper()
    assert (stamp == stamped(other, length)) == (one == other)
