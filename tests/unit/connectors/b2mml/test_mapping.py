"""What documents mean in our words."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from andon.connectors.b2mml.items import items_of
from andon.connectors.b2mml.mapping import answered, asked, mappings
from andon.connectors.b2mml.settings import B2mmlSettings
from andon.core.connector import Item
from andon.core.errors import MappingError
from andon.core.mapping import Inbound, Known
from andon.core.message import Finding, ReadBack
from andon.core.quantity import Quantity
from andon.model.inventory import LotCreated
from andon.model.production import (
    OperationConfirmed,
    OrderCancelled,
    OrderChanged,
    OrderCompleted,
    OrderReleased,
    OrderStarted,
)
from andon.model.quality import (
    Decision,
    HoldPlaced,
    HoldReleased,
    InspectionDecided,
)
from tests.unit.connectors.b2mml.documents import SAMPLES, bod, item, request

SETTINGS = B2mmlSettings(folder="/x")
NOON = datetime(2026, 12, 1, 11, tzinfo=UTC)
TEN = Quantity(Decimal(10), "PCE")


def pcs(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PCE")


def means(one: Item, before: Item | None = None) -> list[Any]:
    reader = next(m for m in mappings if isinstance(m, Inbound) and m.kind == one.kind)
    return list(reader.reads(one, Known(SETTINGS, previous=before and before.raw)))


def schedule(verb: str, order: str, **more: Any) -> Item:
    return item(bod(verb, "OperationsSchedule", "<ID>S</ID>" + request(order, **more)))


def test_a_released_order_is_released_once_and_then_changed() -> None:
    first = schedule("Process", "1001")
    assert means(first) == [
        OrderReleased(order_id="1001", material_id="PUMP", planned=TEN, due_at=NOON)
    ]
    assert means(schedule("Sync", "1001"), first) == []
    assert means(schedule("Change", "1001", amount="8"), first) == [
        OrderChanged(order_id="1001", material_id="PUMP", planned=pcs(8), due_at=NOON)
    ]


def test_an_order_is_cancelled_by_the_verb_or_by_its_state_and_once() -> None:
    first = schedule("Process", "1001")
    by_verb, by_state = schedule("Cancel", "1001"), schedule("Sync", "1001", state="Cancelled")
    assert means(by_verb, first) == means(by_state, first) == [OrderCancelled(order_id="1001")]
    assert means(by_verb, by_state) == []
    assert [type(one) for one in means(first, by_state)] == [OrderReleased]


@pytest.mark.parametrize("state", ["Running", "Completed", "Held", "Suspended", "Closed"])
def test_an_order_first_heard_of_under_way_starts_nothing(state: str) -> None:
    (said,) = means(schedule("Sync", "1001", state=state))
    assert said == ReadBack(kind="production-order", object_id="1001", holds={"status": state})


def test_a_plan_is_no_news_and_one_that_goes_back_to_it_is_cancelled() -> None:
    plan = schedule("Sync", "1001", state="Forecast")
    assert means(plan) == []
    (said,) = means(plan, schedule("Process", "1001"))
    assert said == OrderCancelled(order_id="1001", reason="taken back: Forecast")


def test_states_of_their_own_and_words_of_nobody_are_told() -> None:
    own = schedule("Sync", "1001", state="Other")
    assert [type(one) for one in means(own)] == [Finding]
    with pytest.raises(MappingError, match="Melting"):
        means(schedule("Sync", "1001", state="Melting"))
    late = schedule("Change", "1001")
    assert [type(one) for one in means(late)] == [Finding, OrderReleased]


@pytest.mark.parametrize(
    ("what", "instead", "says"),
    [
        ("<UnitOfMeasure>PCE</UnitOfMeasure>", "", "has no UnitOfMeasure"),
        (">10<", ">ten<", "'ten' is no number"),
        (">10<", ">NaN<", "'NaN' is no number"),
        ("Produced", "Consumed", "says of no material and amount that it is Produced"),
        ("T12:00:00+01:00", "T12:00:00", "has no zone"),
        ("T12:00:00+01:00", "T25:00:00Z", "is no time"),
    ],
)
def test_what_an_order_does_not_say_is_a_fault_with_its_place(
    what: str, instead: str, says: str
) -> None:
    whole = bod("Process", "OperationsSchedule", "<ID>S</ID>" + request("1001"))
    with pytest.raises(MappingError, match=says) as raised:
        means(item(whole.replace(what.encode(), instead.encode())))
    assert raised.value.faults


def test_a_field_document_of_v0401_releases_its_order() -> None:
    one = item((SAMPLES / "PRO-20121210181416-27942.xml").read_bytes())
    assert means(one) == [
        OrderReleased(
            order_id="258456", material_id="SO1215", planned=Quantity(Decimal("1.000"), "KG")
        )
    ]
    lot = item((SAMPLES / "LOT-20121210170718-0001L0001.xml").read_bytes())
    assert means(lot) == [LotCreated(lot_id="CRBN0001_LOT01", material_id="CRBN0001")]


AMOUNT = (
    "<Quantity><QuantityString>{}</QuantityString><DataType>decimal</DataType>"
    "<UnitOfMeasure>PCE</UnitOfMeasure></Quantity>"
)


def actual(use: str, amount: int, more: str = "", other: str = "") -> str:
    attribute = f' OtherValue="{other}"' if other else ""
    return (
        f"<MaterialActual><ID>x</ID>{more}<MaterialUse{attribute}>{use}</MaterialUse>"
        f"{AMOUNT.format(amount)}</MaterialActual>"
    )


PUMP = "<MaterialDefinitionID>PUMP</MaterialDefinitionID><MaterialLotID>L7</MaterialLotID>"
SEAL = "<MaterialDefinitionID>SEAL</MaterialDefinitionID><MaterialLotID>S1</MaterialLotID>"
ORDERED = (
    "<SegmentData><ID>OrderedQuantity</ID><Value><ValueString>10</ValueString>"
    "<DataType>decimal</DataType><UnitOfMeasure>PCE</UnitOfMeasure></Value></SegmentData>"
)
TIMES = (
    "<ActualStartTime>2026-12-01T10:00:00Z</ActualStartTime>"
    "<ActualEndTime>2026-12-01T11:00:00Z</ActualEndTime>"
)


def response(state: str, *segments: str) -> Item:
    data = (
        "<ID>P</ID><OperationsResponse><ID>R</ID><OperationsRequestID>1001</OperationsRequestID>"
        f"<ResponseState>{state}</ResponseState>{''.join(segments)}</OperationsResponse>"
    )
    document = bod("Sync", "OperationsPerformance", data)
    assert items_of(document, judged=True)
    return item(document)


def segment(name: str, *parts: str) -> str:
    return (
        f"<SegmentResponse><ID>s{name}</ID>{TIMES}"
        f"<SegmentRequirementID>{name}</SegmentRequirementID><SegmentState>Completed</SegmentState>"
        f"{''.join(parts)}</SegmentResponse>"
    )


def test_segments_are_confirmations_with_good_scrap_lots_and_equipment() -> None:
    where = "<EquipmentActual><ID>1</ID><EquipmentID>PRESS-2</EquipmentID></EquipmentActual>"
    parts = (
        where,
        actual("Produced", 9, PUMP),
        actual("Other", 1, other="Scrap"),
        actual("Consumed", 20, SEAL),
    )
    (said,) = means(response("Running", segment("10", *parts)))
    assert isinstance(said, OperationConfirmed)
    assert (said.order_id, said.operation) == ("1001", "10")
    assert (said.good, said.scrap, said.equipment) == (pcs(9), pcs(1), "PRESS-2")
    assert [(c.material_id, c.lot_id, c.quantity) for c in said.consumed] == [
        ("SEAL", "S1", pcs(20))
    ]
    assert said.completed_at == datetime(2026, 12, 1, 11, tzinfo=UTC)


def test_a_completed_response_completes_the_order_with_what_its_last_segment_made() -> None:
    first = segment("10", actual("Produced", 12, PUMP), actual("Other", 1, other="Scrap"))
    last = segment("20", ORDERED, actual("Produced", 11, PUMP))
    said = means(response("Completed", first, last))
    assert [type(one) for one in said] == [OperationConfirmed, OperationConfirmed, OrderCompleted]
    done = said[-1]
    assert (done.good, done.scrap, done.over, done.ordered) == (pcs(11), pcs(1), pcs(1), pcs(10))
    assert (done.material_id, done.lot_id) == ("PUMP", "L7")


def test_a_completion_without_figures_is_told_and_claims_none() -> None:
    said = means(response("Completed", segment("10", actual("Produced", 9, PUMP))))
    assert [type(one) for one in said] == [OperationConfirmed, ReadBack, Finding]
    assert said[1].holds == {"status": "Completed"}


def test_other_states_of_a_response() -> None:
    assert [type(one) for one in means(response("Running", segment("10")))] == [OrderStarted]
    (held,) = means(response("Held", segment("10")))
    assert held.holds == {"status": "Held"}
    assert means(response("Ready", segment("10"))) == []


def test_a_response_to_nothing_and_two_units_are_faults() -> None:
    data = "<ID>P</ID><OperationsResponse><ID>R</ID></OperationsResponse>"
    with pytest.raises(MappingError, match="to which request"):
        means(item(bod("Sync", "OperationsPerformance", data)))
    kilo = actual("Produced", 9, PUMP).replace("PCE", "KGM")
    with pytest.raises(MappingError, match="PCE and KGM"):
        means(response("Running", segment("10", actual("Produced", 9, PUMP), kilo)))


def test_jobs_are_confirmations_too() -> None:
    job = (
        "<JobResponse><ID>j</ID><JobOrderID>10</JobOrderID><JobState>Running</JobState>"
        f"{actual('Produced', 4, PUMP)}</JobResponse>"
    )
    data = (
        "<ID>W</ID><WorkScheduleID>S</WorkScheduleID><WorkResponse><ID>R</ID>"
        f"<WorkRequestID>1001</WorkRequestID>{job}</WorkResponse>"
    )
    document = bod("Sync", "WorkPerformance", data)
    assert items_of(document, judged=True)
    (said,) = means(item(document))
    assert (said.order_id, said.operation, said.good, said.completed_at) == (
        "1001",
        "10",
        pcs(4),
        None,
    )


def lot(disposition: str, status: str = "") -> Item:
    state = f"<Status>{status}</Status>" if status else ""
    data = (
        f"<ID>L7</ID><MaterialDefinitionID>PUMP</MaterialDefinitionID>{state}"
        f"<Disposition>{disposition}</Disposition>"
    )
    return item(bod("Sync", "MaterialLot", data))


def test_a_lot_is_created_held_and_released() -> None:
    free, held = lot("UnRestricted"), lot("Restricted", "crack found")
    created = LotCreated(lot_id="L7", material_id="PUMP", disposition="UnRestricted")
    assert means(free) == [created]
    assert means(held, free) == [HoldPlaced(lot_id="L7", reason="crack found")]
    assert means(held, held) == []
    assert means(free, held) == [HoldReleased(lot_id="L7", disposition="UnRestricted")]
    assert [type(one) for one in means(held)] == [LotCreated, HoldPlaced]
    with pytest.raises(MappingError, match="Blocked"):
        means(lot("Blocked"))


@pytest.mark.parametrize(("word", "decision"), [("Pass", "accept"), ("NOK", "reject")])
def test_an_evaluated_test_is_a_decision(word: str, decision: Decision) -> None:
    data = (
        "<ID>T1</ID><EvaluationDate>2026-12-01T11:00:00Z</EvaluationDate>"
        "<TestableObjectID>L7</TestableObjectID>"
        f"<EvaluatedCriterionResult>{word}</EvaluatedCriterionResult>"
    )
    (said,) = means(item(bod("Sync", "TestResult", data)))
    assert said == InspectionDecided(
        inspection_id="T1", decision=decision, lot_id="L7", decided_at=NOON
    )
    with pytest.raises(MappingError, match="maybe"):
        means(item(bod("Sync", "TestResult", data.replace(word, "maybe"))))


def test_a_question_is_told_and_starts_nothing() -> None:
    (said,) = asked.reads(schedule("Get", "1001"), Known(SETTINGS))
    assert isinstance(said, Finding)
    assert "asks for OperationsSchedule" in said.text


def test_a_modified_answer_says_what_they_hold_now() -> None:
    criteria = (
        '<ResponseCriteria><ResponseExpression actionCode="Modified">/a</ResponseExpression>'
        "</ResponseCriteria>"
    )
    data = "<ID>S</ID>" + request("1001", amount="20")
    one = item(bod("Acknowledge", "OperationsSchedule", data, said=criteria))
    held, told = answered(one, Known(SETTINGS))
    assert isinstance(held, ReadBack)
    assert held.holds["planned"] == "20 PCE"
    assert isinstance(told, Finding)
    assert told.code == "modified"
