"""MQTT: which topic is whose, and messages as items; good ones, odd ones, broken ones."""

from base64 import b64decode
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.connectors._mqtt import Taken
from andon.connectors._topics import Template, matches
from andon.connectors.mqtt import Mqtt, MqttConnectionSettings, Topic
from andon.connectors.mqtt.items import Reader, item_of
from andon.core.errors import SettingsError

STATE = Template("acme/{site}/{machine}/state")


def reader(form: str = "json", key: str | None = "/id", at: str | None = "/at") -> Reader:
    """Machine states."""
    return msgspec.convert(
        {"kind": "state", "format": form, "key": key, "at": at, "retained": "read",
         "template": STATE}, Reader, from_attributes=True, dec_hook=lambda _, value: value,
    )  # fmt: skip


def taken(payload: bytes, topic: str = "acme/berlin/press-2/state") -> Taken:
    return Taken(topic, payload, False, 7)


@pytest.mark.parametrize(
    ("wanted", "topic", "does"),
    [
        ("acme/+/state", "acme/press/state", True),
        ("acme/+/state", "acme/a/b/state", False),
        ("acme/#", "acme", True),
        ("acme/#", "acme/a/b", True),
        ("#", "$SYS/uptime", False),
        ("$SYS/#", "$SYS/uptime", True),
        ("acme/+", "acme/", True),
    ],
)
def test_a_filter_takes_what_the_standard_says(wanted: str, topic: str, does: bool) -> None:
    assert matches(wanted, topic) is does


def test_a_template_names_the_levels_of_a_topic() -> None:
    tail = Template("umh/v1/{enterprise}/{place...}")
    assert STATE.filter == "acme/+/+/state"
    assert STATE.places("acme/berlin/press-2/state") == {"site": "berlin", "machine": "press-2"}
    assert STATE.places("acme/berlin/state") is None
    assert tail.filter == "umh/v1/+/#"
    assert tail.places("umh/v1/acme/a/b/c") == {"enterprise": "acme", "place": "a/b/c"}


@pytest.mark.parametrize("wrong", ["a//b", "a/+/b", "{rest...}/b", "{a}/{a}", "a/{b", ""])
def test_a_wrong_template_says_which_level(wrong: str) -> None:
    with pytest.raises(SettingsError):
        Template(wrong)


async def test_every_mistake_in_the_topics_is_named_at_once() -> None:
    settings = MqttConnectionSettings(
        url="http://broker",
        topics={"a": Topic(template="x/+"), "b": Topic(template="x/{y}", key="id", at="at")},
    )
    with pytest.raises(SettingsError) as refused:
        await Mqtt("line", settings).open()
    assert [fault.at for fault in refused.value.faults] == [
        "url", "topics.a.template", "topics.b.key", "topics.b.at",
    ]  # fmt: skip


def test_a_message_keeps_its_digits_its_place_and_its_time() -> None:
    item = item_of(
        reader(),
        taken(b'{"id":"e1","v":1.10,"at":"2026-11-23T12:00:00+01:00"}'),
        {"site": "berlin", "machine": "press-2"},
    )
    assert item.key == "state/e1"
    assert item.position == "7"
    assert item.occurred_at == datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert b'"v":1.10' in item.raw
    assert b'"machine":"press-2"' in item.raw


def test_without_a_key_the_same_words_on_one_topic_are_one_fact() -> None:
    plain = reader(key=None)
    first, again = item_of(plain, taken(b"{}"), {}), item_of(plain, taken(b"{}"), {})
    other = item_of(plain, taken(b"{}", "acme/berlin/press-3/state"), {})
    assert first.key == again.key != other.key


def test_a_time_without_a_zone_is_left_to_the_mapping() -> None:
    item = item_of(reader(), taken(b'{"id":1,"at":"2026-11-23T12:00:00"}'), {})
    assert item.occurred_at is None


@given(payload=st.binary(max_size=80))
@pytest.mark.parametrize("form", ["json", "text", "bytes"])
def test_any_payload_is_an_item_that_loses_nothing(form: str, payload: bytes) -> None:
    document = msgspec.json.decode(item_of(reader(form), taken(payload), {}).raw)
    if "unreadable" in document:
        assert b64decode(document["bytes"]) == payload
    elif form == "bytes":
        assert b64decode(document["payload"]) == payload
    elif form == "text":
        assert document["payload"].encode() == payload
    else:
        assert document["payload"] == msgspec.json.decode(payload)


def test_nesting_without_end_is_kept_as_bytes() -> None:
    item = item_of(reader(), taken(b"[" * 100_000 + b"]" * 100_000), {})
    assert b'"unreadable"' in item.raw
