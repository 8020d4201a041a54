"""The parts of the SOAP connector that need no network."""

import asyncio
import contextlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import andon.connectors.soap.simulated as simulated
from andon.connectors._xml import Element
from andon.connectors.soap.call import Find
from andon.connectors.soap.documents import gathered
from andon.connectors.soap.feed import Feed
from andon.connectors.soap.reading import value_of
from andon.connectors.soap.rows import rows_in
from andon.connectors.soap.said import body_of, fault_in
from andon.connectors.soap.service import Service, parsed
from andon.connectors.soap.settings import SoapSettings
from andon.core.errors import MappingError, SettingsError

_FOLDER = Path(simulated.__file__).parent
_FEED = Feed(
    kind="order",
    operation="GetChangedOrders",
    arguments={"Since": "{since}", "Page": "{page}", "Size": "{size}"},
    items="/Orders/Order",
    key="/Number",
    time="/ChangedAt",
)


async def _nobody(url: str) -> bytes:
    raise AssertionError(f"{url} was asked for")


def service_of(path: Path) -> Service:
    documents = asyncio.run(gathered(str(path), _nobody))
    return Service(documents, None, "http://localhost/service")


@pytest.fixture(scope="module")
def shop() -> Service:
    return service_of(_FOLDER / "shop.wsdl")


def answer_of(shop: Service, rows: str) -> Any:
    operation = shop.operation("GetChangedOrders")
    text = (
        '<GetChangedOrdersResponse xmlns="urn:andon:simulated:shop" xmlns:x="urn:x"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<Orders>{rows}</Orders></GetChangedOrdersResponse>"
    )
    return operation.answer(parsed(text.encode(), 100_000))


def test_an_answer_loses_nothing(shop: Service) -> None:
    row = (
        '<Order plant="P1"><Number>1</Number><Quantity unit="PCE"> 5.50 </Quantity>'
        '<Due xsi:nil="true"/><Priority> 7 </Priority><Rush>1</Rush><Note/><Note>two</Note>'
        "<ChangedAt>2026-01-01T00:00:00.1234567+01:00</ChangedAt>"
        '<x:Extra kind="k">more<x:Inner>1</x:Inner></x:Extra><!-- c -->'
        "<x:Last>a<!-- b -->c</x:Last>"
        "</Order>"
    )
    (order,) = answer_of(shop, row)["Orders"]["Order"]
    assert order == {
        "plant": "P1",
        "Number": "1",
        "Quantity": {"unit": "PCE", "_value_1": "5.50"},
        "Due": None,
        "Priority": 7,
        "Rush": True,
        "Note": ["", "two"],
        "ChangedAt": "2026-01-01T00:00:00.1234567+01:00",
        "Extra": {"kind": "k", "Inner": "1", "_value_1": "more"},
        "Last": "ac",
    }


def test_a_value_that_does_not_fit_stays_as_it_is_and_the_next_row_goes_on(shop: Service) -> None:
    rows = (
        "<Order><Number>1</Number><Priority>high</Priority><ChangedAt>yesterday</ChangedAt></Order>"
        "<Order><Priority>1</Priority></Order>"
        "<Order><Number>3</Number><ChangedAt>2026-01-01T00:00:00</ChangedAt></Order>"
    )
    items = [row.item for row in rows_in(_FEED, answer_of(shop, rows))]
    assert [item.kind for item in items] == [
        "order without /ChangedAt",
        "order without /Number",
        "order",
    ]
    assert b'"high"' in items[0].raw
    assert items[2].occurred_at is not None
    assert items[2].occurred_at.utcoffset() is not None


