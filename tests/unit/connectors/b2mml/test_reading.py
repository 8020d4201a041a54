"""What documents hold, and what becomes of those that are odd, broken or hostile."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from andon.connectors._folders.rows import Asks, Broken, Row
from andon.connectors.b2mml import words
from andon.connectors.b2mml.items import items_of, rows_of
from andon.connectors.b2mml.reading import facts_in, looked_through, nouns_in
from andon.connectors.b2mml.schema import schema
from andon.connectors.b2mml.shape import element_of, json_of
from andon.core.errors import MappingError
from tests.unit.connectors.b2mml.documents import SAMPLES, SPACE, bod, item, request, said

SCHEMA = Path(words.__file__).parent / "schema"
XSD = "{http://www.w3.org/2001/XMLSchema}"


def test_every_noun_of_the_schema_is_known_and_no_other() -> None:
    names = {
        str(one.get("name"))
        for file in SCHEMA.glob("B*.xsd")
        for one in etree.parse(str(file)).getroot().findall(f"{XSD}element")
    }
    nouns = {parts[1] for name in names if (parts := words.split(name)) and parts[1] in names}
    assert nouns <= words.NOUNS
    assert all(f"Sync{noun}" in names or f"Get{noun}" in names for noun in words.NOUNS)


def test_what_is_a_list_may_come_again_by_the_schema() -> None:
    again = {
        str(one.get("name"))
        for file in SCHEMA.glob("B*.xsd")
        for one in etree.parse(str(file)).getroot().iter(f"{XSD}element")
        if one.get("maxOccurs") == "unbounded"
    }
    assert words.LISTS - again == {"ParameterChild"} - again


def test_a_schedule_is_one_item_for_each_of_its_orders_with_the_header() -> None:
    data = "<ID>S-7</ID><ScheduleState>Released</ScheduleState>" + request("1") + request("2")
    items = items_of(bod("Process", "OperationsSchedule", data, wants="Always"))
    assert [one.kind for one in items] == ["OperationsRequest"] * 2
    assert [one.key for one in items] == ["MES-B/B-1/1", "MES-B/B-1/2"]
    assert [one.mirror for one in items] == ["OperationsRequest/1", "OperationsRequest/2"]
    assert said(items[1])["header"] == {"ID": "S-7", "ScheduleState": "Released"}
    assert said(items[1])["document"] == {
        "verb": "Process",
        "noun": "OperationsSchedule",
        "sender": "MES-B",
        "bod": "B-1",
        "created_at": "2026-11-25T06:00:00Z",
        "wants": "Always",
    }
    assert items[0].occurred_at is not None


def test_the_same_document_has_the_same_keys_also_without_an_id() -> None:
    whole = bod("Sync", "OperationsSchedule", "<ID>S</ID>" + request("1"))
    bare = whole.replace(b"<BODID>B-1</BODID>", b"")
    assert [one.key for one in items_of(whole)] == [one.key for one in items_of(whole)]
    assert [one.key for one in items_of(bare)] == [one.key for one in items_of(bare)]
    assert items_of(bare)[0].key != items_of(bare.replace(b"10", b"11"))[0].key


def test_a_field_document_of_v0401_is_read_in_the_words_of_v0700() -> None:
    one = item((SAMPLES / "PRO-20121210181416-27942.xml").read_bytes())
    assert one.kind == "OperationsRequest"
    body = said(one)["body"]
    assert said(one)["document"]["release"] == "V0401"
    assert said(one)["document"]["noun"] == "OperationsSchedule"
    first = body["SegmentRequirement"][0]
    assert first["MaterialRequirement"][0]["Description@languageID"] == "F"
    weighing = first["SegmentRequirementChild"][0]
    assert weighing["ProcessSegmentID"] == "Weighing"
    assert len(weighing["MaterialRequirement"]) == 4
    assert weighing["SegmentRequirementChild"][0]["MaterialRequirement"][1]["Quantity"] == [
        {"QuantityString": "2152.3", "DataType": "decimal", "UnitOfMeasure": "KG"}
    ]


def test_a_lot_of_v0401_stands_below_its_material() -> None:
    one = item((SAMPLES / "LOT-20121210170718-0001L0001.xml").read_bytes())
    assert one.kind == "MaterialLot"
    assert said(one)["header"] == {"ID": "CRBN0001"}
    assert said(one)["body"]["MaterialLotProperty"][0]["ID"] == "ExpiryDate"


def test_an_answer_is_one_item_with_its_codes() -> None:
    criteria = (
        "<OriginalApplicationArea><CreationDateTime>2026-11-25T05:00:00Z</CreationDateTime>"
        "<BODID>our-id</BODID></OriginalApplicationArea><ResponseCriteria><ResponseExpression"
        ' actionCode="Modified">/a</ResponseExpression><ChangeStatus><Description>least is 20'
        "</Description><ReasonCode>MIN</ReasonCode></ChangeStatus></ResponseCriteria>"
    )
    data = "<ID>S</ID>" + request("1") + request("2")
    one = item(bod("Acknowledge", "OperationsSchedule", data, said=criteria))
    assert one.kind == "Acknowledge"
    document = said(one)["document"]
    assert document["answers"] == "our-id"
    assert document["criteria"] == [{"code": "Modified", "at": "/a", "says": "least is 20 (MIN)"}]
    assert len(said(one)["body"]["OperationsSchedule"][0]["OperationsRequest"]) == 2


def test_a_noun_without_a_verb_and_one_that_is_a_fact_itself_are_read() -> None:
    bare = f'<MaterialLot xmlns="{SPACE}"><ID>L1</ID></MaterialLot>'.encode()
    assert said(item(bare))["body"] == {"ID": "L1"}
    lots = bod("Sync", "MaterialLot", "<ID>L1</ID><MaterialSubLot><ID>1</ID></MaterialSubLot>")
    assert said(item(lots))["body"] == {"ID": "L1", "MaterialSubLot": [{"ID": "1"}]}
    empty = bod("Cancel", "OperationsSchedule", "<ID>S-7</ID>")
    assert item(empty).kind == "OperationsSchedule"


def test_attributes_of_leaves_that_come_again_keep_their_places() -> None:
    xml = (
        f'<Note xmlns="{SPACE}"><Description>a</Description><Description languageID="de">b'
        f'</Description><Description>c</Description><State OtherValue="x">Other</State></Note>'
    )
    body = json_of(etree.fromstring(xml), "Note")
    assert body == {
        "Description": ["a", "b", "c"],
        "Description@languageID": [None, "de", None],
        "State": "Other",
        "State@OtherValue": "x",
    }
    assert json_of(element_of("Note", body), "Note") == body


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
NAMES = st.sampled_from(["ID", "Description", "Status", "HierarchyScope"])
BODIES: st.SearchStrategy[Any] = st.recursive(
    TEXTS,
    lambda inner: (
        st.dictionaries(NAMES, inner, min_size=1, max_size=3)
        | st.fixed_dictionaries({"Quantity": st.lists(st.dictionaries(NAMES, TEXTS, min_size=1))})
    ),
    max_leaves=8,
)


@given(st.dictionaries(NAMES, BODIES, min_size=1))
def test_what_is_written_reads_as_it_was(body: dict[str, Any]) -> None:
    def without_empty(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: without_empty(v) for k, v in value.items() if v != []}  # pyright: ignore[reportUnknownVariableType]
        return value

    plain = without_empty(body)
    again = json_of(element_of("MaterialLot", plain), "MaterialLot")
    assert again == _as_read(plain)


def _as_read(value: Any) -> Any:
    """An object without anything in it is an empty text."""
    if isinstance(value, dict):
        return {k: _as_read(v) for k, v in value.items()} or ""  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [_as_read(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
    return value


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + f']><SyncMaterialLot xmlns="{SPACE}"><DataArea>&j;</DataArea></SyncMaterialLot>'
)
OUTSIDE = (
    '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    f'<SyncMaterialLot xmlns="{SPACE}"><DataArea><MaterialLot><ID>&f;</ID></MaterialLot></DataArea>'
    "</SyncMaterialLot>"
)
GOOD = bod("Process", "OperationsSchedule", "<ID>S</ID>" + request("1") + request("2"))


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b"", "no element"),
        (b"UNA:+.? '", "line 1"),
        (GOOD[:-30], "line 1, column"),
        (GOOD.replace(b"UTF-8", b"UTF-16"), "line 1"),
        (GOOD.replace(b"PUMP", b"P\xfcmpe"), "line 1, column"),
        (BOMB.encode(), "entity amplification"),
        (OUTSIDE.encode(), "DOCTYPE"),
        (b"<a>" * 300 + b"</a>" * 300, "line 1"),
        (b'<ProcessPurchaseOrder xmlns="http://www.openapplications.org/oagis/10"/>', "openapp"),
        (f'<SyncUnicorn xmlns="{SPACE}"/>'.encode(), "SyncUnicorn is neither a noun"),
        (f'<SyncMaterialLot xmlns="{SPACE}"/>'.encode(), "no noun"),
    ],
    ids=["empty", "edifact", "truncated", "declared-utf-16", "latin-1", "bomb", "outside", "deep",
         "oagis", "unknown-noun", "nothing"],
)  # fmt: skip
def test_a_document_that_cannot_be_read_is_refused_with_its_place(
    document: bytes, says: str
) -> None:
    for judged in (False, True):
        with pytest.raises(MappingError) as raised:
            items_of(document, judged=judged)
        words = f"{raised.value} {[str(one) for one in raised.value.faults]}"
        assert says in words
        (row,) = rows_of(BytesIO(document), judged=judged)
        assert isinstance(row, Broken)
        assert says in row.says


def test_a_name_that_begins_with_a_colon_is_refused_with_its_place() -> None:
    """The parser shows such an element before it complains of it."""
    document = bod("Sync", "MaterialLot", "<ID>L</ID>").replace(b"DataArea", b":DataArea")
    with pytest.raises(MappingError, match="to its end") as raised:
        items_of(document)
    assert "line 1" in str(raised.value.faults[0])


@pytest.mark.parametrize("judged", [False, True])
def test_half_a_document_says_nothing_though_its_first_orders_are_whole(judged: bool) -> None:
    orders = "<ID>S</ID>" + request("1") + request("2")
    whole = bod("Process", "OperationsSchedule", orders, wants="OnError")
    rows = list(rows_of(BytesIO(whole[: whole.rindex(b"<OperationsRequest>") + 40]), judged=judged))
    assert [type(row) for row in rows] == [Broken]
    assert [type(row) for row in rows_of(BytesIO(whole), judged=judged)] == [Asks, Row, Row]


@pytest.mark.parametrize("judged", [False, True])
def test_one_fact_that_is_too_large_is_refused_before_the_first_counts(judged: bool) -> None:
    large = request("2").replace("</ID>", f"</ID><Description>{'x' * 8_200_000}</Description>", 1)
    document = bod("Sync", "OperationsSchedule", "<ID>S</ID>" + request("1") + large)
    rows = list(rows_of(BytesIO(document), judged=judged))
    assert [type(row) for row in rows] == [Broken]


def test_one_that_asks_for_an_answer_says_so_first() -> None:
    document = bod("Process", "MaterialLot", "<ID>L</ID>", wants="OnError")
    rows = list(rows_of(BytesIO(document)))
    assert [type(row) for row in rows] == [Asks, Row]


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_any_bytes_are_facts_or_one_of_our_errors(document: bytes) -> None:
    try:
        items_of(document)
    except MappingError:
        return


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
@settings(max_examples=300)
def test_a_changed_byte_is_facts_or_one_of_our_errors(at: int, byte: int) -> None:
    document = bytearray(GOOD)
    document[at] = byte
    try:
        looked_through(BytesIO(bytes(document)))
        items_of(bytes(document))
        nouns_in(bytes(document))
    except MappingError:
        return


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
@settings(max_examples=100)
def test_who_is_judged_is_refused_in_the_same_words_where_it_cannot_be_read(
    at: int, byte: int
) -> None:
    document = bytearray(GOOD)
    document[at] = byte
    plain, judged = (_refusal(bytes(document), judged=judged) for judged in (False, True))
    assert plain in (None, judged)


def _refusal(document: bytes, *, judged: bool) -> str | None:
    try:
        items_of(document, judged=judged)
    except MappingError as error:
        return f"{error} {error.faults}"
    return None


GROWTH = """
import io, resource, sys
from andon.connectors.b2mml.items import rows_of
def most(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
list(rows_of(io.BytesIO(b"<a/>")))
before = most()
with open(sys.argv[1], "rb") as file:
    print(sum(1 for _ in rows_of(file)), most() - before)
"""


def test_a_document_of_10_000_orders_takes_the_memory_of_a_few(tmp_path: Path) -> None:
    data = "<ID>S</ID>" + "".join(request(str(n)) for n in range(10_000))
    (tmp_path / "large.xml").write_bytes(bod("Sync", "OperationsSchedule", data))
    told = subprocess.run(
        [sys.executable, "-c", GROWTH, str(tmp_path / "large.xml")],
        check=True,
        capture_output=True,
    )
    count, grown = map(int, told.stdout.split())
    assert count == 10_000
    assert grown < 10_000  # kB on Linux; all of it as a tree takes 28,000


def test_the_sample_documents_are_judged_by_their_own_release_only() -> None:
    assert schema() is schema()
    for file in SAMPLES.glob("*.xml"):
        assert items_of(file.read_bytes(), judged=True)
    with pytest.raises(MappingError) as raised:
        items_of(bod("Sync", "MaterialLot", "<Lot>7</Lot>"), judged=True)
    assert "SyncMaterialLot/DataArea/MaterialLot" in str(raised.value.faults[0])
    (fact,) = facts_in(BytesIO(bod("Sync", "MaterialLot", "<ID>7</ID>")))
    assert fact.kind == "MaterialLot"
