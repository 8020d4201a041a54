"""Work schedules between Andon and a MES: answered, looked for, fetched."""

from decimal import Decimal

import msgspec
import pytest

from andon.connectors.b2mml import B2mmlSettings
from andon.connectors.b2mml.floor import REFUSAL
from andon.connectors.b2mml.orders import distribute
from andon.connectors.b2mml.simulator import Calling, Listening, order
from andon.core.connector import Acknowledge, Offer, Offered, Request
from andon.core.errors import MappingError, OutcomeUnknownError, RejectedError
from andon.core.mapping import Known
from andon.core.quantity import Quantity
from andon.model.production import DistributeOrder
from tests.contract.exchange import Recording
from tests.contract.test_b2mml import AWAITED, Quiet, made, opened, working


def as_work(name: str, amount: int = 10) -> Request:
    """An order as a WorkSchedule."""
    command = DistributeOrder(
        order_id=name, material_id="PUMP", quantity=Quantity(Decimal(amount), "PCE")
    )
    return distribute.writes(command, Known(B2mmlSettings(folder="/x", nouns="work")))


async def test_a_work_schedule_is_accepted_modified_or_rejected_as_any_other() -> None:
    floor = Quiet()
    async with opened(floor, **AWAITED) as mes, Recording(mes, ""), working(floor):
        receipt = await mes.send(as_work("1001"), key="1")
        assert receipt.body["acknowledged"] == "Accepted"
        with pytest.raises(RejectedError, match=REFUSAL):
            await mes.send(as_work("nowhere"), key="2")
        floor.floor.least = 20
        with pytest.raises(RejectedError, match="QuantityString: 10 became 20"):
            await mes.send(as_work("1002"), key="3")
    assert (floor.floor.done, floor.floor.wanted("1001").quantity) == (["1001", "1002"], 10)


async def test_a_work_schedule_whose_answer_was_lost_is_found_by_what_they_show() -> None:
    plant = Listening()
    async with opened(plant) as mes:
        await plant.lose_answer()
        with pytest.raises(OutcomeUnknownError):
            await mes.send(as_work("1001"), key="1")
        assert (await mes.find(as_work("1001"), key="1")) is not None
        assert (await mes.find(as_work("1001", 11), key="1")) is None


def test_work_schedules_are_fetched_and_acknowledged_one_by_one() -> None:
    plant = Calling()
    mes = made(plant, nouns="work")
    (offer,) = [door for door in mes.doors() if isinstance(door, Offer)]
    (hears,) = [door for door in mes.doors() if isinstance(door, Acknowledge)]
    offered = [Offered("k1", as_work("1")), Offered("k2", as_work("2"))]
    shown = offer.render(plant.ask(), offered)
    assert b"<ShowWorkSchedule" in shown
    assert shown.count(b"<WorkRequest>") == 2
    assert offer.withholds(offered[0]) is None
    assert "fetch schedules as WorkSchedule" in (offer.withholds(Offered("k", order("3"))) or "")
    one = offer.render(plant.ask(), offered[:1]).replace(b"Show", b"Acknowledge")
    assert hears.read(msgspec.structs.replace(plant.ask(), body=one)).names == "1"
    both = shown.replace(b"Show", b"Acknowledge")
    with pytest.raises(MappingError, match="AcknowledgeWorkSchedule with one WorkRequest"):
        hears.read(msgspec.structs.replace(plant.ask(), body=both))