def test_arguments_are_checked_with_every_fault_and_its_place(shop: Service) -> None:
    operation = shop.operation("PostConfirmation")
    with pytest.raises(MappingError) as caught:
        operation.envelope(
            {
                "ExternalID": "k",
                "Order": ["1", "2"],
                "Good": {"_value_1": "many"},
                "FinishedAt": "today",
                "Line": [{"Lot": "a\x01", "Amount": {"_value_1": 1, "unit": "PCE"}}],
            }
        )
    said = {fault.at: fault.says for fault in caught.value.faults}
    assert set(said) == {
        "/ExternalID",
        "/ExternalId",
        "/Order",
        "/Good/_value_1",
        "/Good/unit",
        "/FinishedAt",
        "/Line/0/Lot",
    }
    assert "near it: ExternalId" in said["/ExternalID"]


def test_what_is_written_keeps_to_the_schema(shop: Service) -> None:
    envelope = shop.operation("PostConfirmation").envelope(
        {
            "Line": [{"Lot": "L<1>", "Amount": {"_value_1": Decimal("1E+2"), "unit": "PCE"}}],
            "Good": {"unit": "PCE", "_value_1": 4.5},
            "Order": "7",
            "ExternalId": "k",
            "Scrap": None,
        }
    )
    content = body_of(envelope)
    assert content is not None
    alone = etree.fromstring(etree.tostring(content))
    schema = etree.XMLSchema(etree.parse(str(_FOLDER / "shop.xsd")))
    assert schema.validate(alone)
    assert b">100<" in etree.tostring(alone)


def test_faults_of_both_versions_say_words_and_codes() -> None:
    old = fault(
        "http://schemas.xmlsoap.org/soap/envelope/",
        "<faultcode>s:Client.Order</faultcode><faultstring>no\n such order</faultstring>"
        '<detail><e:UnknownOrder xmlns:e="urn:e"><e:Id>7</e:Id></e:UnknownOrder></detail>',
    )
    assert old == ("no such order (7)", ("UnknownOrder", "Client.Order"))
    new = fault(
        "http://www.w3.org/2003/05/soap-envelope",
        "<s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>x:Locked</s:Value></s:Subcode>"
        '</s:Code><s:Reason><s:Text xml:lang="en">in use</s:Text></s:Reason>',
    )
    assert new == ("in use", ("Sender", "Locked"))


def fault(space: str, inside: str) -> tuple[str, tuple[str, ...]]:
    text = (
        f'<s:Envelope xmlns:s="{space}"><s:Body><s:Fault>{inside}</s:Fault></s:Body></s:Envelope>'
    )
    found = fault_in(body_of(parsed(text.encode(), 100_000)))
    assert found is not None
    return found.words, found.codes


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("http://elsewhere.example/shop.xsd", "from elsewhere"),
        ("../outside.xsd", "from elsewhere"),
        ("/etc/passwd", "from elsewhere"),
        ("file:///etc/passwd", "from elsewhere"),
        ("missing.xsd", "cannot be read"),
    ],
)
def test_nothing_is_read_from_elsewhere(tmp_path: Path, place: str, says: str) -> None:
    wsdl = (_FOLDER / "shop.wsdl").read_text().replace("shop.xsd", place)
    (tmp_path / "in").mkdir()
    (tmp_path / "outside.xsd").write_text((_FOLDER / "shop.xsd").read_text())
    (tmp_path / "in" / "shop.wsdl").write_text(wsdl)
    with pytest.raises(SettingsError, match=says):
        service_of(tmp_path / "in" / "shop.wsdl")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no xml",
        "<html><body>log in</body></html>",
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
        '<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"/>',
        "<a>" * 1000 + "</a>" * 1000,
    ],
)
def test_what_is_no_wsdl_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.wsdl").write_text(text)
    with pytest.raises(SettingsError):
        service_of(tmp_path / "x.wsdl")


def test_a_schema_may_name_xml_lang_without_a_place(tmp_path: Path) -> None:
    schema = (_FOLDER / "shop.xsd").read_text()
    named = '<xs:import namespace="http://www.w3.org/XML/1998/namespace"/><xs:simpleType'
    schema = schema.replace("<xs:simpleType", named, 1)
    schema = schema.replace('name="plant" type="xs:string"', 'ref="xml:lang"')
    (tmp_path / "shop.xsd").write_text(schema)
    (tmp_path / "shop.wsdl").write_text((_FOLDER / "shop.wsdl").read_text())
    assert "PostConfirmation" in service_of(tmp_path / "shop.wsdl").names


