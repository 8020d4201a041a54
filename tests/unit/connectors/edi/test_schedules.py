"""For which day a supplier shall send what, as it is told in either standard."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from andon.connectors.edi import Partner
from andon.connectors.edi.mapping import Call, Schedule, schedule
from tests.unit.connectors.edi import mailbox
from tests.unit.connectors.edi.mailbox import ACME, BETA, document, report, rows

SAID = Schedule(
    number="4711-1",
    order="4711",
    written_on=date(2026, 3, 2),
    unit="EA",
    calls=(
        Call(material="PUMP", amount=Decimal("6.50"), day=date(2026, 3, 4)),
        Call(material="SEAL", amount=Decimal(5), day=date(2026, 3, 2)),
    ),
)


def test_an_862_names_order_amount_and_day_of_each_line_and_the_span_of_all() -> None:
    sent = mailbox.written(ACME, schedule(SAID, "x12"))
    assert b"BSS*00*4711-1*20260302*DL*20260302*20260304****4711*A~" in sent.replace(b"\n", b"")
    assert b"LIN*1*BP*PUMP*PO*4711~" in sent
    assert b"FST*6.5*C*D*20260304~" in sent
    assert b"FST*5*C*D*20260302~" in sent


def test_a_delfor_names_order_amount_and_day_of_each_line() -> None:
    sent = mailbox.written(BETA, schedule(SAID, "edifact"))
    lines = sent.replace(b"\n", b"").split(b"'")
    at = lines.index(b"LIN+2++SEAL:IN")
    assert lines[at : at + 5] == [
        b"LIN+2++SEAL:IN", b"RFF+ON:4711", b"SCC+1", b"QTY+113:5:EA", b"DTM+2:20260302:102",
    ]  # fmt: skip


AGAIN = msgspec.structs.replace(SAID, replaces="R00001")


def test_what_is_called_in_place_of_a_return_names_it_in_each_line() -> None:
    assert mailbox.written(ACME, schedule(AGAIN, "x12")).count(b"REF*RZ*R00001~") == 2
    assert mailbox.written(BETA, schedule(AGAIN, "edifact")).count(b"RFF+ALQ:R00001'") == 2


@pytest.mark.parametrize("said", [SAID, AGAIN], ids=["ordered", "again"])
@pytest.mark.parametrize(("partner", "kind"), [(ACME, "862"), (BETA, "DELFOR")])
def test_whoever_reads_it_by_the_rules_finds_nothing_wrong(
    partner: Partner, kind: str, said: Schedule
) -> None:
    sent = mailbox.written(partner, schedule(said, partner.standard))
    first, last = rows(sent, mailbox.settings(acme=partner))
    read = document(first)
    assert read.document == kind
    assert [line.all("FST") or line.all("SCC") for line in read.all("LIN")]
    told = report(last).report
    assert (told.flaws, told.oddities) == ([], [])
