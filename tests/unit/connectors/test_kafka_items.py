"""Records become items that keep all they said; what cannot be read is kept whole."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.connectors.kafka import KafkaSettings, Sasl, Topic, lost_records
from andon.connectors.kafka.items import Taken, gap_item, items_of
from andon.connectors.kafka.places import Place, Places
from andon.core.connector import SecretStr, Settings
from andon.core.errors import SettingsError
from andon.core.mapping import Known
from andon.core.message import Finding

CE = [
    ("ce_specversion", b"1.0"), ("ce_id", b"A-1"), ("ce_source", b"/plants/7"),
    ("ce_type", b"plant.order.completed"), ("ce_time", b"2026-05-01T10:00:00Z"),
    ("ce_subject", "Größe".encode()),
]  # fmt: skip
WHOLE = (
    b'{"specversion":"1.0","id":"A-1","source":"/plants/7","type":"plant.order.completed",'
    b'"time":"2026-05-01T10:00:00Z","data":{"good":12.50}}'
)


def taken(value: bytes | None, **changed: Any) -> Taken:
    said: dict[str, Any] = {
        "topic": "orders", "partition": 1, "offset": 7, "life": 0, "timestamp": 1_777_629_600_000,
        "key": b"1001", "headers": (),
    }  # fmt: skip
    return Taken(value=value, **{**said, **changed})


def said(topic: Topic, record: Taken) -> dict[str, Any]:
    (item,) = items_of("order", topic, record)
    return msgspec.json.decode(item.raw)


def test_a_record_keeps_key_headers_and_time() -> None:
    record = taken(b'{"qty":1.50}', headers=[("plant", b"7"), ("plant", b"\xff"), ("none", None)])
    (item,) = items_of("order", Topic(topic="orders"), record)
    assert msgspec.json.decode(item.raw) == {
        "topic": "orders", "partition": 1, "offset": 7, "timestamp": 1_777_629_600_000,
        "key": "1001", "payload": {"qty": 1.5},
        "headers": [
            {"name": "plant", "value": "7"},
            {"name": "plant", "value_base64": "/w=="},
            {"name": "none", "value": None},
        ],
    }  # fmt: skip
    assert b"1.50" in item.raw
    assert (item.kind, item.key) == ("order", "orders/1/7")
    assert item.occurred_at == datetime(2026, 5, 1, 10, tzinfo=UTC)


def test_a_key_and_a_time_may_stand_in_the_payload() -> None:
    topic = Topic(topic="orders", key="/ids/0", at="/at")
    (item,) = items_of(
        "order", topic, taken(b'{"ids":["E1"],"at":"2026-05-01T12:00:00+02:00"}', timestamp=-1)
    )
    assert item.key == "order/E1"
    assert item.occurred_at == datetime(2026, 5, 1, 10, tzinfo=UTC)
    (item,) = items_of("order", topic, taken(b'{"at":"2026-05-01T12:00:00"}'))
    assert item.key == "orders/1/7"
    assert item.occurred_at is None


def test_the_three_ways_to_write_a_cloud_event_say_the_same() -> None:
    topic = Topic(topic="orders", format="cloudevents")
    kind = ("content-type", b"application/json")
    structured = ("content-type", b"application/cloudevents+json; charset=UTF-8")
    batch = ("content-type", b"application/cloudevents-batch+json")
    for record in (
        taken(b'{"good":12.50}', headers=[kind, *CE]),
        taken(WHOLE, headers=[structured]),
        taken(WHOLE, headers=[structured, *CE]),
        taken(b"[" + WHOLE + b"]", headers=[batch]),
    ):
        (item,) = items_of("order", topic, record)
        assert (item.kind, item.key) == ("plant.order.completed", "/plants/7 A-1")
        assert item.occurred_at == datetime(2026, 5, 1, 10, tzinfo=UTC)
        assert b"12.50" in item.raw
        assert msgspec.json.decode(item.raw)["payload"]["data"] == {"good": 12.5}


@pytest.mark.parametrize(
    ("form", "value", "headers", "why"),
    [
        ("json", b"{", (), "no json"),
        ("json", b"\xff", (), "no json"),
        ("json", b"[" * 100_000, (), "no json"),
        ("text", b"\xff", (), "no text"),
        ("cloudevents", b"{}", (), "no CloudEvent"),
        ("cloudevents", None, (), "no CloudEvent"),
        ("cloudevents", b"{", [("content-type", b"application/json"), *CE], "not the"),
    ],
)
def test_what_is_not_in_its_format_is_kept_whole(
    form: Any, value: bytes | None, headers: Any, why: str
) -> None:
    told = said(Topic(topic="orders", format=form), taken(value, headers=headers))
    assert why in told["unreadable"]
    assert "payload" not in told


def test_a_record_without_a_value_is_a_deletion() -> None:
    told = said(Topic(topic="orders"), taken(None, key=None))
    assert (told["payload"], told["deleted"], told["key"]) == (None, True, None)


@given(
    value=st.none() | st.binary(max_size=60),
    key=st.none() | st.binary(max_size=8),
    headers=st.lists(
        st.tuples(
            st.sampled_from(["content-type", "ce_specversion", "ce_id", "ce_type", "ce_source"]),
            st.none() | st.binary(max_size=30) | st.sampled_from([b"1.0", b"application/json"]),
        ),
        max_size=6,
    ),
    form=st.sampled_from(["json", "text", "bytes", "cloudevents"]),
    timestamp=st.integers(-(2**63), 2**63 - 1),
)
def test_any_record_is_items_in_json(
    value: Any, key: Any, headers: Any, form: Any, timestamp: int
) -> None:
    record = taken(value, key=key, headers=headers, timestamp=timestamp)
    for item in items_of("order", Topic(topic="orders", format=form), record):
        msgspec.json.decode(item.raw)
        assert item.key


def test_a_gap_is_a_finding_that_names_it() -> None:
    gap = gap_item("orders", 1, 0, first=5, last=99, why="retention passed us")
    (finding,) = lost_records.reads(gap, Known(Settings()))
    assert isinstance(finding, Finding)
    assert "orders/1: offsets 5 to 99 are gone, retention passed us" in finding.text


def test_a_position_is_read_as_it_was_written() -> None:
    places = Places()
    places.move("orders", 0, Place(15))
    places.move("orders", 11, Place(3, 1))
    again = Places.of(places.position())
    assert list(again) == [("orders", 0, Place(15)), ("orders", 11, Place(3, 1))]
    assert list(Places.of("")) == []


@pytest.mark.parametrize("moves", [("orders", 0), ("orders", 1), ("stops", 3), ("null", 4)])
def test_a_position_around_one_place_is_the_whole_one(moves: tuple[str, int]) -> None:
    told = {"orders": {0: Place(15), 1: Place(9)}, "stops": {3: Place(3, 1)}}
    places = Places(told)
    head, tail = places.around(*moves)
    places.move(*moves, Place(20, 2))
    assert sorted(Places.of(f"{head}[20,2]{tail}")) == sorted(places)


@pytest.mark.parametrize("text", ["7", "{", '{"orders":{"0":[-1]}}', '{"orders":{"x":[1]}}'])
def test_a_position_of_another_connector_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        Places.of(text)


@given(st.text(max_size=40))
def test_any_position_is_places_or_refused(text: str) -> None:
    try:
        Places.of(text)
    except SettingsError:
        return


def test_settings_name_all_that_does_not_fit_together() -> None:
    plain = Sasl("a", SecretStr("b"), "PLAIN")
    topics = {"a": Topic(topic="t"), "b": Topic(topic="t")}
    with pytest.raises(ValueError, match="host:port") as raised:
        KafkaSettings(servers=("broker",), encrypted=False, sasl=plain, topics=topics)
    for words in ("PLAIN would show", "t stands twice"):
        assert words in str(raised.value)
    with pytest.raises(ValueError, match="no name of a topic; key and at"):
        Topic(topic="a/b", format="text", key="/id")
