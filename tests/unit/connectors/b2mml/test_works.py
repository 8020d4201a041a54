"""WorkSchedule and JobList that they send: orders, under the id of the request or of the job."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.connectors.b2mml.answering import answer_to
from andon.connectors.b2mml.items import items_of, rows_of
from andon.connectors.b2mml.mapping import answered
from andon.core.connector import Item
from andon.core.errors import MappingError
from andon.core.mapping import Known
from andon.core.message import Finding, ReadBack
from andon.model.production import OperationConfirmed, OrderCancelled, OrderChanged, OrderReleased
from tests.unit.connectors.b2mml.documents import bod, item
from tests.unit.connectors.b2mml.test_mapping import (
    AMOUNT,
    NOON,
    PUMP,
    SETTINGS,
    TEN,
    actual,
    means,
    pcs,
)

END = "<EndTime>2026-12-01T12:00:00+01:00</EndTime>"
RELEASED = OrderReleased(order_id="1001", material_id="PUMP", planned=TEN, due_at=NOON)


def job(name: str, *, status: str = "", command: str = "", end: str = "", amount: int = 10) -> str:
    """A JobOrder of 10 pumps."""
    told = f"<Command>{command}</Command>" if command else ""
    stands = f"<DispatchStatus>{status}</DispatchStatus>" if status else ""
    return (
        f"<JobOrder><ID>{name}</ID>{end}<WorkMasterID>A</WorkMasterID>{told}{stands}"
        "<MaterialRequirement><ID>1</ID><MaterialDefinitionID>PUMP</MaterialDefinitionID>"
        f"<MaterialUse>Produced</MaterialUse>{AMOUNT.format(amount)}</MaterialRequirement>"
        "</JobOrder>"
    )


def work(order: str, *parts: str, state: str = "Released", end: str = END) -> str:
    """A WorkRequest."""
    stands = f"<RequestState>{state}</RequestState>" if state else ""
    return f"<WorkRequest><ID>{order}</ID>{end}{stands}{''.join(parts)}</WorkRequest>"


def schedule(verb: str, request: str) -> Item:
    document = bod(verb, "WorkSchedule", f"<ID>S</ID>{request}")
    assert items_of(document, judged=True)
    return item(document)


def listed(verb: str, one: str) -> Item:
    document = bod(verb, "JobList", f"<ID>J</ID>{one}")
    assert items_of(document, judged=True)
    return item(document)


@pytest.mark.parametrize("verb", ["Process", "Sync", "Show"])
def test_a_work_request_is_released_once_and_then_changed(verb: str) -> None:
    first = schedule(verb, work("1001", job("j")))
    assert (first.kind, first.mirror) == ("WorkRequest", "WorkRequest/1001")
    assert means(first) == [RELEASED]
    assert means(schedule("Sync", work("1001", job("j"))), first) == []
    assert means(schedule("Change", work("1001", job("j", amount=8))), first) == [
        OrderChanged(order_id="1001", material_id="PUMP", planned=pcs(8), due_at=NOON)
    ]


def test_a_schedule_is_one_order_for_each_of_its_requests() -> None:
    data = "<ID>S</ID>" + work("1001", job("a")) + work("1002", job("b"))
    both = items_of(bod("Process", "WorkSchedule", data), judged=True)
    said = [one for each in both for one in means(each)]
    assert [one.order_id for one in said] == ["1001", "1002"]


def test_a_work_request_is_cancelled_by_the_verb_or_by_its_state_and_once() -> None:
    first = schedule("Process", work("1001", job("j")))
    by_verb = schedule("Cancel", work("1001", job("j")))
    by_state = schedule("Sync", work("1001", job("j"), state="Cancelled"))
    assert means(by_verb, first) == means(by_state, first) == [OrderCancelled(order_id="1001")]
    assert means(by_verb, by_state) == []


@pytest.mark.parametrize(
    ("jobs", "becomes"),
    [
        ([job("a")], [RELEASED]),
        ([job("a", status="Pending"), job("b", status="Dispatched")], [RELEASED]),
        ([job("a", status="Waiting"), job("b", status="Pending")], []),
        ([job("a", status="Cancelled"), job("b", status="Ready")], [RELEASED]),
        ([job("a", status="Aborted")], [OrderCancelled(order_id="1001")]),
        (
            [job("a", status="Completed"), job("b", status="Dispatched")],
            [ReadBack(kind="production-order", object_id="1001", holds={"status": "Running"})],
        ),
    ],
    ids=["silent", "one-dispatched", "planned", "one-cancelled", "aborted", "under-way"],
)
def test_a_work_request_without_a_state_stands_as_its_jobs_do(
    jobs: list[str], becomes: list[object]
) -> None:
    assert means(schedule("Sync", work("1001", *jobs, state=""))) == becomes


def test_a_job_of_its_own_in_a_request_is_told() -> None:
    jobs = (
        job("a"),
        job("b", status="Other").replace(
            "<DispatchStatus>", '<DispatchStatus OtherValue="Rinsing">'
        ),
    )
    (told,) = means(schedule("Sync", work("1001", *jobs, state="")))
    assert isinstance(told, Finding)
    assert "Rinsing" in told.text


def test_the_date_is_the_requests_else_that_of_its_last_job() -> None:
    later = "<EndTime>2026-12-01T11:00:00Z</EndTime>"
    first = job("a", end="<EndTime>2026-11-30T11:00:00Z</EndTime>")
    assert means(schedule("Sync", work("1001", first, job("b", end=later), end=""))) == [RELEASED]


def test_jobs_of_a_request_within_a_request_are_steps_of_the_outer() -> None:
    inner = work("1001-1", job("a")).replace("WorkRequest>", "WorkRequestChild>")
    assert means(schedule("Sync", work("1001", inner, "<JobOrder><ID>b</ID></JobOrder>"))) == [
        RELEASED
    ]


def test_a_job_of_a_list_is_an_order_under_its_own_id() -> None:
    first = listed("Process", job("1001", end=END))
    assert (first.kind, first.mirror) == ("JobOrder", "JobOrder/1001")
    assert means(first) == [RELEASED]
    assert means(listed("Sync", job("1001", end=END, command="Start")), first) == []
    assert means(listed("Sync", job("1001", end=END, status="Running")), first) == [
        ReadBack(kind="production-order", object_id="1001", holds={"status": "Running"})
    ]
    assert means(listed("Cancel", job("1001")), first) == [OrderCancelled(order_id="1001")]


@pytest.mark.parametrize(
    ("command", "becomes"),
    [
        ("Resume", []),
        ("Pause", [ReadBack(kind="production-order", object_id="1001", holds={"status": "Held"})]),
        ("Abort", [OrderCancelled(order_id="1001")]),
    ],
)
def test_what_a_job_is_told_says_more_than_how_it_stood(
    command: str, becomes: list[object]
) -> None:
    first = listed("Process", job("1001", end=END))
    told = listed("Sync", job("1001", end=END, status="Ready", command=command))
    assert means(told, first) == becomes


@pytest.mark.parametrize(
    ("what", "instead", "says", "at"),
    [
        ("<UnitOfMeasure>PCE</UnitOfMeasure>", "", "has no UnitOfMeasure", "WorkRequest 1001"),
        ("Produced", "Consumed", "WorkRequest 1001 says of no material", "body/JobOrder"),
        ("T12:00:00+01:00", "T12:00:00", "has no zone", "WorkRequest 1001"),
        (">Released<", ">Melting<", "'Melting' is no RequestState", "body/RequestState"),
        (">Released<", "><", "'Melting' is no DispatchStatus", "body/JobOrder/DispatchStatus"),
    ],
)
def test_what_a_work_request_does_not_say_is_a_fault_with_its_place(
    what: str, instead: str, says: str, at: str
) -> None:
    one = job("j", status="Melting" if instead == "><" else "Dispatched")
    whole = bod("Process", "WorkSchedule", "<ID>S</ID>" + work("1001", one)).decode()
    with pytest.raises(MappingError, match=says) as raised:
        means(item(whole.replace(what, instead).encode()))
    assert at in str(raised.value.faults[0])


def test_a_job_that_is_told_what_nobody_knows_is_a_fault_with_its_place() -> None:
    one = item(bod("Sync", "JobList", "<ID>J</ID>" + job("1001", command="Dance")))
    with pytest.raises(MappingError, match="'Dance' is no Command") as raised:
        means(one)
    assert "body/Command" in str(raised.value.faults[0])
    with pytest.raises(MappingError, match="JobOrder 1001 says of no material"):
        means(listed("Sync", "<JobOrder><ID>1001</ID></JobOrder>"))


JOB_DONE = (
    "<JobResponse><ID>j</ID><JobOrderID>10</JobOrderID><JobState>Completed</JobState>"
    f"{actual('Produced', 4, PUMP)}</JobResponse>"
)
RESULT = (
    "<TestResult><ID>T1</ID><TestableObjectID>L7</TestableObjectID>"
    "<EvaluatedCriterionResult>Pass</EvaluatedCriterionResult></TestResult>"
)
NOUNS = {
    "WorkSchedule": "<ID>S</ID>" + work("1001", job("j")),
    "WorkPerformance": (
        "<ID>W</ID><WorkScheduleID>S</WorkScheduleID><WorkResponse><ID>R</ID>"
        f"<WorkRequestID>1001</WorkRequestID>{JOB_DONE}</WorkResponse>"
    ),
    "OperationsTestInformation": RESULT,
}
EACH = pytest.mark.parametrize("noun", NOUNS)


def test_jobs_of_a_response_within_a_response_are_confirmations_of_the_outer() -> None:
    inner = f"<WorkResponseChild><ID>c</ID>{JOB_DONE}</WorkResponseChild>"
    bare = "<JobResponse><ID>k</ID></JobResponse>"
    data = NOUNS["WorkPerformance"].replace(JOB_DONE, inner + bare)
    document = bod("Sync", "WorkPerformance", data)
    assert items_of(document, judged=True)
    (told,) = means(item(document))
    assert isinstance(told, OperationConfirmed)
    assert (told.order_id, told.operation, told.good) == ("1001", "10", pcs(4))
    nobody = bod("Sync", "WorkPerformance", data.replace("WorkRequestID", "WorkType"))
    with pytest.raises(MappingError, match="to which request") as raised:
        means(item(nobody))
    assert "body/WorkRequestID" in str(raised.value.faults[0])


def test_a_job_response_of_a_list_is_a_confirmation_of_its_job_order() -> None:
    document = bod("Sync", "JobResponseList", f"<ID>L</ID>{JOB_DONE}")
    assert items_of(document, judged=True)
    (told,) = means(item(document))
    assert isinstance(told, OperationConfirmed)
    assert (told.order_id, told.operation, told.good) == ("10", "10", pcs(4))
    nobody = item(document.replace(b"<JobOrderID>10</JobOrderID>", b""))
    with pytest.raises(MappingError, match="to which job order") as raised:
        means(nobody)
    assert "body/JobOrderID" in str(raised.value.faults[0])


@EACH
@pytest.mark.parametrize("judged", [False, True])
def test_half_a_document_says_nothing_and_says_where_it_ends(noun: str, judged: bool) -> None:
    whole = bod("Process", noun, NOUNS[noun])
    for length in range(len(whole) // 2, len(whole) - 1, 7):
        with pytest.raises(MappingError, match="no XML to its end") as raised:
            items_of(whole[:length], judged=judged)
        assert "line 1, column" in str(raised.value.faults[0])


@EACH
def test_a_verb_that_b2mml_does_not_have_is_refused_with_its_place(noun: str) -> None:
    with pytest.raises(MappingError, match=f"Notify{noun} is neither a noun") as raised:
        items_of(bod("Notify", noun, NOUNS[noun]))
    assert "line 1" in str(raised.value.faults[0])


@EACH
@pytest.mark.parametrize("verb", ["Process", "Acknowledge"])
@pytest.mark.parametrize("judged", [False, True])
def test_a_document_that_holds_another_verb_is_refused_with_its_place(
    noun: str, verb: str, judged: bool
) -> None:
    whole = bod(verb, noun, NOUNS[noun]).decode()
    other = whole.replace(f"<{verb}>", "<Cancel>").replace(f"</{verb}>", "</Cancel>").encode()
    with pytest.raises(MappingError, match=f"{verb}{noun} holds the verb Cancel") as raised:
        items_of(other, judged=judged)
    assert "DataArea/Cancel" in str(raised.value.faults[0])
    (row,) = rows_of(BytesIO(other), judged=judged)
    assert "DataArea/Cancel" in getattr(row, "says", "")


@EACH
@pytest.mark.parametrize("refused", ["", "no such route"])
def test_each_noun_is_answered_by_the_verb_it_has(noun: str, refused: str) -> None:
    document = bod("Process", noun, NOUNS[noun], wants="Always")
    answer = answer_to(document, sender="andon", created_at=NOON, refused=refused)
    assert answer is not None
    assert answer.target == f"Acknowledge{noun}"
    (one,) = items_of(answer.content, judged=True)
    told = list(answered(one, Known(SETTINGS)))
    assert [type(each) for each in told] == ([Finding] if refused else [])


def test_a_modified_answer_says_what_they_hold_of_the_work_now() -> None:
    criteria = (
        '<ResponseCriteria><ResponseExpression actionCode="Modified">/a</ResponseExpression>'
        "</ResponseCriteria>"
    )
    data = "<ID>S</ID>" + work("1001", job("j", amount=20))
    one = item(bod("Acknowledge", "WorkSchedule", data, said=criteria))
    held, told = answered(one, Known(SETTINGS))
    assert isinstance(held, ReadBack)
    assert (held.object_id, held.holds["planned"]) == ("1001", "20 PCE")
    assert isinstance(told, Finding)


GOOD = bod("Process", "WorkSchedule", NOUNS["WorkSchedule"])


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_changed_byte_is_orders_or_one_of_our_errors(at: int, byte: int) -> None:
    document = bytearray(GOOD)
    document[at] = byte
    try:
        for one in items_of(bytes(document)):
            if one.kind == "WorkRequest":
                means(one)
    except MappingError:
        return
