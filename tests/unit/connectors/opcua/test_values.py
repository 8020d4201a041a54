"""Values, places and settings of OPC UA without a server."""

import math
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import msgspec
import pytest
from asyncua import ua as _ua
from hypothesis import given
from hypothesis import strategies as st

from andon.connectors.opcua import NodeGroup, OpcUaSettings
from andon.connectors.opcua.library import ua
from andon.connectors.opcua.place import Place
from andon.connectors.opcua.settings import faults_of
from andon.connectors.opcua.values import Unfit, item_of, overflowed, plain, variant
from andon.core.secret import SecretStr

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def read(value: Any, kind: str = "Double", **more: Any) -> Any:
    return ua.DataValue(ua.Variant(value, ua.VariantType[kind]), SourceTimestamp=NOON, **more)


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        (1.5, 1.5),
        (math.inf, "inf"),
        (b"\x00\xff", "AP8="),
        (NOON.replace(tzinfo=None), "2026-07-01T12:00:00+00:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (ua.NodeId("x", 2), "ns=2;s=x"),
        (ua.LocalizedText("Presse"), "Presse"),
        (ua.QualifiedName("x", 3), "3:x"),
        (ua.StatusCode(ua.StatusCodes.BadTimeout), "BadTimeout"),
        (_ua.NodeClass.Object, "Object"),
        ([1, [2.5, None]], [1, [2.5, None]]),
        (2**63, 2**63),
        ("caf\udce9", {"text": "caf\ufffd", "bytes": "Y2Fm6Q=="}),
        (ua.StatusCode(0x80FF0000), "Bad 0x80FF0000"),
        (ua.ExtensionObject(TypeId=ua.NodeId(7, 4), Body=b"\x01"),
         {"structure": "ns=4;i=7", "bytes": "AQ=="}),
        (ua.Range(0, 10), {"Low": 0, "High": 10}),
    ],
)  # fmt: skip
def test_every_value_has_a_form_in_json(value: Any, becomes: Any) -> None:
    assert plain(value) == becomes
    msgspec.json.encode(plain(value))


def test_a_history_and_a_subscription_give_one_fact_one_key() -> None:
    one = item_of("force", "n", read(1.5, ServerTimestamp=NOON))
    later = item_of("force", "n", read(1.5, ServerTimestamp=NOON + timedelta(seconds=1)))
    assert one.key == later.key
    assert one.occurred_at == NOON
    others = [
        read(1.25), read(1.5, StatusCode=ua.StatusCode("UncertainLastUsableValue")),
        read(2, "Int32"),
    ]  # fmt: skip
    assert len({one.key, *(item_of("force", "n", other).key for other in others)}) == 4


def test_a_reading_without_any_time_has_a_key_of_its_own() -> None:
    bare = ua.DataValue(ua.Variant(1.5))
    keys = {item_of("force", "n", bare, otherwise=f"1.{n}").key for n in range(3)}
    assert len(keys) == 3


def test_a_queue_that_ran_over_is_seen() -> None:
    assert overflowed(read(1.0, StatusCode=ua.StatusCode(0x480)))
    assert not overflowed(read(1.0))
    item = item_of("force", "n", read(1.0, StatusCode=ua.StatusCode(0x480)))
    assert msgspec.json.decode(item.raw)["status"] == "Good"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"type": "Int32", "value": True}, None),
        ({"type": "Byte", "value": -1}, None),
        ({"type": "UInt64", "value": 2**64}, None),
        ({"type": "ByteString", "value": "no base64!"}, None),
        ({"type": "Guid", "value": "x"}, None),
        ({"type": "DateTime", "value": "2026-07-01T12:00:00"}, None),
        ({"type": "Variant", "value": 1}, None),
        ({"type": "Int32", "value": [1, "x"]}, None),
        ({"type": "String", "value": 5}, None),
        ({"type": "Boolean", "value": 1}, None),
        ({"type": "Float", "value": 1e300}, None),
        ({"type": "Double", "value": 10**400}, None),
        ({"type": "NodeId", "value": "ns=70000;i=1"}, None),
        (5, None),
        ("5", "Int32"),
    ],
)
def test_what_does_not_fit_is_refused(body: Any, kind: str | None) -> None:
    with pytest.raises(Unfit):
        variant(body, ua.VariantType[kind] if kind else None)


