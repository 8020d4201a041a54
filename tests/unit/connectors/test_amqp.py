"""AMQP: which message is which item, whatever its headers hold; settings that do not fit."""

from base64 import b64decode
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.connectors._topics import AMQP, Template
from andon.connectors.amqp import Amqp, AmqpSettings, Messages
from andon.connectors.amqp.items import Arrived, Reader, items_of
from andon.core.connector import Item, Request
from andon.core.errors import OutcomeUnknownError, RejectedError, SettingsError
from andon.core.secret import SecretStr

STATE = Template("acme.{site}.{machine}.state", AMQP)
SENT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def reader(form: str = "json", key: str | None = "/id", at: str | None = "/at") -> Reader:
    return Reader("state", "states", STATE, form, key, at)  # type: ignore[arg-type]


def arrived(payload: bytes = b"{}", **more: Any) -> Arrived:
    said: dict[str, Any] = {
        "queue": "states", "exchange": "acme", "routing_key": "acme.berlin.press-2.state",
        "properties": {}, "headers": {}, "payload": payload, "tag": 7, **more,
    }  # fmt: skip
    return Arrived(**said)


def read(message: Arrived, form: str = "json", **more: Any) -> list[Item]:
    return list(items_of([reader(form, **more)], message))


# -- messages as items ----------------------------------------------------------------------------


def test_a_message_keeps_its_digits_its_route_and_its_time() -> None:
    (item,) = read(arrived(b'{"id":"e1","v":1.10,"at":"2026-11-23T12:00:00+01:00"}'))
    assert item.key == "state/e1"
    assert item.position == "7"
    assert item.occurred_at == datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert b'"v":1.10' in item.raw
    assert b'"machine":"press-2"' in item.raw


def test_a_message_that_comes_again_is_the_same_item() -> None:
    first = arrived(headers={"n": 1})
    again = arrived(headers={"n": 1, "x-delivery-count": 3, "x-acquired-count": 4}, tag=9)
    (one,), (other,) = read(first, key=None), read(again, key=None)
    assert (one.key, one.raw) == (other.key, other.raw)


def test_a_message_is_known_by_its_id_and_without_one_by_its_words() -> None:
    (named,) = read(arrived(properties={"message_id": "m-1", "timestamp": SENT}), key=None)
    assert named.key == "states/m-1"
    assert named.occurred_at == SENT
    (plain,), (same,) = read(arrived(), key=None), read(arrived(), key=None)
    (other,) = read(arrived(routing_key="acme.ulm.press-2.state"), key=None)
    assert plain.key == same.key != other.key


def test_a_message_no_kind_takes_is_kept_and_the_next_goes_on() -> None:
    (item,) = read(arrived(b"\x00", routing_key="acme.elsewhere"))
    assert item.kind == "states/acme.elsewhere"
    assert item.position == "7"
    assert b64decode(msgspec.json.decode(item.raw)["bytes"]) == b"\x00"


def test_the_kind_that_takes_whatever_is_left_is_asked_last() -> None:
    settings = AmqpSettings(
        servers=("amqp://a",), username="a", password=SecretStr("b"),
        messages={
            "rest": Messages(queue="states"),
            "state": Messages(queue="states", routing="acme.{site}.{machine}.state"),
        },
    )  # fmt: skip
    readers = Amqp("line", settings)._checked()  # pyright: ignore[reportPrivateUsage]
    assert [item.kind for item in items_of(readers, arrived())] == ["state"]
    assert [item.kind for item in items_of(readers, arrived(routing_key="x"))] == ["rest"]


fields = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(),
        st.text(max_size=8),
        st.binary(max_size=8),
        st.decimals(allow_nan=False, allow_infinity=False),
        st.datetimes(timezones=st.sampled_from([None, UTC])),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(payload=st.binary(max_size=60), headers=st.dictionaries(st.text(max_size=8), fields))
