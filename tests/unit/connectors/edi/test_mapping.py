"""Documents become canonical messages, in both standards alike."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from andon.connectors._folders.rows import Yielded
from andon.connectors.edi.mapping import (
    ADJUSTED,
    ANNOUNCED,
    RECEIVED,
    SHIPPED,
    Purchase,
    Wanted,
    confirmation,
    milestones,
    notice,
    order,
)
from andon.connectors.edi.segments import flat
from andon.connectors.edi.simulated.edifact import EdifactProgram
from andon.connectors.edi.simulated.x12 import X12Program
from andon.core.errors import MappingError
from andon.core.mapping import Inbound, Known, Said
from andon.core.message import Finding
from andon.core.quantity import Quantity
from andon.model.inventory import GoodsIssued, GoodsReceived, LotCreated
from tests.unit.connectors.edi import mailbox
from tests.unit.connectors.edi.mailbox import ACME, BETA, document, edifact, item, rows, x12

HERE = mailbox.settings(acme=msgspec.structs.replace(ACME, time_zone="America/Chicago"), beta=BETA)
KNOWN = Known(HERE)


def one(content: bytes) -> Yielded:
    return rows(content, HERE)[0]


def said(pieces: Sequence[Inbound], content: bytes) -> list[Said]:
    read = item(one(content))
    (piece,) = [piece for piece in pieces if piece.kind == read.kind]
    return list(piece.reads(read, KNOWN))


@pytest.mark.parametrize("program", [X12Program(), EdifactProgram()])
def test_a_notice_says_orders_pallets_lots_and_amounts(program: Any) -> None:
    content = program.notice(["S-1"], "4711")
    read = notice(document(one(content)), KNOWN)
    (line,) = read.lines
    assert (read.shipment, line.material, line.order) == ("S-1", "PUMP", "4711")
    assert line.lots == ("LOT-7",)
    assert line.sscc == ("00106141411234567897",)
    assert line.quantity is not None
    assert line.quantity.amount == 5
    hour = 17 if program.__class__ is X12Program else 11  # Chicago, and UTC
    assert read.shipped_at == datetime(2025, 11, 25, hour, 30, tzinfo=UTC)
    assert said(ANNOUNCED, content) == [LotCreated(lot_id="LOT-7", material_id="PUMP")]


def test_packs_within_tares_carry_both_marks_to_their_items() -> None:
    lines = ["BSN*00*S-1*20251125*1200", "HL*1**S", "HL*2*1*O", "PRF*A", "HL*3*2*T", "MAN*GM*TARE"]
    lines += ["HL*4*3*P", "MAN*GM*PACK", "HL*5*4*I", "LIN**VP*X*LT*L1", "SN1**5*EA"]
    lines += ["HL*6*1*O", "PRF*B", "HL*7*6*I", "LIN**VP*Y", "SN1**2*EA", "REF*LT*L2"]
    read = notice(document(one(x12(lines, document="856", code="SH"))), KNOWN)
    assert [(x.order, x.sscc, x.lots, x.material) for x in read.lines] == [
        ("A", ("TARE", "PACK"), ("L1",), "X"),
        ("B", (), ("L2",), "Y"),
    ]


def test_an_amount_without_unit_names_its_place() -> None:
    lines = ["BSN*00*S-1*20251125*1200", "HL*1**S", "HL*2*1*I", "LIN**VP*X", "SN1**5*EA"]
    content = x12(lines, document="856", code="SH")
    read = document(one(content))
    broken = msgspec.json.decode(
        msgspec.json.encode(read).replace(b'"5"', b'"5x"'), type=type(read)
    )
    with pytest.raises(MappingError, match=r"segment 6 \(SN1\), element 2: '5x' is no number"):
        notice(broken, KNOWN)


def test_a_receiving_advice_says_what_was_taken_and_what_was_not() -> None:
    lines = ["BRA*R-17*20251125*00*1", "DTM*050*20251125*0600*UT", "RCD*1*8*EA*1*EA*1*EA"]
    lines += ["LIN**BP*PUMP*LT*L-7", "RCD*2*3*EA", "LIN**BP*SEAL"]
    received, returned, questioned, other = said(RECEIVED, x12(lines, document="861", code="RC"))
    assert received == GoodsReceived(
        movement_id="acme/R-17/1",
        material_id="PUMP",
        quantity=Quantity(Decimal(8), "EA"),
        lot_id="L-7",
        posted_at=datetime(2025, 11, 25, 6, tzinfo=UTC),
    )
    assert isinstance(returned, Finding)
    assert "1 EA of PUMP were returned" in returned.text
    assert isinstance(questioned, Finding)
    assert isinstance(other, GoodsReceived)
    assert other.movement_id == "acme/R-17/2"


def test_a_recadv_says_the_same() -> None:
    lines = ["BGM+632+R-17+9", "DTM+50:202511250600:203", "RFF+ON:4711", "CPS+1"]
    lines += ["LIN+1++PUMP:IN", "QTY+48:8:PCE", "QTY+195:1:PCE", "GIN+BX+L-7"]
    received, refused = said(RECEIVED, edifact(lines, document="RECADV"))
    assert received == GoodsReceived(
        movement_id="beta/R-17/1",
        material_id="PUMP",
        quantity=Quantity(Decimal(7), "PCE"),
        lot_id="L-7",
        posted_at=datetime(2025, 11, 25, 6, tzinfo=UTC),
    )
    assert isinstance(refused, Finding)


def test_a_warehouse_ships_and_says_where_it_fell_short() -> None:
    lines = ["W06*F*D-9*20251125", "G62*11*20251124", "LX*1", "W12*CC*10*8*2*EA**VN*PUMP*L-7"]
    lines += ["LX*2", "W12*CC*1*1*0*EA**VN*SEAL", "W03*9*1*LB"]
    issued, short, other = said(SHIPPED, x12(lines, document="945", code="SW"))
    assert isinstance(issued, GoodsIssued)
    assert (issued.movement_id, issued.lot_id) == ("acme/D-9/1.1", "L-7")
    assert issued.quantity == Quantity(Decimal(8), "EA")
    assert isinstance(short, Finding)
    assert "8 EA of the 10 EA of PUMP" in short.text
    assert isinstance(other, GoodsIssued)


def test_corrections_of_stock_are_movements_in_or_out() -> None:
    lines = ["W15*20251125*A-3", "W19*53*-4*EA**VN*PUMP*L-7", "W19*53*2*EA**VN*SEAL"]
    lines += ["W19*53*0*EA**VN*NUT"]
    out, into = said(ADJUSTED, x12(lines, document="947", code="AW"))
    assert isinstance(out, GoodsIssued)
    assert (out.movement_id, out.quantity) == ("acme/A-3/1", Quantity(Decimal(4), "EA"))
    assert isinstance(into, GoodsReceived)
    lines = ["BGM+35+I-4+9", "DTM+366:20251125:102", "LIN+1++PUMP:IN", "QTY+156:4:PCE", "INV+1+1"]
    lines += ["QTY+145:96:PCE", "LIN+2++SEAL:IN", "INV+2+1", "QTY+156:2,5:KGM"]
    out, into = said(ADJUSTED, edifact(lines, document="INVRPT"))
    assert isinstance(out, GoodsIssued)
    assert (out.movement_id, out.quantity) == ("beta/I-4/1.1", Quantity(Decimal(4), "PCE"))
    assert isinstance(into, GoodsReceived)
    assert into.quantity == Quantity(Decimal("2.5"), "KGM")


def test_a_purchase_is_written_in_both_standards_and_answered_alike() -> None:
    purchase = Purchase(
        number="4711",
        ordered_on=date(2025, 11, 25),
        wanted_on=date(2025, 12, 12),
        currency="EUR",
        ship_to="4000009",
        lines=(
            Wanted(material="PUMP", quantity=Quantity(Decimal(5), "EA"), price=Decimal("12.50")),
        ),
    )
    sent = mailbox.written(ACME, order(purchase, "x12"))
    assert b"PO1*1*5*EA*12.5**BP*PUMP~" in sent
    (came,) = X12Program().read(sent.replace(b"004010", b"004010"))
    assert (came.number, came.items, came.errors) == ("4711", [("PUMP", "5")], [])
    answer = confirmation(document(one(X12Program().confirmation(came))), KNOWN)
    assert (answer.order, answer.word, answer.lines[0].word) == ("4711", "AD", "IA")
    sent = mailbox.written(BETA, order(purchase, "edifact"))
    assert b"QTY+21:5:EA'" in sent
    (came,) = EdifactProgram().read(sent)
    assert (came.number, came.items, came.errors) == ("4711", [("PUMP", "5")], [])
    answer = confirmation(document(one(EdifactProgram().confirmation(came))), KNOWN)
    assert (answer.order, answer.word, answer.lines[0].word) == ("4711", "29", "5")
    assert answer.lines[0].due_at == datetime(2025, 12, 12, tzinfo=UTC)


def test_a_carrier_says_where_it_is_by_214_and_iftsta() -> None:
    lines = ["B10*PRO-1*SHIP-1*SCAC", "LX*1", "AT7*X1*NS***20251125*0600*UT", "MS1*CHICAGO*IL*US"]
    (arrived,) = milestones(document(one(x12(lines, document="214", code="QM"))), KNOWN)
    assert (arrived.consignment, arrived.status, arrived.place) == (
        "SHIP-1", "X1", "CHICAGO, IL, US"
    )  # fmt: skip
    assert arrived.at == datetime(2025, 11, 25, 6, tzinfo=UTC)
    lines = ["BGM+23+T-1+9", "CNI+1+SHIP-1", "STS+1+21+NS", "DTM+334:202511250600:203"]
    (arrived,) = milestones(document(one(edifact(lines, document="IFTSTA"))), KNOWN)
    assert (arrived.consignment, arrived.status, arrived.reason) == ("SHIP-1", "21", "NS")
    assert arrived.at == datetime(2025, 11, 25, 6, tzinfo=UTC)


def test_a_document_without_a_piece_is_whole_as_it_is() -> None:
    lines = ["BSS*05*R-1*20251125*DL*20251125*20251231", "LIN*1*BP*PUMP", "FST*5*C*D*20251201"]
    lines += ["FST*7*C*D*20251208", "LIN*2*BP*SEAL", "FST*9*C*W*20251201", "CTT*2"]
    read = document(one(x12(lines, document="862", code="SS")))
    assert [[f.text(1) for f in line.all("FST")] for line in read.all("LIN")] == [["5", "7"], ["9"]]
    assert ["*".join([s.tag, *map(str, s.elements)]) for s in flat(read.segments)] == lines