def test_what_fits_is_written_exactly() -> None:
    assert variant({"type": "UInt64", "value": 2**64 - 1}).Value == 2**64 - 1
    assert variant({"type": "Double", "value": "nan"}).Value != 0
    assert variant(["a", "b"], ua.VariantType.String).Value == ["a", "b"]
    moment = datetime(2026, 7, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    assert variant({"type": "DateTime", "value": moment.isoformat()}).Value == NOON


BODIES: st.SearchStrategy[Any] = st.deferred(
    lambda: SCALARS | st.lists(BODIES, max_size=4) | TABLES
)
TABLES: st.SearchStrategy[Any] = st.dictionaries(
    st.sampled_from(["type", "value", "x"]), BODIES, max_size=3
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()


@given(
    body=st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_any_body_fits_or_is_refused(body: Any) -> None:
    for kind in ("Int16", "Float", "String", "DateTime", "Guid", "ByteString", "NodeId"):
        with suppress(Unfit):
            ua.ua_binary.variant_to_binary(variant(body, ua.VariantType[kind]))


def test_a_place_goes_on_at_its_instant_and_never_back() -> None:
    place = Place("", "w")
    assert place.news("n", "a", NOON)
    assert not place.news("n", "a", NOON)
    assert place.news("n", "b", NOON)
    assert place.news("n", "c", NOON - timedelta(hours=1))
    again = Place(str(place), "w")
    assert again.at("n", None) == NOON
    assert again.news("n", "a", NOON), "what stands at the instant itself is read again"
    assert not again.fresh


def test_a_place_of_other_settings_keeps_its_times_and_forgets_the_subscription() -> None:
    place = Place("", "w")
    place.news("n", "a", NOON)
    place.feed, place.number = 7, 9
    assert Place.number_of(str(place)) == (7, 9)
    other = Place(str(place), "other")
    assert (other.feed, other.number) == (0, 0)
    assert other.at("n", None) == NOON


RIGHT: dict[str, Any] = {
    "url": "opc.tcp://press-2:4840",
    "security": "None",
    "anonymous": True,
}


@pytest.mark.parametrize(
    ("other", "at"),
    [
        ({"url": "http://press-2"}, ["url"]),
        ({"url": "opc.tcp://me:secret@press-2"}, ["url"]),
        ({"security": "Sign"}, ["certificate", "key", "trusted"]),
        ({"anonymous": False}, ["username"]),
        ({"username": "andon", "password": SecretStr("x")}, ["username"]),
        ({"anonymous": False, "username": "andon"}, ["password"]),
        ({"anonymous": False, "user_certificate": "u.pem"}, ["user_key"]),
        ({"jobs": {"job": "nonsense"}}, ["jobs.job"]),
        ({"nodes": {"x": NodeGroup(ids=("ns=2;s=ok", "x", "ns=a;i=b"))}},
         ["nodes.x.ids.1", "nodes.x.ids.2"]),
        ({"nodes": {"x": NodeGroup(ids=(), queue=0, deadband=-1, since=NOON.replace(tzinfo=None))}},
         ["nodes.x.since", "nodes.x.queue", "nodes.x.deadband"]),
        ({"nodes": {"x": NodeGroup(ids=(), deadband=1, deadband_percent=1)}}, ["nodes.x.deadband"]),
    ],
)  # fmt: skip
def test_every_mistake_of_the_settings_is_named(other: dict[str, Any], at: list[str]) -> None:
    faults = faults_of(OpcUaSettings(**{**RIGHT, **other}))
    assert [fault.at for fault in faults] == at
    assert "secret" not in str([fault.says for fault in faults])


def test_right_settings_have_no_mistake() -> None:
    assert faults_of(OpcUaSettings(**RIGHT)) == []


def test_a_structure_whose_type_is_no_utf8_is_said_with_its_bytes() -> None:
    # Found by fuzzing.
    structure = ua.ExtensionObject(TypeId=ua.NodeId("x\udcf8", 2), Body=b"\x01")
    said = plain(structure)
    assert said["structure"]["text"] == "ns=2;s=x\N{REPLACEMENT CHARACTER}"
    assert msgspec.json.encode(said)
