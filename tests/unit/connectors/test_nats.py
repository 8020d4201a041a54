"""NATS: where reading goes on, which message is which item, who signs; good, odd and broken."""

from base64 import b64decode
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.js.api import RetentionPolicy, StreamConfig, StreamInfo, StreamState

from andon.connectors._messages import Mode, event_of, written
from andon.connectors._topics import NATS, Template
from andon.connectors.nats import Nats, NatsSettings, Subject, mappings
from andon.connectors.nats.items import GAP, Place, Reader, items_of
from andon.connectors.nats.nkeys import signer_of, signer_of_credentials
from andon.connectors.nats.standing import standing
from andon.core.connector import Item
from andon.core.errors import SettingsError
from andon.core.mapping import Known
from andon.core.message import Finding
from andon.core.secret import SecretStr
from andon.model.production import OrderCancelled

STATE = Template("acme.{site}.{machine}.state", NATS)
PLACE = Place("MACHINES", 1_700_000_000_000_000, 7)
STORED = 1_764_072_000_000_000_000
SEED = "SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y"  # of bytes 0 to 31
PUBLIC = "UAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RLKK"


def reader(form: str = "json", key: str | None = "/id", at: str | None = "/at") -> Reader:
    return Reader("state", form, key, at, STATE)  # type: ignore[arg-type]


def read(
    payload: bytes, headers: dict[str, str] | None = None, form: str = "json", **more: Any
) -> list[Item]:
    subject = "acme.berlin.press-2.state"
    return list(items_of(reader(form, **more), subject, headers or {}, payload, PLACE, STORED))


def stream(first: int, last: int, retention: RetentionPolicy = RetentionPolicy.LIMITS):
    state = StreamState(last - first + 1, 0, first, last, 0)
    made = datetime.fromtimestamp(PLACE.made / 1e6, UTC)
    config = StreamConfig(name="MACHINES", retention=retention)
    return StreamInfo(config=config, state=state, created=made)


# -- where reading goes on ------------------------------------------------------------------------


def test_reading_goes_on_after_the_position_of_the_log() -> None:
    stands = standing("MACHINES", stream(1, 20), PLACE.position())
    assert stands.place == PLACE
    assert stands.missing is None


def test_the_first_reading_begins_with_what_there_is_and_misses_nothing() -> None:
    stands = standing("MACHINES", stream(15, 20), "")
    assert stands.place.sequence == 0
    assert stands.missing is None


@pytest.mark.parametrize(
    ("info", "position", "first", "last", "after"),
    [
        (stream(12, 20), f"{PLACE.made}.7", 8, 11, 11),
        (stream(21, 20), f"{PLACE.made}.7", 8, 20, 20),  # purged, and empty now
        (stream(1, 5), f"{PLACE.made}.7", 6, 7, 0),  # restored from an older copy
        (stream(1, 20), "1600000000000000.7", 0, 7, 0),  # made anew
        (stream(1, 20), "what is this", 0, 0, 0),
    ],
)
def test_what_cannot_be_read_any_more_is_said_and_the_rest_is_read(
    info: StreamInfo, position: str, first: int, last: int, after: int
) -> None:
    stands = standing("MACHINES", info, position)
    assert stands.missing is not None
    assert stands.missing.kind == GAP
    raw = msgspec.json.decode(stands.missing.raw)
    assert (raw["first"], raw["last"]) == (first, last)
    assert stands.place.sequence == after
    assert stands.missing.position == stands.place.position()
    (noted,) = mappings
    (said,) = noted.reads(stands.missing, Known(NatsSettings(servers=("nats://a",))))
    assert isinstance(said, Finding)
    assert said.code == "stream-gap"


def test_what_a_work_queue_no_longer_has_was_done_and_is_no_gap() -> None:
    queue = stream(12, 20, RetentionPolicy.WORK_QUEUE)
    stands = standing("MACHINES", queue, PLACE.position())
    assert stands.missing is None
    assert not stands.keeps


# -- messages as items ----------------------------------------------------------------------------


def test_a_message_keeps_its_digits_its_place_and_its_time() -> None:
    (item,) = read(b'{"id":"e1","v":1.10,"at":"2026-11-23T12:00:00+01:00"}')
    assert item.key == "state/e1"
    assert item.position == PLACE.position()
    assert item.occurred_at == datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert b'"v":1.10' in item.raw
    assert b'"machine":"press-2"' in item.raw


def test_without_a_key_the_place_in_the_stream_tells_facts_apart() -> None:
    (item,) = read(b"{}", key=None, at=None)
    assert item.key == f"MACHINES/{PLACE.made}/7"
    assert item.occurred_at == datetime.fromtimestamp(STORED / 1e9, UTC)


