"""Field service: a case becomes a complaint and is answered, parts are posted once."""

from decimal import Decimal

from andon.capabilities.service import answer_case, post_parts
from andon.core.connector import Receipt
from andon.core.errors import RejectedError
from andon.core.message import Command, Event
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Wait, Workflow
from andon.engine.answers import Answer
from andon.model.service import (
    CaseReported,
    ComplaintDecided,
    IssueParts,
    RaiseComplaint,
    UpdateCase,
    UsedPart,
    VisitCompleted,
)
from tests.unit.capabilities.doing import Doing

CASE = "service-case/field-service:FS-1"
REPORTED = CaseReported(
    case_id=CASE, customer_id="17100001", material_id="PUMP", defect="leaks", lot_id="A1"
)
SEAL = UsedPart(material_id="SEAL", lot_id="S1", quantity=Quantity(Decimal(2), "PC"))


class Following(Doing):
    """A run about the case."""

    def __init__(self, flow: Workflow, first: Event) -> None:
        super().__init__(flow, CASE, first)

    def done(self, reference: str) -> None:
        self.answer(Send, Answer(Receipt(reference=reference)))

    def refused(self, words: str) -> None:
        self.answer(Send, Answer(error=RejectedError(words)))

    def says(self, choice: str) -> None:
        self.answer(Ask, Answer(choice))

    @property
    def sent(self) -> Command:
        (send,) = [v for v in self.open if isinstance(v, Send)]
        return send.command

    @property
    def asks(self) -> Ask:
        (ask,) = [v for v in self.open if isinstance(v, Ask)]
        return ask


def _visit(*parts: UsedPart) -> VisitCompleted:
    return VisitCompleted(case_id=CASE, visit_id="V-1", outcome="repaired", parts=parts)


def test_a_case_is_a_complaint_and_its_customer_hears_of_both_steps() -> None:
    run = Following(answer_case, REPORTED)
    assert run.sent == RaiseComplaint(
        case_id=CASE, customer_id="17100001", material_id="PUMP", defect="leaks", lot_id="A1"
    )
    run.done("CMP-1")
    assert run.sent == UpdateCase(case_id=CASE, status="with-quality", reference="CMP-1")
    run.done("U-1")
    decided = ComplaintDecided(case_id=CASE, verdict="justified", reason="porous casting")
    run.answer(Wait, Answer(decided))
    assert run.sent == UpdateCase(
        case_id=CASE, status="justified", reference="CMP-1", text="porous casting"
    )
    run.done("U-2")
    assert run.live.ended


def test_a_complaint_that_is_refused_is_a_question_for_quality_until_it_is_raised() -> None:
    run = Following(answer_case, REPORTED)
    run.refused("no lot.")
    assert run.asks.team == "quality"
    assert "no lot" in run.asks.text
    run.says("raise again")
    assert isinstance(run.sent, RaiseComplaint)
    run.refused("no lot.")
    run.says("it is raised there")
    assert run.sent == UpdateCase(case_id=CASE, status="with-quality", reference=None)


def test_parts_are_posted_and_the_field_service_hears_under_which_number() -> None:
    run = Following(post_parts, _visit(SEAL))
    assert run.sent == IssueParts(case_id=CASE, visit_id="V-1", parts=(SEAL,))
    run.done("4900000001/2026")
    assert run.sent == UpdateCase(
        case_id=CASE, status="parts-posted", reference="4900000001/2026", text="V-1"
    )
    run.done("U-1")
    assert run.live.ended


def test_a_visit_without_parts_posts_nothing() -> None:
    assert Following(post_parts, _visit()).live.ended


def test_refused_parts_and_refused_news_are_questions_for_service() -> None:
    run = Following(post_parts, _visit(SEAL))
    run.refused("deficit of 2 PC.")
    assert run.asks.team == "service"
    assert "deficit" in run.asks.text
    run.says("post again")
    run.done("4900000001")
    run.refused("there is no case FS-1.")
    assert "FS-1 (parts-posted)" in run.asks.text
    run.says("tell again")
    run.done("U-1")
    assert run.live.ended
