"""EPCIS: the standard's own documents, good and bad, and what they mean to us."""

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from andon.connectors.epcis import MAPPINGS, Epcis, EpcisSettings
from andon.connectors.epcis.document import captured_events, document_of, event_faults
from andon.connectors.epcis.event import shape_of
from andon.connectors.epcis.identity import content_id
from andon.connectors.epcis.items import item_of, listed, with_id
from andon.connectors.epcis.mapping import lot_of
from andon.core.connector import Arrival, Item, Push
from andon.core.errors import MappingError
from andon.core.faults import faults_of
from andon.core.mapping import Inbound, Known, Outbound
from andon.core.message import Event
from andon.model.inventory import GoodsIssued, GoodsReceived, LotCreated
from andon.model.quality import HoldPlaced, HoldReleased, PlaceHold

SAMPLES = Path(__file__).parents[2] / "samples"
VALID = sorted((SAMPLES / "epcis-events" / "valid").glob("*.json"))
INVALID = {
    "EPCISDocument_without_context": "",
    "ObjectEvent_with_ilmd_field_without_namespace": "/epcisBody/eventList/0/ilmd/materialType",
    "ObjectEvent_with_invalid_action": "/epcisBody/eventList/0/action",
    "ObjectEvent_with_invalid_eventTime_format": "/epcisBody/eventList/0/eventTime",
    "ObjectEvent_with_non_standard_bizStep": "/epcisBody/eventList/0/bizStep",
    "ObjectEvent_with_quantity_as_text": "/epcisBody/eventList/0/quantityList/0/quantity",
}
VECTORS = sorted((SAMPLES / "epcis-hash").glob("*.jsonld"))
CONTEXT = ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"]
LOT = "urn:epc:class:lgtin:4012345.011111.4444"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EVENTS: list[dict[str, Any]] = [
    event for file in VALID for event in json.loads(file.read_bytes())["epcisBody"]["eventList"]
]
ODD: list[Any] = [
    None, True, -1, 0.5, 1e40, 10**30, "", "x", "a\0b", "0.5", "1E+99", "NaN", "Infinity", [], {},
    [None], "2026-11-23T12:00:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00",
]  # fmt: skip
"""What stands in the place of something, and is good there, or odd."""
BASE: dict[str, Any] = {
    "@context": CONTEXT,
    "type": "ObjectEvent",
    "action": "OBSERVE",
    "eventID": "urn:uuid:1",
    "eventTime": "2026-11-23T12:00:00Z",
    "eventTimeZoneOffset": "+01:00",
    "quantityList": [{"epcClass": LOT, "quantity": 5, "uom": "KGM"}],
}


def door(path: str = "/capture") -> Push:
    """One of a partner's doors."""
    doors = Epcis("partner", EpcisSettings()).doors()
    return next(one for one in doors if isinstance(one, Push) and one.path == path)


def post(document: Any, **headers: str) -> list[Item]:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return list(door().items(Arrival({}, {}, headers, raw)))


def said(event: dict[str, Any]) -> list[Event]:
    """What an event means, by the mappings that come with the connector."""
    (item,) = post(event)
    reads = {m.kind: m for m in MAPPINGS if isinstance(m, Inbound)}[item.kind].reads
    return [one for one in reads(item, Known(EpcisSettings())) if isinstance(one, Event)]


@pytest.mark.parametrize("file", VALID, ids=lambda p: p.stem)
def test_a_good_document_gives_one_item_per_event(file: Path) -> None:
    events = json.loads(file.read_bytes())["epcisBody"]["eventList"]
    items = post(file.read_bytes())
    assert [item.kind for item in items] == [event["type"] for event in events]
    assert len({item.key for item in items}) == len(items)
    assert all(item.occurred_at and item.occurred_at.tzinfo for item in items)
    for item, event in zip(items, events, strict=True):
        kept = json.loads(item.raw)
        assert {name: kept[name] for name in event} == event, "something of the event was lost"


@pytest.mark.parametrize(("name", "place"), INVALID.items(), ids=list(INVALID))
def test_a_bad_document_is_refused_with_the_place_of_its_fault(name: str, place: str) -> None:
    raw = (SAMPLES / "epcis-events" / "invalid" / f"{name}.json").read_bytes()
    with pytest.raises(MappingError) as refused:
        post(raw)
    assert place in [fault.at for fault in refused.value.faults]


def test_every_fault_of_every_event_is_named_at_once() -> None:
    bad = [{**BASE, "action": "CREATE", "bizStep": "shippin"}, {**BASE, "eventTime": "soon"}]
    document = {"@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0"}
    document["epcisBody"] = {"eventList": bad}  # pyright: ignore[reportArgumentType]
    with pytest.raises(MappingError) as refused:
        post(document)
    assert {fault.at for fault in refused.value.faults} == {
        "/epcisBody/eventList/0/action",
        "/epcisBody/eventList/0/bizStep",
        "/epcisBody/eventList/1/eventTime",
    }
    assert any("shipping?" in fault.says for fault in refused.value.faults)


