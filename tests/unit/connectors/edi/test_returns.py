"""What goes back, as a supplier is told it in either standard."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from andon.connectors.edi import Partner
from andon.connectors.edi.mapping import RECEIVED, Back, SentBack, arrivals, sent_back
from andon.core.mapping import Known
from andon.core.message import Finding
from tests.unit.connectors.edi import mailbox
from tests.unit.connectors.edi.mailbox import ACME, BETA, document, report, rows

SAID = SentBack(
    number="R00001",
    order="4711",
    shipment="S1",
    left_at=datetime(2026, 3, 4, 15, 30, tzinfo=UTC),
    unit="EA",
    lots=(
        Back(material="PUMP", lot="S1-0", amount=Decimal("1.50")),
        Back(material="SEAL", lot="S1-1", amount=Decimal(2)),
    ),
)
BOTH = pytest.mark.parametrize(("partner", "kind"), [(ACME, "861"), (BETA, "RECADV")])


def test_an_861_says_what_was_returned_and_nothing_that_was_received() -> None:
    sent = mailbox.written(ACME, sent_back(SAID, "x12")).replace(b"\n", b"")
    assert b"BRA*R00001*20260304*00*2~" in sent
    assert b"REF*SI*S1~REF*PO*4711~DTM*011*20260304*153000~" in sent
    assert b"RCD*1****1.5*EA~" not in sent, "the place of received units stays empty, no more"
    assert b"RCD*1***1.5*EA~LIN**BP*PUMP*LT*S1-0~" in sent


def test_a_recadv_says_what_was_returned() -> None:
    sent = mailbox.written(BETA, sent_back(SAID, "edifact")).replace(b"\n", b"")
    assert b"DTM+11:202603041530:203'" in sent
    assert b"LIN+2++SEAL:IN'QTY+61:2:EA'PCI+36E'GIN+BX+S1-1'" in sent


@BOTH
def test_whoever_reads_it_by_the_rules_finds_nothing_wrong(partner: Partner, kind: str) -> None:
    sent = mailbox.written(partner, sent_back(SAID, partner.standard))
    first, last = rows(sent, mailbox.settings(acme=partner))
    assert document(first).document == kind
    told = report(last).report
    assert (told.flaws, told.oddities) == ([], [])


@BOTH
def test_a_customer_that_writes_so_has_returned_it_and_taken_nothing(
    partner: Partner, kind: str
) -> None:
    settings = mailbox.settings(acme=partner)
    known = Known(settings)
    first, *_ = rows(mailbox.written(partner, sent_back(SAID, partner.standard)), settings)
    found = list(arrivals(document(first), known))
    assert [one.taken for one in found] == [None, None]
    assert [one.returned and one.returned.amount for one in found] == [Decimal("1.5"), Decimal(2)]
    (reads,) = [one for one in RECEIVED if one.kind == kind]
    said = list(reads.reads(mailbox.item(first), known))
    assert all(isinstance(one, Finding) and "were returned" in one.text for one in said)
    assert len(said) == 2