@pytest.mark.parametrize("form", ["json", "text", "bytes"])
def test_any_message_is_an_item_that_loses_nothing(
    form: str, payload: bytes, headers: dict[str, Any]
) -> None:
    (item,) = read(arrived(payload, headers=headers), form)
    document = msgspec.json.decode(item.raw)
    assert document["headers"].keys() == headers.keys() - {"x-delivery-count", "x-acquired-count"}
    if "unreadable" in document or form == "bytes":
        assert b64decode(document.get("bytes", document.get("payload"))) == payload
    elif form == "text":
        assert document["payload"].encode() == payload


names = st.builds(
    str.__add__,
    st.sampled_from(["cloudEvents:", "cloudEvents_", "ce-"]),
    st.sampled_from(["specversion", "id", "type", "source", "time", "ext"]),
)


@given(
    payload=st.binary(max_size=60),
    headers=st.dictionaries(names, st.one_of(st.just("1.0"), fields)),
    said=st.sampled_from(
        [None, "", "application/json", "application/cloudevents+json",
         "application/cloudevents-batch+json"]
    ),
)  # fmt: skip
def test_any_message_is_cloud_events_or_kept_whole(
    payload: bytes, headers: dict[str, Any], said: str | None
) -> None:
    properties = {} if said is None else {"content_type": said}
    items = read(arrived(payload, headers=headers, properties=properties), "cloudevents")
    assert items[-1].position == "7"
    assert all(item.position is None for item in items[:-1])
    if items[0].kind == "state":
        assert b64decode(msgspec.json.decode(items[0].raw)["bytes"]) == payload


def test_attributes_in_types_of_amqp_are_read_in_their_canonical_form() -> None:
    headers = {
        "cloudEvents:specversion": "1.0", "cloudEvents:id": "1", "cloudEvents_source": "/a",
        "cloudEvents_type": "t", "cloudEvents:time": SENT, "cloudEvents:urgent": True,
        "cloudEvents:count": 3, "cloudEvents:exact": Decimal("1.10"),
    }  # fmt: skip
    (item,) = read(arrived(b"{}", headers=headers), "cloudevents")
    assert item.occurred_at == SENT
    document = msgspec.json.decode(item.raw)
    assert (document["urgent"], document["count"], document["exact"]) == ("true", "3", "1.10")


# -- settings, and what needs no broker -----------------------------------------------------------


def amqp(**more: Any) -> Amqp:
    table = {"servers": ["amqp://127.0.0.1:9"], "username": "a", **more}
    decoded = msgspec.convert({**table, "password": SecretStr("b")}, AmqpSettings)
    return Amqp("line", decoded)


async def test_every_mistake_in_the_messages_is_named_at_once() -> None:
    wrong = {"a": {"queue": ""}, "b": {"queue": "q", "routing": "x.*", "at": "at"}}
    with pytest.raises(SettingsError) as refused:
        await amqp(messages=wrong).open()
    assert [fault.at for fault in refused.value.faults] == [
        "messages.a.queue", "messages.b.at", "messages.b.routing",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"servers": []}, "servers is empty"),
        ({"servers": ["http://a"]}, "amqp://"),
        ({"servers": ["amqp://a:b@c"]}, "no password"),
        ({"servers": ["amqp://a/plant"]}, "vhost"),
        ({"in_flight": 70_000}, "in_flight"),
        ({"heartbeat": "PT0S"}, "heartbeat"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=says):
        amqp(**wrong)


@pytest.mark.parametrize("target", ["", "acme.x", "acme/" + "x" * 256, "ä" * 128 + "/x"])
async def test_what_is_nowhere_to_publish_to_is_refused_before_anything_leaves(target: str) -> None:
    with pytest.raises(RejectedError):
        await amqp().send(Request(target=target, body={}), key="k")


async def test_nobody_can_tell_what_a_broker_has_passed_on() -> None:
    with pytest.raises(OutcomeUnknownError, match="keyed"):
        await amqp().find(Request(target="acme/x"), key="k")