def steps(part: Any, *way: Any) -> Iterator[tuple[Any, ...]]:
    """The way to everything in a document."""
    match part:
        case dict():
            inner = list(cast("dict[str, Any]", part).items())
        case _:
            inner = list(enumerate(cast("list[Any]", part)))
    for step, value in inner:
        yield (*way, step)
        if isinstance(value, dict | list):
            yield from steps(value, *way, step)


@given(st.sampled_from(EVENTS), st.data())
@settings(max_examples=500, deadline=None)
def test_an_event_is_well_only_if_the_schema_of_its_type_finds_no_fault(
    event: dict[str, Any], data: st.DataObject
) -> None:
    """msgspec is asked first; what it takes must be what the schema would take."""
    spoilt: Any = copy.deepcopy(event)
    *way, last = data.draw(st.sampled_from(list(steps(spoilt))))
    around = spoilt
    for step in way:
        around = around[step]
    around[last] = data.draw(st.sampled_from(ODD))
    shape = shape_of(spoilt.get("type"))
    assume(shape is not None)
    (captured,) = captured_events(json.dumps({"@context": CONTEXT, **spoilt}).encode())
    assert set(faults_of(dict(captured.event), shape)) <= set(event_faults(captured))


@pytest.mark.parametrize(
    ("spoilt", "place"),
    [
        ({"eventTime": "9999-12-31T23:59:59-14:00"}, "/eventTime"),
        ({"quantityList": [{"epcClass": LOT, "quantity": 1e40}]}, "/quantityList/0/quantity"),
        ({"andon:note": "a\0b"}, "/andon:note"),
    ],
)
def test_what_cannot_be_kept_is_a_fault(spoilt: dict[str, Any], place: str) -> None:
    context = [*CONTEXT, {"andon": "urn:andon:epcis:"}]
    with pytest.raises(MappingError) as refused:
        post({**BASE, "@context": context, **spoilt})
    assert [fault.at for fault in refused.value.faults] == [place]


def test_a_type_that_is_no_text_is_a_fault_of_the_document() -> None:
    with pytest.raises(MappingError) as refused:
        post({"type": {}})
    assert [fault.at for fault in refused.value.faults] == ["/type"]


@pytest.mark.parametrize("declaration", ["wrong", ["wrong"], 7])
def test_an_error_declaration_of_another_shape_is_left_to_the_mapping(declaration: object) -> None:
    bad = captured_events(json.dumps({**BASE, "errorDeclaration": declaration}).encode())
    assert [item_of(one).key for one in bad] == ["urn:uuid:1"]
    assert [fault.at for fault in event_faults(bad[0])] == ["/errorDeclaration"]


def test_a_sender_may_ask_to_proceed_with_what_is_good() -> None:
    """The bad one comes in too, whole, so that its mapping makes an exception of it."""
    document: dict[str, Any] = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "epcisBody": {"eventList": [BASE, {**BASE, "eventID": "urn:uuid:2", "action": "CREATE"}]},
    }
    good, bad = post(document, **{"GS1-Capture-Error-Behaviour": "proceed"})
    assert not event_faults(captured_events(good.raw)[0])
    mapping = next(m for m in MAPPINGS if isinstance(m, Inbound) and m.kind == "ObjectEvent")
    with pytest.raises(MappingError, match="urn:uuid:2 is no good EPCIS event") as refused:
        list(mapping.reads(bad, Known(EpcisSettings())))
    assert [fault.at for fault in refused.value.faults] == ["/action"]


@pytest.mark.parametrize("file", VECTORS, ids=lambda p: p.stem)
def test_an_event_without_id_gets_the_id_of_its_content(file: Path) -> None:
    document = json.loads(file.read_bytes())
    context: Any = document["@context"]
    body: Any = document["epcisBody"]
    events = body["eventList"] if "eventList" in body else [body["event"]]
    ids = [content_id(one, listed(context)) for one in events]
    assert ids == file.with_suffix(".hashes").read_text().split()


def test_no_address_of_a_sender_is_ever_fetched() -> None:
    """An event may name any context; hashing it must not go there."""
    bare = {name: value for name, value in BASE.items() if name not in ("eventID", "@context")}
    assert content_id(bare, ["http://127.0.0.1:9/evil.jsonld"]) == content_id(bare, CONTEXT)
    for hostile in (
        {"@import": "http://127.0.0.1:9/x"},
        {"ex": {"@context": "http://127.0.0.1:9"}},
    ):
        with pytest.raises(MappingError, match="no plain prefix"):
            content_id(bare, [hostile])


