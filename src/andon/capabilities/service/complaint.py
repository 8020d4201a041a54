"""Complaint: from a customer's defect to quality's verdict, and back to the customer."""

__all__ = ["answer_case"]

from andon.capabilities.service.carrying import number_of, number_under, tell
from andon.core.workflow import Run, workflow
from andon.model.service import CaseReported, ComplaintDecided, RaiseComplaint, UpdateCase


@workflow(on=CaseReported)
async def answer_case(run: Run, reported: CaseReported) -> None:
    """Each case is one complaint in quality's system. Those who speak with the customer hear that
    quality has it, and then what quality says."""
    complaint = RaiseComplaint(
        case_id=run.subject,
        customer_id=reported.customer_id,
        material_id=reported.material_id,
        defect=reported.defect,
        lot_id=reported.lot_id,
    )
    number = await number_under(
        run,
        complaint,
        team="quality",
        trouble=f"{reported.customer_id} complains of {reported.material_id}"
        f" ({reported.serial or 'no serial'}, case {number_of(run)}), and the QMS takes no"
        " complaint",
        again="raise again",
        by_hand="it is raised there",
    )
    await tell(run, UpdateCase(case_id=run.subject, status="with-quality", reference=number))
    decided = await run.wait(ComplaintDecided)
    await tell(
        run,
        UpdateCase(
            case_id=run.subject,
            status=decided.verdict,
            reference=decided.complaint_id or number,
            text=decided.reason,
        ),
    )