def test_types_that_hold_themselves_are_read(tmp_path: Path) -> None:
    schema = (_FOLDER / "shop.xsd").read_text()
    own = '<xs:element name="Line" type="Line" minOccurs="0" maxOccurs="unbounded"/>'
    schema = schema.replace('<xs:element name="Lot" type="xs:string"/>', own)
    (tmp_path / "shop.xsd").write_text(schema)
    (tmp_path / "shop.wsdl").write_text((_FOLDER / "shop.wsdl").read_text())
    operation = service_of(tmp_path / "shop.wsdl").operation("PostConfirmation")
    deep: dict[str, Any] = {"Amount": {"_value_1": 1, "unit": "PCE"}}
    for _ in range(5):
        deep = {"Line": [deep], "Amount": {"_value_1": 1, "unit": "PCE"}}
    good = {"_value_1": 1, "unit": "PCE"}
    arguments = {"ExternalId": "k", "Order": "1", "Good": good, "Line": [deep]}
    assert b"Line" in etree.tostring(operation.envelope(arguments))


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"wsdl": " "}, "wsdl is empty"),
        ({"wsdl": "ftp://a/b"}, "neither an http address nor the path"),
        ({"wsdl": "http://u:secret@a/b"}, "holds a password"),
        ({"wsdl": "a", "address": "a"}, "no http address"),
        ({"wsdl": "a", "later": ("x",), "unclear": ("x",)}, "both later and unclear"),
        ({"wsdl": "a", "feeds": (_FEED, _FEED)}, "the same kind"),
    ],
)
def test_settings_say_what_does_not_fit_together(table: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        SoapSettings(**table)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"time": None}, "go together"),
        ({"cursor": "/next"}, "go together"),
        ({"arguments": {"A": "{since}", "B": "{name}"}}, "only"),
        ({"arguments": {"A": "{since}", "B": "{after}"}, "cursor": "/n"}, "not by both"),
        ({"begin": "2026-01-01"}, "with a zone"),
        ({"time_zone": "Mars/Base"}, "no time zone"),
        ({"items": "Orders"}, "no JSON pointer"),
        ({"size": 0}, "at least 1"),
    ],
)
def test_a_feed_says_what_does_not_fit_together(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        msgspec.structs.replace(_FEED, **fields)


def test_a_find_that_asks_for_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="finds any"):
        Find(operation="FindConfirmations", arguments={"ExternalId": "fixed"})


@given(st.binary(max_size=300))
def test_any_bytes_are_a_tree_or_an_error_of_ours(body: bytes) -> None:
    with contextlib.suppress(MappingError):
        fault_in(body_of(parsed(body, 1000)))


_NAMES = st.sampled_from(["Orders", "Order", "Number", "Quantity", "Note", "Due", "Odd"])
_TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=5)


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> Element:
    node = etree.Element(f"{{urn:andon:simulated:shop}}{draw(_NAMES)}")
    node.text = draw(_TEXTS)
    if draw(st.booleans()):
        node.set(draw(_NAMES), draw(_TEXTS))
    if depth:
        for child in draw(st.lists(trees(depth - 1), max_size=3)):
            node.append(child)
    return node


@given(trees())
def test_any_answer_becomes_json_with_all_its_words(tree: Element) -> None:
    whole = service_of_once()
    made = value_of(whole.shapes, whole.operation("GetChangedOrders").gives, tree)
    said = words_of(made)
    for text in tree.itertext():
        assert str(text).strip() in said or not str(text).strip()


def words_of(value: Any) -> str:
    match value:
        case dict():
            return " ".join(map(words_of, value.values()))  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        case list():
            return " ".join(map(words_of, value))  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        case _:
            return str(value)


_once: list[Service] = []


def service_of_once() -> Service:
    if not _once:
        _once.append(service_of(_FOLDER / "shop.wsdl"))
    return _once[0]
