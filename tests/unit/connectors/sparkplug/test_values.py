"""Every data type there and back; payloads that are none."""

import gzip
import zlib
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.connectors.sparkplug.addresses import spoken
from andon.connectors.sparkplug.datatypes import NUMBERS, SIGNED, UNSIGNED, named, packed, unpacked
from andon.connectors.sparkplug.device import Device, Moment
from andon.connectors.sparkplug.news import Watched
from andon.connectors.sparkplug.payloads import COMPRESSED, read_payload
from andon.connectors.sparkplug.said import Said
from andon.connectors.sparkplug.schema import Holder, Metric, Payload, new_payload
from andon.connectors.sparkplug.values import properties_of, value_of
from andon.connectors.sparkplug.writing import put, put_metric
from andon.core.errors import MappingError
from tests.unit.connectors.sparkplug.plant import LINE, NOON

TABLE = {
    "columns": ["step", "done"],
    "types": ["Int16", "Boolean"],
    "rows": [[-1, True], [2, None]],
}
PUMP = {
    "ref": "Pump", "version": "2", "definition": False,
    "parameters": {"pole": {"type": "UInt8", "value": 4}},
    "metrics": {"speed": {"type": "Float", "value": 0.1}, "on": {"type": "Boolean", "value": None}},
}  # fmt: skip
VALUES: list[tuple[str, Any]] = [
    *((named(n), v) for n, b in SIGNED.items() for v in (-(1 << b - 1), -1, (1 << b - 1) - 1)),
    *((named(n), v) for n, bits in UNSIGNED.items() for v in (0, (1 << bits) - 1)),
    ("Float", 0.1), ("Float", "NaN"), ("Double", 1 / 3), ("Double", "-Infinity"),
    ("Boolean", True), ("Boolean", False), ("String", "Größe"), ("Text", ""),
    ("UUID", "7d444840-9dc0-11d1-b245-5ffdce74fad2"), ("DateTime", "2026-11-23T12:00:00.123Z"),
    ("Bytes", "AAEC/w=="), ("File", "aGVsbG8="), ("DataSet", TABLE), ("Template", PUMP),
    ("Int8Array", [-128, 127]), ("Int16Array", [-2, 3]), ("Int32Array", []),
    ("Int64Array", [-(1 << 63)]), ("UInt8Array", [255]), ("UInt16Array", [65535]),
    ("UInt32Array", [1 << 31]), ("UInt64Array", [(1 << 64) - 1]), ("FloatArray", [0.1, 2.5]),
    ("DoubleArray", [1 / 3, "NaN"]), ("BooleanArray", [True, False] * 5),
    ("StringArray", ["a", "", "ö"]), ("DateTimeArray", ["2026-11-23T12:00:00.000Z"]),
]  # fmt: skip


def parsed(metric: Metric) -> Metric:
    payload = new_payload()
    payload.metrics.append(metric)
    (found,) = read_payload(payload.SerializeToString(), largest=1 << 20).metrics
    return found


@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_a_value_of_every_type_goes_there_and_comes_back(kind: str, value: Any) -> None:
    if kind == "DoubleArray":
        value = [1 / 3, float("inf")]
    metric = new_payload().metrics.add()
    put_metric(metric, NUMBERS[kind], value)
    found = value_of(cast("Holder", parsed(metric)), NUMBERS[kind])
    assert found == (value if kind != "DoubleArray" else [1 / 3, "Infinity"])
    assert msgspec.json.decode(msgspec.json.encode(found)) == found


def test_every_type_of_the_standard_is_tried() -> None:
    not_of_metrics = {"Unknown", "PropertySet", "PropertySetList"}
    assert {kind for kind, _ in VALUES} == NUMBERS.keys() - not_of_metrics


@pytest.mark.parametrize("field", ["int_value", "long_value"])
@pytest.mark.parametrize(
    ("kind", "wire", "value"),
    [
        ("Int8", 0xFF, -1), ("Int8", 0xFFFFFF80, -128), ("Int16", 0xFFFE, -2),
        ("Int16", 0xFFFFFFFE, -2), ("Int32", 0xFFFFFFFF, -1), ("UInt32", 0xFFFFFFFF, 0xFFFFFFFF),
        ("UInt8", 200, 200),
    ],
)  # fmt: skip
def test_two_complements_are_read_however_far_the_sign_goes(
    field: str, kind: str, wire: int, value: int
) -> None:
    metric = new_payload().metrics.add()
    setattr(metric, field, wire)
    assert value_of(cast("Holder", metric), NUMBERS[kind]) == value