def test_the_same_event_under_one_id_taken_back_is_another_item() -> None:
    declared = {"declarationTime": "2026-11-24T00:00:00Z"}
    (first,), (second,) = post(BASE), post({**BASE, "errorDeclaration": declared})
    assert first.key != second.key
    with pytest.raises(MappingError, match="taken back by its sender"):
        said({**BASE, "errorDeclaration": declared})


def test_commissioning_creates_the_lot() -> None:
    event = {**BASE, "bizStep": "commissioning", "action": "ADD"}
    assert said(event) == [LotCreated(lot_id="4444", material_id="4012345.011111")]


def test_a_hold_stands_until_it_is_taken_back() -> None:
    held = {**BASE, "bizStep": "holding", "persistentDisposition": {"set": ["non_sellable_other"]}}
    free = {
        **BASE,
        "bizStep": "accepting",
        "persistentDisposition": {"unset": ["non_sellable_other"], "set": ["conformant"]},
    }
    (placed,), (released,) = said(held), said(free)
    assert isinstance(placed, HoldPlaced)
    assert placed.lot_id == "4444"
    assert isinstance(released, HoldReleased)


def test_receiving_and_shipping_move_stock_with_its_unit() -> None:
    order = [{"type": "prodorder", "bizTransaction": "https://erp.example/prodorder/1001"}]
    (received,) = said({**BASE, "bizStep": "receiving", "bizTransactionList": order})
    (issued,) = said({**BASE, "bizStep": "shipping"})
    assert isinstance(received, GoodsReceived)
    assert str(received.quantity) == "5 KGM"
    assert received.order_id == "1001"
    assert isinstance(issued, GoodsIssued)


def test_a_transformation_consumes_and_produces() -> None:
    event = {name: value for name, value in BASE.items() if name not in ("action", "quantityList")}
    event |= {
        "type": "TransformationEvent",
        "inputQuantityList": [{"epcClass": LOT, "quantity": 10, "uom": "KGM"}],
        "outputQuantityList": [
            {"epcClass": "https://id.gs1.org/01/09521141012345/10/L7", "quantity": 3}
        ],
    }
    issued, received = said(event)
    assert isinstance(issued, GoodsIssued)
    assert isinstance(received, GoodsReceived)
    assert (received.material_id, received.lot_id) == ("09521141012345", "L7")
    assert str(received.quantity) == "3 C62"


@pytest.mark.parametrize(
    ("name", "lot"),
    [
        (LOT, ("4012345.011111", "4444")),
        ("https://id.gs1.org/01/09521141012345/10/L7?17=261231", ("09521141012345", "L7")),
        ("urn:epc:idpat:sgtin:4012345.066666.*", None),
        ("urn:epc:class:lgtin:4012345.011111", None),
        ("urn:epc:class:lgtin:0614EPCISDoc", None),  # found by fuzzing
        ("urn:epc:class:lgtin:4012345.011111.", None),
        ("nonsense", None),
    ],
)
def test_a_lot_is_told_by_its_class(name: str, lot: tuple[str, str] | None) -> None:
    assert lot_of(name) == lot


@given(
    raw=st.binary(max_size=60)
    | st.sampled_from(VALID)
    .map(Path.read_bytes)
    .flatmap(lambda raw: st.integers(0, len(raw)).map(lambda n: raw[:n]))
)
@settings(max_examples=300)
def test_any_bytes_are_items_or_a_fault(raw: bytes) -> None:
    try:
        items = post(raw)
    except MappingError as error:
        named, items = bool(error.faults), []
    else:
        named = True
    assert named, "refused without a place"
    assert all(isinstance(msgspec.json.decode(item.raw), dict) for item in items)


def test_nesting_without_end_is_a_fault() -> None:
    with pytest.raises(MappingError):
        post(b'{"type":"ObjectEvent","a":' + b"[" * 100_000 + b"]" * 100_000 + b"}")


def test_a_hold_without_a_time_has_happened_when_it_is_sent_and_is_known_again() -> None:
    (place,) = (one for one in MAPPINGS if isinstance(one, Outbound) and one.command is PlaceHold)
    command = PlaceHold(lot_id="material-lot/partner:x", reason="cracks")
    event = place.writes(command, Known(EpcisSettings(), local=LOT)).body
    first, second = (with_id(event, "key", at=NOON + timedelta(minutes=n)) for n in (0, 1))
    assert [first["eventTime"], second["eventTime"]] == [
        "2026-11-23T12:00:00.000Z",
        "2026-11-23T12:01:00.000Z",
    ]
    assert first["eventID"] == second["eventID"]
    assert with_id(event, "another key", at=NOON)["eventID"] != first["eventID"]
    (captured,) = captured_events(msgspec.json.encode(document_of([first], created_at=NOON)))
    assert event_faults(captured) == []
