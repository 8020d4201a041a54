"""CloudEvents in three modes become one form of item; what is none is refused with its place."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.connectors._cloudevents import headers_of
from andon.connectors.webhook import Webhook
from andon.connectors.webhook.cloudevents import items_of
from andon.core.connector import Arrival, Item, Push
from andon.core.errors import MappingError
from andon.testing.conformance.trial import settings_of

EVENT = {
    "specversion": "1.0",
    "id": "A-1",
    "source": "/plants/7",
    "type": "plant.order.completed",
    "time": "2026-05-01T10:00:00+02:00",
}


def post(body: bytes, kind: str | None = None, **headers: str) -> Arrival:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Arrival({}, {}, named if kind is None else {**named, "content-type": kind}, body)


def ce(**changed: str) -> dict[str, str]:
    return {f"ce-{name}": value for name, value in {**EVENT, **changed}.items()}


def one(arrival: Arrival) -> tuple[Item, dict[str, Any]]:
    (item,) = items_of(arrival)
    return item, msgspec.json.decode(item.raw)


def test_the_three_modes_say_the_same() -> None:
    data = b'{"good": 12.50}'
    binary = Arrival({}, {}, {**ce(), "content-type": "application/json"}, data)
    whole = msgspec.json.encode({**EVENT, "data": msgspec.Raw(data)})
    structured = post(whole, "application/cloudevents+json; charset=utf-8")
    batch = post(b"[" + whole + b"]", "application/cloudevents-batch+json")
    for arrival in (binary, structured, batch):
        item, said = one(arrival)
        assert (item.kind, item.key) == ("plant.order.completed", "/plants/7 A-1")
        assert item.occurred_at == datetime(2026, 5, 1, 8, tzinfo=UTC)
        assert said["data"] == {"good": 12.5}
        assert b"12.50" in item.raw


def test_attributes_in_headers_are_read_as_they_were_meant() -> None:
    headers = {
        **ce(),
        "ce-subject": "Euro%20%E2%82%AC%20%F0%9F%98%80",
        "ce-line": '"7"',
        "ce-x_y": "no",
    }
    _, said = one(Arrival({}, {}, headers, b""))
    assert (said["subject"], said["line"]) == ("Euro € 😀", "7")
    assert "x_y" not in said
    assert "data" not in said
    again = headers_of({"subject": "Euro € 😀 %"})
    assert again == {"ce-subject": "Euro%20%E2%82%AC%20%F0%9F%98%80%20%25"}


@pytest.mark.parametrize(
    ("kind", "body", "field", "value"),
    [
        ("application/json", b"null", "data", None),
        ("application/vnd.plant+json", b"[1]", "data", [1]),
        ("text/plain", b"hello", "data_base64", "aGVsbG8="),
        ("application/xml", b"<a/>", "data_base64", "PGEvPg=="),
    ],
)
def test_data_of_any_kind_are_kept(kind: str, body: bytes, field: str, value: Any) -> None:
    _, said = one(Arrival({}, {}, {**ce(), "content-type": kind}, body))
    assert said[field] == value
    assert said["datacontenttype"] == kind


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"id": ""}, "/id"),
        ({"source": ""}, "/source"),
        ({"type": ""}, "/type"),
        ({"specversion": "0.3"}, "/specversion"),
        ({"time": "yesterday"}, "/time"),
        ({"time": "2026-05-01T10:00:00"}, "/time"),
    ],
)
def test_what_is_missing_is_refused_with_its_place(changed: dict[str, str], at: str) -> None:
    with pytest.raises(MappingError) as raised:
        items_of(Arrival({}, {}, ce(**changed), b""))
    assert [fault.at for fault in raised.value.faults] == [at]


def test_every_fault_of_an_event_is_said_at_once() -> None:
    with pytest.raises(MappingError) as raised:
        items_of(post(b"{}", "application/cloudevents+json"))
    assert {fault.at for fault in raised.value.faults} == {
        "/id", "/source", "/type", "/specversion",
    }  # fmt: skip


def test_one_odd_event_of_a_batch_does_not_stop_the_others() -> None:
    good = msgspec.json.encode(EVENT)
    batch = b"[" + good + b', {"id": 5}, 7, ' + msgspec.json.encode({**EVENT, "id": "A-2"}) + b"]"
    items = items_of(post(batch, "application/cloudevents-batch+json"))
    assert [item.key for item in items][::3] == ["/plants/7 A-1", "/plants/7 A-2"]
    assert [item.kind for item in items[1:3]] == [
        "cloudevent with a fault at /1/id",
        "cloudevent with a fault at /2",
    ]
    assert items[1].raw == b'{"id": 5}'


@pytest.mark.parametrize(
    "arrival",
    [
        post(b"{}", "application/json"),
        post(b"{}"),
        post(b"{}", "application/cloudevents-batch+json"),
        post(b"[", "application/cloudevents-batch+json"),
        post(b"\xff", "application/cloudevents+json"),
        post(b"[" * 100_000, "application/cloudevents+json"),
        Arrival({}, {}, {**ce(), "content-type": "application/json"}, b"{"),
    ],
)
def test_what_is_no_cloud_event_is_refused(arrival: Arrival) -> None:
    with pytest.raises(MappingError):
        items_of(arrival)


@given(
    body=st.binary(max_size=60),
    kind=st.sampled_from(
        ["", "application/cloudevents+json", "application/cloudevents-batch+json"]
    ),
    headers=st.dictionaries(st.sampled_from(list(ce())), st.text(max_size=20)),
)
def test_any_post_is_items_or_a_refusal(body: bytes, kind: str, headers: dict[str, str]) -> None:
    try:
        items = items_of(Arrival({}, {}, {**headers, "content-type": kind}, body))
    except MappingError:
        return
    for item in items:
        msgspec.json.decode(item.raw)


def test_kind_and_key_may_stand_in_headers() -> None:
    secret = {"kind": "standard", "secrets": ["whsec_a2V5"]}
    table = {"verify": secret, "key_header": "Webhook-Id", "kind_header": "X-Kind"}
    webhook = Webhook("mes", settings_of(Webhook, table))
    take = webhook._named  # pyright: ignore[reportPrivateUsage] the signature is tried elsewhere
    (item,) = take(post(b'{"id":"5"}', webhook_id="w-1", x_kind="order"))
    assert (item.kind, item.key) == ("order", "w-1")
    with pytest.raises(MappingError, match="X-Kind"):
        take(post(b'{"id":"5"}', webhook_id="w-1"))


def test_a_plain_post_is_known_by_its_field_and_kept_when_it_has_none() -> None:
    (door,) = Webhook("mes", settings_of(Webhook, {"key": "nr"})).doors()
    assert isinstance(door, Push)
    assert not door.signed
    assert door.items(post(b'{"nr":"5"}'))[0].key == "5"
    kept = door.items(post(b'{"id":"5"}'))[0]
    assert kept.raw == b'{"id":"5"}'
    assert kept.key == door.items(post(b'{"id":"5"}'))[0].key
    with pytest.raises(MappingError, match="empty"):
        door.items(post(b" "))
    assert door.items(post(b"[" * 100_000))[0].raw
    assert door.items(post(b'{"nr":"\xff"}'))[0].raw