@pytest.mark.parametrize(
    ("kind", "field", "wire"),
    [
        ("Int8", "int_value", 300), ("UInt8", "int_value", 256), ("Int16", "int_value", 0x1FFFF),
        ("Boolean", "int_value", 1), ("Int32", "string_value", "7"), ("String", "int_value", 7),
        ("DateTime", "long_value", (1 << 64) - 1), ("Int16Array", "bytes_value", b"123"),
        ("BooleanArray", "bytes_value", b"\x09\0\0\0\1"), ("BooleanArray", "bytes_value", b"\1"),
        ("StringArray", "bytes_value", b"open"), ("StringArray", "bytes_value", b"\xff\0"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_its_type_is_refused(kind: str, field: str, wire: Any) -> None:
    metric = new_payload().metrics.add()
    setattr(metric, field, wire)
    with pytest.raises(ValueError, match=r"."):
        value_of(cast("Holder", metric), NUMBERS[kind])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("Int8", 128), ("UInt8", -1), ("UInt64", 1 << 64), ("Int32", 1.5), ("Int32", True),
        ("Boolean", 1), ("String", 5), ("Float", 1e39), ("Double", "many"), ("Bytes", "#"),
        ("DateTime", "2026-11-23T12:00:00"), ("DateTime", "soon"), ("Int8Array", [128]),
        ("Int8Array", "12"), ("StringArray", ["a\0b"]), ("StringArray", [1]),
        ("DataSet", {"columns": ["a"], "types": []}), ("PropertySet", {}),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_not_written(kind: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        put_metric(new_payload().metrics.add(), NUMBERS[kind], value)


def test_null_is_null_whatever_its_type() -> None:
    metric = new_payload().metrics.add()
    put_metric(metric, NUMBERS["Int32"], None)
    assert metric.is_null
    assert metric.WhichOneof("value") is None


def test_properties_nest() -> None:
    held = new_payload().metrics.add().properties
    for key in ("unit", "limits", "none"):
        held.keys.append(key)
    put(unit := held.values.add(), NUMBERS["String"], "mm")
    unit.type = NUMBERS["String"]
    inner = held.values.add().propertysets_value.propertyset.add()
    inner.keys.append("high")
    put(high := inner.values.add(), NUMBERS["Double"], 9.5)
    high.type = NUMBERS["Double"]
    held.values.add().is_null = True
    assert properties_of(held) == {"unit": "mm", "limits": [{"high": 9.5}], "none": None}
    held.keys.append("odd")
    with pytest.raises(ValueError, match="4 keys of properties for 3 values"):
        properties_of(held)


def compressed(body: bytes) -> bytes:
    payload = new_payload()
    payload.uuid, payload.body = COMPRESSED, body
    return payload.SerializeToString()


def test_compressed_payloads_are_read_by_gzip_and_deflate() -> None:
    payload = new_payload()
    payload.seq = 7
    inner = payload.SerializeToString()
    for squeeze in (gzip.compress, zlib.compress):
        assert read_payload(compressed(squeeze(inner)), largest=1000).seq == 7


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x0a", "no Sparkplug B payload"),
        (b"\0" * 2000, "longer than 1,000 bytes"),
        (compressed(b"not zlib"), "compressed body cannot be read"),
        (compressed(gzip.compress(b"\x18\x07" * 9, mtime=0)[:-12]), "breaks off"),
        (compressed(gzip.compress(b"\x18\x07" * 40_000, mtime=0)), "longer than 1,000 bytes"),
        (compressed(gzip.compress(compressed(b""), mtime=0)), "compressed twice"),
    ],
)
def test_what_is_no_payload_says_why(data: bytes, says: str) -> None:
    with pytest.raises(MappingError, match=says):
        read_payload(data, largest=1000)


@given(st.lists(st.booleans()))
def test_booleans_are_packed_eight_to_a_byte(values: list[bool]) -> None:
    data = packed(values, NUMBERS["BooleanArray"])
    assert len(data) == 4 + (len(values) + 7) // 8
    assert unpacked(data, NUMBERS["BooleanArray"]) == values


def read_by_a_host(payload: Payload) -> None:
    device = Device(LINE, lambda _a, _m: Watched("any", 0.5, 0.0, ("State",)))
    said: list[Said] = []
    device.birth(payload, Moment(1.0, NOON), said)
    device.data(payload, Moment(2.0, NOON), said)
    device.death(Moment(3.0, NOON), said)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_payload_or_refused(data: bytes) -> None:
    try:
        payload = read_payload(data, largest=1000)
    except MappingError:
        return
    read_by_a_host(payload)


@given(st.integers(0, 40), st.binary(max_size=12), st.integers(0, (1 << 64) - 1), st.booleans())
def test_any_metric_is_read_or_told_as_odd(
    kind: int, data: bytes, number: int, named: bool
) -> None:
    payload = new_payload()
    for field, value in (
        ("bytes_value", data),
        ("long_value", number),
        ("int_value", number >> 32),
    ):
        metric = payload.metrics.add()
        metric.datatype = kind
        setattr(metric, field, value)
        metric.timestamp = number
        if named:
            metric.name = field
    read_by_a_host(payload)


def test_a_name_that_is_no_text_is_told() -> None:
    payload = read_payload(b"\x12\x04\x0a\x02\xff\xfe", largest=1000)
    device = Device(LINE, lambda _a, _m: None)
    said: list[Said] = []
    device.birth(payload, Moment(1.0, NOON), said)
    assert len(said) == 1


@pytest.mark.parametrize(
    ("topic", "address"),
    [
        ("spBv1.0/G/NBIRTH/n", "G/n"), ("spBv1.0/G/DDATA/n/d", "G/n/d"),
        ("spBv1.0/G/NDATA/n/d", None), ("spBv1.0/G/DDATA/n", None), ("spBv1.0/STATE/x", None),
        ("spBv1.0/G/NCMD/n", None), ("spAv1.0/G/NBIRTH/n", None), ("spBv1.0//NBIRTH/n", None),
    ],
)  # fmt: skip
def test_a_topic_says_who_speaks(topic: str, address: str | None) -> None:
    found = spoken(topic)
    assert (None if found is None else str(found.address)) == address
