"""Goods movements in both of SAP's ways say the same."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from andon.connectors.idoc import IdocSettings
from andon.connectors.idoc.document import Idoc, idocs_in
from andon.connectors.idoc.postings import POSTINGS
from andon.connectors.idoc.writing import Control, document_of
from andon.core.connector import Request
from andon.core.errors import MappingError
from andon.core.mapping import Known
from andon.core.message import Command
from andon.core.quantity import Quantity
from andon.model.inventory import IssueGoods, PostTransfer, ReceiveGoods
from andon.model.production import AssignLots, ComponentLot, ReceiveOutput

CONTROL = Control(
    "100",
    {"SNDPRN": "ANDON"},
    {"RCVPRN": "S4HCLNT100"},
    datetime(2026, 1, 31, tzinfo=UTC),
)
AMOUNT = Quantity(Decimal("2.5"), "KGM")
PART = ComponentLot(material_id="4711", lot_id="L7", quantity=AMOUNT)
MATERIAL = "4711".zfill(18)

LOT: dict[str, Any] = {"lot_id": "L7", "material_id": "4711", "quantity": AMOUNT}
COMMANDS: list[tuple[Command, str, str, dict[str, str]]] = [
    (
        ReceiveOutput(order_id="o", material_id="4711", good=AMOUNT, lot_id="L7"),
        "02 MB31",
        "101",
        {"LGORT": "101", "AUFNR": "L7", "KZBEW": "F"},
    ),
    (
        AssignLots(order_id="o", components=(PART,)),
        "03 MB1A",
        "261",
        {"LGORT": "101", "AUFNR": "L7"},
    ),
    (
        IssueGoods(**LOT, location="201", cost_center="4100"),
        "03 MB1A",
        "201",
        {"LGORT": "201", "KOSTL": "0000004100"},
    ),
    (ReceiveGoods(**LOT, location="201"), "05 MB1C", "501", {"LGORT": "201"}),
    (
        PostTransfer(**LOT, origin="201", destination="202"),
        "04 MB1B",
        "311",
        {"LGORT": "201", "UMLGO": "202"},
    ),
    (
        PostTransfer(**LOT, origin="201", destination="202", status="blocked"),
        "04 MB1B",
        "325",
        {"LGORT": "201", "UMLGO": "202"},
    ),
]
SAME = {
    "BWART": "MOVE_TYPE", "MATNR": "MATERIAL", "WERKS": "PLANT", "LGORT": "STGE_LOC",
    "CHARG": "BATCH", "ERFMG": "ENTRY_QNT", "ERFME": "ENTRY_UOM", "AUFNR": "ORDERID",
    "KOSTL": "COSTCENTER", "UMLGO": "MOVE_STLOC", "KZBEW": "MVT_IND",
}  # fmt: skip
"""Fields of WMMBXY, and what MBGMCR calls them."""


def written(command: Command, movements: Any) -> Idoc:
    settings = IdocSettings(
        folder="/srv/sap", plant="1710", storage_location="101", movements=movements
    )
    (writer,) = (one for one in POSTINGS if one.command is type(command))
    request = writer.writes(command, Known(settings, local="L7"))
    (one,) = idocs_in(BytesIO(document_of(request, "k", CONTROL)))
    assert isinstance(one, Idoc)
    return one


@pytest.mark.parametrize(("command", "codes", "kind", "more"), COMMANDS)
def test_both_ways_say_the_same(
    command: Command, codes: str, kind: str, more: dict[str, str]
) -> None:
    code, transaction = codes.split()
    expected = {
        "BWART": kind, "MATNR": MATERIAL, "WERKS": "1710", "CHARG": "L7", "ERFMG": "2.5",
        "ERFME": "KGM", **more,
    }  # fmt: skip
    old = written(command, "WMMBXY")
    assert (old.control["MESTYP"], old.control["IDOCTYP"]) == ("WMMBXY", "WMMBID02")
    (header,) = old.body["E1MBXYH"]
    assert (header["TCODE"], header["BUDAT"], header["BLDAT"]) == (transaction, *["20260131"] * 2)
    (line,) = header["E1MBXYI"]
    assert {name: text for name, text in line.items() if name != "@"} == expected
    new = written(command, "MBGMCR")
    assert (new.control["MESTYP"], new.control["IDOCTYP"]) == ("MBGMCR", "MBGMCR03")
    (header,) = new.body["E1MBGMCR"]
    assert header["E1BP2017_GM_CODE"][0]["GM_CODE"] == code
    (line,) = header["E1BP2017_GM_ITEM_CREATE"]
    told = {SAME[name]: text for name, text in expected.items()}
    assert {name: text for name, text in line.items() if name != "@"} == told


def test_what_does_not_fit_is_named_with_its_place() -> None:
    lines = [
        {"BWART": "2011", "MATNR": "M" * 19, "WERKS": "17100", "ERFMG": 1, "ERFME": "PIECE"},
        {"BWART": "311", "UMLGO": "00202", "LGORT": "00201", "CHARG": "L" * 11},
    ]
    header: dict[str, Any] = {"TCODE": "MB1A", "BKTXT": "x" * 26, "E1MBXYI": lines, "E1MBXYJ": [{}]}
    body = {"EDI_DC40": {"MESTYP": "WMMBXY"}, "E1MBXYH": [header]}
    with pytest.raises(MappingError) as caught:
        document_of(Request(target="WMMBID02", body=body), "k", CONTROL)
    first = [f"/E1MBXYI/0/{name}" for name in ("BWART", "MATNR", "WERKS", "ERFME")]
    second = ("ERFMG", "UMLGO", "LGORT", "CHARG")
    places = [*first, *(f"/E1MBXYI/1/{name}" for name in second), "/BUDAT", "/BKTXT", "/E1MBXYJ"]
    assert {fault.at for fault in caught.value.faults} == {f"/E1MBXYH/0{at}" for at in places}


def test_a_lot_with_too_long_a_name_is_refused_where_it_stands() -> None:
    command = AssignLots(
        order_id="o",
        components=(ComponentLot(material_id="4711", lot_id="L" * 11, quantity=AMOUNT),),
    )
    with pytest.raises(MappingError) as caught:
        written(command, "WMMBXY")
    (fault,) = caught.value.faults
    assert str(fault) == "/E1MBXYH/0/E1MBXYI/0/CHARG: has 11 characters, SAP reads 10"