def test_a_header_can_be_the_key() -> None:
    (item,) = read(b"{}", {"Nats-Msg-Id": "x-1"}, key="Nats-Msg-Id")
    assert item.key == "state/x-1"


@given(payload=st.binary(max_size=80))
@pytest.mark.parametrize("form", ["json", "text", "bytes"])
def test_any_payload_is_an_item_that_loses_nothing(form: str, payload: bytes) -> None:
    document = msgspec.json.decode(read(payload, form=form)[0].raw)
    if "unreadable" in document:
        assert b64decode(document["bytes"]) == payload
    elif form == "bytes":
        assert b64decode(document["payload"]) == payload
    elif form == "text":
        assert document["payload"].encode() == payload
    else:
        assert document["payload"] == msgspec.json.decode(payload)


names = st.sampled_from(["ce-id", "CE-Type", "ce-source", "ce-specversion", "content-type", "x"])
words = st.one_of(st.text(max_size=12), st.sampled_from(["1.0", "application/cloudevents+json"]))


@given(payload=st.binary(max_size=60), headers=st.dictionaries(names, words))
def test_any_message_is_cloud_events_or_kept_whole(payload: bytes, headers: dict[str, str]) -> None:
    items = read(payload, headers, "cloudevents")
    assert items[-1].position == PLACE.position()
    assert all(item.position is None for item in items[:-1])
    if items[0].kind == "state":
        assert b64decode(msgspec.json.decode(items[0].raw)["bytes"]) == payload


def test_a_batch_has_its_position_at_its_end() -> None:
    event = '{"specversion":"1.0","source":"/a","type":"t","id":"%s"}'
    batch = f"[{event % 1},{event % 2}]".encode()
    items = read(batch, {"content-type": "application/cloudevents-batch+json"}, "cloudevents")
    assert [item.position for item in items] == [None, PLACE.position()]


# -- what we publish ------------------------------------------------------------------------------

CANCELLED = OrderCancelled(order_id="A-1", reason="jam")


@pytest.mark.parametrize("mode", ["structured", "binary"])
def test_a_canonical_event_goes_out_and_comes_back_as_a_cloud_event(mode: Mode) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    message = written(event_of(CANCELLED), mode, key="k-1", source="/andon", now=now)
    headers = {f"ce-{name}": value for name, value in message.attributes.items()}
    headers["ce-datacontenttype" if headers else "content-type"] = message.content_type
    (item,) = read(message.payload, headers, "cloudevents")
    assert item.kind == CANCELLED.TYPE
    assert item.key == "/andon k-1"
    assert item.occurred_at == now
    raw = msgspec.json.decode(item.raw)
    assert raw["subject"] == "production-order/A-1"
    assert msgspec.convert(raw["data"], OrderCancelled) == CANCELLED


# -- settings and keys ----------------------------------------------------------------------------


async def test_every_mistake_in_the_subjects_is_named_at_once() -> None:
    settings = NatsSettings(
        servers=("nats://a",),
        stream="S",
        subjects={"a": Subject(template="x.*"), "b": Subject(template="x.{y}", at="at")},
    )
    with pytest.raises(SettingsError) as refused:
        await Nats("line", settings).open()
    assert [fault.at for fault in refused.value.faults] == ["subjects.a.template", "subjects.b.at"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"servers": ()}, "servers is empty"),
        ({"servers": ("http://a",)}, "nats://"),
        ({"servers": ("nats://a:b@c",)}, "no password"),
        ({"token": SecretStr("a"), "username": "b"}, "exclude each other"),
        ({"subjects": {"a": Subject(template="a")}}, "set stream"),
        ({"in_flight": 0}, "in_flight"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=says):
        msgspec.convert({"servers": ["nats://a"], **wrong}, NatsSettings)


def test_an_nkey_is_read_from_its_seed_and_signs() -> None:
    signer = signer_of(SecretStr(SEED))
    assert signer.public == PUBLIC
    assert len(b64decode(signer.sign("nonce"))) == 64


@given(text=st.text(max_size=70))
def test_what_is_no_nkey_is_said_without_showing_it(text: str) -> None:
    for reads in (signer_of, signer_of_credentials):
        with pytest.raises(ValueError, match="no"):
            reads(SecretStr(text))


def test_one_wrong_letter_in_a_seed_is_seen() -> None:
    with pytest.raises(ValueError, match="checksum"):
        signer_of(SecretStr(SEED[:20] + ("A" if SEED[20] != "A" else "B") + SEED[21:]))
