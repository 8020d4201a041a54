"""A proposed hold: nothing is held before quality says so."""

from datetime import UTC, datetime
from typing import Any

import pytest

from andon.capabilities.quality import confirm_proposed_hold
from andon.core.workflow import Ask, Send
from andon.engine.answers import Answer
from andon.engine.live import Live
from andon.model.quality import HoldProposed, PlaceHold

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def begun() -> tuple[Live, Ask]:
    live = Live(
        confirm_proposed_hold,
        id="confirm_proposed_hold@mail/1",
        subject="material-lot/erp:L77",
        lane=0,
        correlation="mail/1",
        site="here",
        trigger=1,
        started_at=NOON,
    )
    proposed = HoldProposed(lot_id="L77", reason="cracks", proposed_by="qa@acme.example")
    (asked,) = live.start(proposed)
    assert isinstance(asked, Ask)
    return live, asked


def answered(choice: str) -> tuple[Live, list[Any]]:
    live, asked = begun()
    return live, list(live.take(asked.n, Answer(choice), NOON))


def test_quality_is_asked_and_told_by_whom() -> None:
    _, asked = begun()
    assert (asked.team, asked.choices) == ("quality", ("hold", "dismiss"))
    assert "qa@acme.example asks to hold lot L77: cracks. Nothing is held yet." in asked.text


def test_a_confirmed_hold_is_placed_with_its_reason() -> None:
    _, (send,) = answered("hold")
    assert isinstance(send, Send)
    assert send.command == PlaceHold(
        lot_id="material-lot/erp:L77", reason="cracks (asked for by qa@acme.example)"
    )


@pytest.mark.parametrize("choice", ["dismiss"])
def test_a_dismissed_one_is_not(choice: str) -> None:
    live, verbs = answered(choice)
    assert live.ended
    assert not verbs
