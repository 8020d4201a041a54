"""Readings and jobs as events, orders as jobs."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from andon.connectors.opcua import OpcUaSettings
from andon.connectors.opcua.jobmapping import cancel_job, job_progress, start_job
from andon.connectors.opcua.mapping import equipment_states, growth
from andon.connectors.opcua.receiver import job_order_of
from andon.core.connector import Item
from andon.core.errors import MappingError
from andon.core.mapping import Known
from andon.core.message import Finding
from andon.core.quantity import Quantity
from andon.model.plant import EquipmentStateChanged
from andon.model.production import (
    CancelOrder,
    DistributeOrder,
    OperationConfirmed,
    OrderStarted,
)

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
SETTINGS = OpcUaSettings(url="opc.tcp://press-2:4840", security="None", anonymous=True)
NODE = "nsu=http://acme.example/press;s=state"


def item(**raw: Any) -> Item:
    return Item(kind="k", key="k", raw=msgspec.json.encode(raw))


def reading(value: Any, status: str = "Good") -> dict[str, Any]:
    return {"node": NODE, "type": "String", "value": value, "status": status, "source_at": NOON}


def known(**before: Any) -> Known:
    return Known(SETTINGS, msgspec.json.encode(before) if before else None)


def test_a_state_is_said_of_its_machine() -> None:
    states = equipment_states("k", {NODE: "press-2"})
    (event,) = states.reads(item(**reading("Executing")), known())
    assert event == EquipmentStateChanged(
        equipment_id="press-2", state="Executing", changed_at=NOON
    )
    coded = equipment_states("k", {NODE: "press-2"}, {"3": "Executing", "true": "NotExecuting"})
    for value, state in ((3, "Executing"), (True, "NotExecuting")):
        (event,) = coded.reads(item(**reading(value)), known())
        assert isinstance(event, EquipmentStateChanged)
        assert event.state == state


def test_a_reading_of_bad_quality_is_no_state() -> None:
    states = equipment_states("k", {NODE: "press-2"})
    (event,) = states.reads(item(**reading("Executing", "BadNoCommunication")), known())
    assert isinstance(event, EquipmentStateChanged)
    assert (event.state, event.reason) == ("NotAvailable", "BadNoCommunication")


@pytest.mark.parametrize("value", ["Dreaming", None, 3.5, ["Executing"]])
def test_a_word_nobody_knows_is_named(value: Any) -> None:
    states = equipment_states("k", {NODE: "press-2"})
    with pytest.raises(MappingError) as caught:
        list(states.reads(item(**reading(value)), known()))
    assert caught.value.faults[0].at == "/value"
    with pytest.raises(MappingError):
        list(equipment_states("k", {}).reads(item(**reading("Executing")), known()))


def test_a_counter_grows_by_the_difference_and_begins_again_when_it_is_reset() -> None:
    assert growth(item(**reading(12)), known()) is None
    assert growth(item(**reading(12)), known(**reading(10))) == Decimal(2)
    assert growth(item(**reading(3)), known(**reading(10))) == Decimal(3)
    assert growth(item(**reading(0.3)), known(**reading(0.1))) == Decimal("0.2")
    assert growth(item(**reading(3, "BadTimeout")), known(**reading(1))) is None
    for odd in ("nan", "x", True, None):
        with pytest.raises(MappingError):
            growth(item(**reading(odd)), known(**reading(1)))


def job(state: str, **more: Any) -> dict[str, Any]:
    return {"receiver": "r", "job_id": "J1", "state": state, "at": NOON,
            "order_numbers": ["PA-1"], **more}  # fmt: skip


PROGRESS = job_progress("k", unit="pcs", equipment="press-2")


def said(told: dict[str, Any], /, **before: Any) -> list[Any]:
    return list(PROGRESS.reads(item(**told), known(**before)))


@pytest.mark.parametrize("state", ["NotAllowedToStart", "AllowedToStart", "Interrupted"])
def test_states_that_mean_nothing_to_an_order_say_nothing(state: str) -> None:
    assert said(job(state)) == []


def test_an_order_starts_once_though_its_job_is_interrupted() -> None:
    (started,) = said(job("Running"), **job("AllowedToStart"))
    assert started == OrderStarted(order_id="PA-1", started_at=NOON)
    assert said(job("Running"), **job("Interrupted")) == []
    (named,) = said({**job("Running"), "order_numbers": []})
    assert named.order_id == "J1"


def test_what_a_job_made_is_confirmed() -> None:
    values = {"GoodQuantity": 5, "ProducedQuantity": 6.5}
    (confirmed,) = said(job("Ended", values=values, started_at=NOON, ended_at=NOON))
    assert confirmed == OperationConfirmed(
        order_id="PA-1", operation="J1", good=Quantity(Decimal(5), "pcs"),
        scrap=Quantity(Decimal("1.5"), "pcs"), equipment="press-2",
        started_at=NOON, completed_at=NOON,
    )  # fmt: skip
    (weighed,) = said(job("Ended", values={"GoodQuantity": "2"}, units={"GoodQuantity": "kg"}))
    assert weighed.good == Quantity(Decimal(2), "kg")


@pytest.mark.parametrize(
    ("state", "before", "code"),
    [
        (job("Aborted"), job("Running"), "job-aborted"),
        (job("Ended"), job("Running"), "job-without-figures"),
        (job("Ended", values={"GoodQuantity": 1}, order_numbers=["A", "B"]), {},
         "job-without-figures"),
        (job("Removed", order_numbers=[]), job("Running"), "job-vanished"),
    ],
)  # fmt: skip
def test_what_only_people_can_decide_is_a_doubt(
    state: dict[str, Any], before: dict[str, Any], code: str
) -> None:
    (doubt,) = said(state, **before)
    assert isinstance(doubt, Finding)
    assert doubt.code == code


def test_a_job_that_ended_and_is_cleared_is_no_news() -> None:
    assert said(job("Removed"), **job("Ended")) == []


def test_an_entry_that_could_not_be_read_is_an_exception() -> None:
    with pytest.raises(MappingError):
        said({"receiver": "r", "unread": "9 bytes are no JobOrder", "bytes": "ff"})
    with pytest.raises(MappingError):
        said(job("Ended", values={"GoodQuantity": "many"}))


def test_an_order_becomes_a_job_of_its_name() -> None:
    order = DistributeOrder(
        order_id="PA-1", material_id="PUMP", quantity=Quantity(Decimal(5), "pcs"), due_at=NOON
    )
    request = start_job("ns=2;s=jobs", method="StoreAndStart").writes(order, known())
    assert request.names == "PA-1"
    read = job_order_of(request)
    assert (read.node, read.method, read.job_id) == ("ns=2;s=jobs", "StoreAndStart", "PA-1")
    cancel = cancel_job("ns=2;s=jobs").writes(CancelOrder(order_id="PA-1"), known())
    assert job_order_of(cancel).job_id == "PA-1"
