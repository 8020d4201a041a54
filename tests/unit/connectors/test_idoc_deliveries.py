"""What SAP's deliveries mean in our words, and their goods issue in SAP's."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import msgspec
import pytest

from andon.connectors.idoc import IdocSettings
from andon.connectors.idoc.catalogue import misplaced
from andon.connectors.idoc.deliveries import delivery, post_goods_issue
from andon.connectors.idoc.document import Idoc, idocs_in
from andon.connectors.idoc.items import items_of
from andon.connectors.idoc.simulated.sap import Sap
from andon.connectors.idoc.writing import Control, document_of
from andon.core.connector import Item, Request
from andon.core.errors import MappingError
from andon.core.mapping import Known, Said
from andon.core.message import Finding
from andon.core.quantity import Quantity
from andon.model.fulfilment import DeliveryCreated, DeliveryLine, PostGoodsIssue

SETTINGS = IdocSettings(folder="/srv/sap")
CONTROL = Control(
    "100",
    {"SNDPRN": "ANDON"},
    {"RCVPRN": "S4HCLNT100"},
    datetime(2026, 1, 31, tzinfo=UTC),
)
CREATED = DeliveryCreated(
    delivery_id="80000001",
    customer_id="1001",
    orders=("4500",),
    lines=(
        DeliveryLine(material_id="SEAL-A", quantity=Quantity(Decimal(4), "PCE"), lot_id="L1"),
        DeliveryLine(material_id="SEAL-A", quantity=Quantity(Decimal(2), "PCE"), lot_id="L2"),
    ),
)


def idoc(mestyp: str = "WHSORD", **changed: str) -> str:
    """The first delivery of a new SAP, with some texts changed."""
    text = Sap().delivery_idoc("pumps", mestyp=mestyp)
    for name, value in changed.items():
        start, end = text.index(f"<{name}>") + len(name) + 2, text.index(f"</{name}>")
        text = text[:start] + value + text[end:]
    return text


def item(text: str) -> Item:
    """The delivery in a document."""
    _, found = items_of(f"<DELVRY03>{text}</DELVRY03>".encode())
    return found


def said(now: Item, before: Item | None = None) -> list[Said]:
    return list(delivery.reads(now, Known(SETTINGS, None if before is None else before.raw)))


@pytest.mark.parametrize("mestyp", ["DESADV", "SHPORD", "WHSORD"])
def test_a_new_delivery_is_created_with_its_batches(mestyp: str) -> None:
    found = item(idoc(mestyp))
    assert found.kind == "DELVRY.delivery"
    assert found.mirror == "100.S4HCLNT100/delivery/0080000001"
    assert said(found) == [CREATED]


def test_the_same_delivery_by_another_message_is_no_news() -> None:
    assert said(item(idoc("DESADV", DOCNUM="4711009")), item(idoc())) == []


def test_a_delivery_that_comes_from_a_vendor_says_nothing() -> None:
    assert said(item(idoc(PARTNER_Q="LF"))) == []


def test_what_sap_changes_or_deletes_later_is_shown_to_people() -> None:
    first, gone = item(idoc()), item(idoc(DOCNUM="4711002", QUALF="DEL"))
    (changed,) = said(item(idoc(DOCNUM="4711001").replace(">4.000<", ">5.000<")), first)
    (deleted,) = said(gone, first)
    (late,) = said(first, gone)
    found = [one.code for one in (changed, deleted, late) if isinstance(one, Finding)]
    assert found == ["delivery-changed", "delivery-deleted", "overtaken"]
    assert said(gone) == []
    assert said(item(idoc(DOCNUM="4711003")), gone) == [CREATED]


def test_the_same_number_with_another_content_is_an_exception() -> None:
    with pytest.raises(MappingError, match="another content"):
        said(item(idoc(VSTEL="1720")), item(idoc()))


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        (">4.000<", ">four<", "/E1EDL20/0/E1EDL24/1/LFIMG"),
        (">4.000<", "><", "/E1EDL20/0/E1EDL24/1/LFIMG"),
        (">PCE<", "><", "/E1EDL20/0/E1EDL24/0/VRKME"),
        (">SEAL-A<", "> <", "/E1EDL20/0/E1EDL24/0/MATNR"),
        (">WE<", ">XX<", "/E1EDL20/0/E1ADRM1"),
        (">0080000001<", "><", "/E1EDL20/0/VBELN"),
        ("E1EDL24", "Z1EDL24", "/E1EDL20/0/E1EDL24"),
    ],
)
def test_what_cannot_be_read_says_where(old: str, new: str, at: str) -> None:
    with pytest.raises(MappingError) as caught:
        said(item(idoc().replace(old, new)))
    assert caught.value.faults[0].at == at


@pytest.mark.parametrize("mestyp", ["WHSCON", "SHPCON"])
def test_a_goods_issue_says_what_sap_needs(mestyp: Any) -> None:
    settings = msgspec.structs.replace(SETTINGS, verification=mestyp)
    request = post_goods_issue.writes(
        PostGoodsIssue(delivery_id="80000001"), Known(settings, local="80000001")
    )
    assert request.target == "DELVRY03"
    (one,) = idocs_in(BytesIO(document_of(request, "k", CONTROL)))
    assert isinstance(one, Idoc)
    assert one.control["MESTYP"] == mestyp
    (header,) = one.body["E1EDL20"]
    assert header["VBELN"] == "0080000001"
    assert header["E1EDL18"][0]["QUALF"] == "PGI"
    assert (header["E1EDT13"][0]["QUALF"], header["E1EDT13"][0]["ISDD"]) == ("006", "20260131")


def places(header: Mapping[str, Any]) -> set[str]:
    """Where a delivery is refused."""
    request = Request(
        target="DELVRY03", body={"EDI_DC40": {"MESTYP": "WHSCON"}, "E1EDL20": [header]}
    )
    with pytest.raises(MappingError) as caught:
        document_of(request, "k", CONTROL)
    return {fault.at for fault in caught.value.faults}


def test_what_does_not_fit_a_delivery_is_named_with_its_place() -> None:
    item = {"POSNR": "0000010", "MATNR": "M" * 19, "CHARG": "L" * 11, "VRKME": "PIECE"}
    found = places(
        {
            "VBELN": "00080000001",
            "E1EDL18": [{"QUALF": "PICK"}, {}],
            "E1ADRM1": [{"PARTNER_Q": "WE", "PARTNER_ID": "1" * 18, "E1ADRE1": [{}]}],
            "E1EDL24": [item, {**item, "LFIMG": Decimal("1234567890123.456")}],
            "E1EDL21": [{}, {}],
            "E1EDL44": [{}],
        }
    )
    items = [f"/E1EDL24/{n}/{name}" for n in "01" for name in item]
    inside = [
        "/VBELN", "/E1EDL18/0/QUALF", "/E1EDL18/1/QUALF", "/E1ADRM1/0/PARTNER_ID",
        "/E1EDL24/0/LFIMG", "/E1EDL24/1/LFIMG", "/E1EDL21", "/E1EDL44", *items,
    ]  # fmt: skip
    assert found == {f"/E1EDL20/0{at}" for at in inside}


def test_what_the_simulated_sap_sends_fits_the_catalogue() -> None:
    (one,) = idocs_in(BytesIO(Sap().delivery_document("pumps")))
    assert isinstance(one, Idoc)
    assert list(misplaced("DELVRY03", one.body)) == []
