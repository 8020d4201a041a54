"""What became of a shipment, as it is told to the supplier in either standard."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from andon.connectors.edi.mapping import Advice, Judged, advice, arrivals
from andon.core.mapping import Known
from tests.unit.connectors.edi import mailbox
from tests.unit.connectors.edi.mailbox import ACME, BETA, document, rows

SAID = Advice(
    number="S1-4711",
    order="4711",
    shipment="S1",
    received_at=datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
    unit="EA",
    lots=(
        Judged(material="PUMP", lot="L-7", taken=Decimal(8), damaged=Decimal(1)),
        Judged(material="SEAL", lot="L-8", taken=Decimal(5), missing=Decimal(2)),
        Judged(material="SEAL", lot="L-9", taken=Decimal(5)),
    ),
)


@pytest.mark.parametrize("partner", [ACME, BETA], ids=["x12", "edifact"])
def test_an_advice_is_read_as_it_was_meant(partner: Any) -> None:
    sent = mailbox.written(partner, advice(SAID, partner.standard))
    here = mailbox.settings(acme=partner)
    read = list(arrivals(document(rows(sent, here)[0]), Known(here)))
    assert [one.line.order for one in read] == ["4711"] * 3
    assert [one.line.lots for one in read] == [("L-7",), ("L-8",), ("L-9",)]
    assert [one.taken.amount for one in read if one.taken] == [8, 5, 5]
    assert read[0].questioned is not None
    assert read[0].questioned.amount == 1
    assert read[0].received_at == SAID.received_at


def test_what_is_short_and_what_is_damaged_have_codes_of_their_own() -> None:
    x12 = mailbox.written(ACME, advice(SAID, "x12"))
    assert b"RCD*1*8*EA***1*EA*01~" in x12
    assert b"RCD*2*5*EA***2*EA*02~" in x12
    assert b"RCD*3*5*EA~" in x12
    edifact = mailbox.written(BETA, advice(SAID, "edifact"))
    assert b"QTY+195:1:EA'" in edifact
    assert b"QTY+119:2:EA'" in edifact
