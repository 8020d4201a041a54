"""Parts: what a technician built in leaves the books once."""

__all__ = ["post_parts"]

from andon.capabilities.service.carrying import number_of, number_under, tell
from andon.core.workflow import Run, workflow
from andon.model.service import IssueParts, UpdateCase, VisitCompleted


@workflow(on=VisitCompleted)
async def post_parts(run: Run, visit: VisitCompleted) -> None:
    """All parts of a visit are one posting. They are built in, so a refusal of the books is never
    the end."""
    if not visit.parts:
        return
    number = await number_under(
        run,
        IssueParts(case_id=run.subject, visit_id=visit.visit_id, parts=visit.parts),
        team="service",
        trouble=f"The parts of visit {visit.visit_id} ({number_of(run)}) are built in, and the"
        " books refuse to take them out",
        again="post again",
        by_hand="it is posted",
    )
    await tell(
        run,
        UpdateCase(
            case_id=run.subject, status="parts-posted", reference=number, text=visit.visit_id
        ),
    )
