"""What SAP's IDocs mean in our words, and ours in SAP's."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from andon.connectors.idoc import IdocSettings, mappings
from andon.connectors.idoc.catalogue import misplaced
from andon.connectors.idoc.items import items_of
from andon.connectors.idoc.mapping import audited, document
from andon.connectors.idoc.orders import production_order
from andon.connectors.idoc.postings import confirm_operation, issue_lots, receive_output
from andon.connectors.idoc.simulated.sap import Sap
from andon.core.connector import Item
from andon.core.errors import MappingError
from andon.core.mapping import Inbound, Known, Said
from andon.core.message import Finding, ReadBack
from andon.core.quantity import Quantity
from andon.model.production import (
    AssignLots,
    ComponentLot,
    ConfirmOperation,
    OrderCancelled,
    OrderChanged,
    OrderReleased,
    ReceiveOutput,
)

SETTINGS = IdocSettings(
    folder="/srv/sap", time_zone="Europe/Berlin", plant="1710", storage_location="101"
)


def items(*idocs: str) -> list[Item]:
    return list(items_of(f"<LOIPRO01>{''.join(idocs)}</LOIPRO01>".encode()))


def said(mapping: Inbound, item: Item, before: Item | None = None) -> list[Said]:
    previous = None if before is None else before.raw
    return list(mapping.reads(item, Known(SETTINGS, previous)))


def kinds(messages: Iterable[Said]) -> list[type]:
    return [type(one) for one in messages]


def header(idoc: str, **fields: str) -> str:
    """The same order with some fields changed, under the next number."""
    for name, text in fields.items():
        start, end = idoc.index(f"<{name}>") + len(name) + 2, idoc.index(f"</{name}>")
        idoc = idoc[:start] + text + idoc[end:]
    return idoc


def test_a_released_order_is_released_with_its_due_moment() -> None:
    _, item = items(Sap().order_idoc("pump"))
    released, held = said(production_order, item)
    assert released == OrderReleased(
        order_id="4711000",
        material_id="4711",
        planned=Quantity(Decimal("5.000"), "PCE"),
        due_at=datetime(2026, 1, 31, 23, tzinfo=UTC),
    )
    assert isinstance(held, ReadBack)
    assert item.mirror == "100.S4HCLNT100/order/000004711000"


def test_an_order_is_released_once_changed_and_withdrawn() -> None:
    idoc = Sap().order_idoc("pump")
    number = "0000000004711000"
    _, first = items(idoc)
    _, more = items(header(idoc, DOCNUM="4711001", GAMNG="7.000"))
    _, gone = items(header(idoc, DOCNUM="4711002", STAT="I0076"))
    assert kinds(said(production_order, more, first)) == [OrderChanged, ReadBack]
    assert kinds(said(production_order, gone, more)) == [OrderCancelled]
    (late,) = said(production_order, first, gone)
    assert isinstance(late, Finding)
    assert number in late.text
    assert said(production_order, first, first) == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("I0001", [ReadBack]),
        ("I0002", [OrderReleased, ReadBack]),
        ("I0009", [ReadBack]),
        ("I0045", [ReadBack]),
        ("I0046", [ReadBack]),
        ("I0076", []),
        ("X9999", [ReadBack]),
    ],
)
def test_only_what_is_released_and_not_begun_starts_anything(
    status: str, expected: list[type]
) -> None:
    _, item = items(Sap().order_idoc("pump", status=status))
    found = kinds(said(production_order, item))
    assert found == (expected or [ReadBack])


@pytest.mark.parametrize("mapping", [document("LOIPRO"), production_order])
def test_the_same_number_with_another_content_is_an_exception(mapping: Inbound) -> None:
    idoc = Sap().order_idoc("pump")
    pick = mapping is production_order
    first = items(idoc)[pick]
    other = items(header(idoc, GAMNG="6.000"))[pick]
    again = items(header(idoc, CRETIM="000000"))[pick]
    assert first.mirror == other.mirror
    with pytest.raises(MappingError, match="another content"):
        said(mapping, other, first)
    assert said(mapping, again, first) == []
    assert again.key == first.key


@pytest.mark.parametrize(
    ("name", "text"), [("GAMNG", "many"), ("GMEIN", ""), ("GAMNG", ""), ("GLTRP", "20260231")]
)
def test_what_cannot_be_read_says_where(name: str, text: str) -> None:
    _, item = items(header(Sap().order_idoc("pump"), **{name: text}))
    with pytest.raises(MappingError) as caught:
        said(production_order, item)
    assert caught.value.faults[0].at == f"/E1AFKOL/0/{name}"


def test_bad_news_of_an_audit_is_shown_and_good_news_is_not() -> None:
    states = [{"DOCNUM": "1", "STATUS": "53"}, {"DOCNUM": "2", "STATUS": "51", "STATXT": "no"}]
    raw = {
        "EDI_DC40": {"DOCNUM": "9", "MESTYP": "ALEAUD", "IDOCTYP": "ALEAUD01"},
        "E1ADHDR": [{"E1STATE": states}],
    }
    item = Item(kind="ALEAUD", key="k", raw=msgspec.json.encode(raw))
    (finding,) = said(audited("ALEAUD"), item)
    assert isinstance(finding, Finding)
    assert finding.code == "idoc-refused"
    assert "no (status 51" in finding.text


def body_of(request: Any) -> dict[str, Any]:
    assert list(misplaced(request.target, request.body)) == []
    return request.body


KNOWN = Known(SETTINGS, local="1000001")


def test_a_confirmation_says_what_sap_needs() -> None:
    command = ConfirmOperation(
        order_id="mes:1",
        operation="10",
        good=Quantity(Decimal("4.5"), "PCE"),
        scrap=Quantity(Decimal(1), "PCE"),
        completed_at=datetime(2026, 1, 31, 23, 30, 1, 5, tzinfo=UTC),
    )
    request = confirm_operation.writes(command, KNOWN)
    (line,) = body_of(request)["E1CONF3"]
    assert (line["AUFNR"], line["VORNR"]) == ("000001000001", "0010")
    assert (line["LMNGA"], line["XMNGA"], line["MEINH"]) == (Decimal("4.5"), Decimal(1), "PCE")
    assert (str(line["IEDD"]), str(line["IEDZ"])) == ("2026-02-01", "00:30:01")
    assert "ISDD" not in line


def test_movements_say_what_sap_needs() -> None:
    receipt = ReceiveOutput(
        order_id="o", material_id="4711", good=Quantity(Decimal(5), "PCE"), lot_id="L1"
    )
    (header,) = body_of(receive_output.writes(receipt, KNOWN))["E1MBGMCR"]
    (line,) = header["E1BP2017_GM_ITEM_CREATE"]
    assert header["E1BP2017_GM_CODE"] == [{"GM_CODE": "02"}]
    assert line["MATERIAL"] == "4711".zfill(18)
    assert (line["MOVE_TYPE"], line["MVT_IND"], line["BATCH"]) == ("101", "F", "L1")
    part = ComponentLot(
        material_id="SEAL-A", lot_id="material-lot/mes:L7", quantity=Quantity(Decimal(2), "PCE")
    )
    issue = issue_lots.writes(AssignLots(order_id="o", components=(part,)), KNOWN)
    (line,) = body_of(issue)["E1MBGMCR"][0]["E1BP2017_GM_ITEM_CREATE"]
    assert (line["MATERIAL"], line["BATCH"], line["MOVE_TYPE"]) == ("SEAL-A", "L7", "261")


def test_one_kind_has_one_mapping() -> None:
    found = [one.kind for one in mappings if isinstance(one, Inbound)]
    assert len(found) == len(set(found))
