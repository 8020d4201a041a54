"""Scrapping: what the supplier has spoiled of ours leaves the books, and is claimed of it."""

__all__ = ["claim_scrapped"]


from andon.capabilities.subcontracting.following import LOOK_AGAIN_AFTER
from andon.core.insisting import insist
from andon.core.workflow import Run, workflow
from andon.model.processing import ComponentsScrapped, PostProvidedScrap
from andon.model.supply import lots_text


@workflow(on=ComponentsScrapped)
async def claim_scrapped(run: Run, scrapped: ComponentsScrapped) -> None:
    """Posted once, as often as it takes; whether the supplier pays is purchasing's to settle."""
    what = lots_text(scrapped.scrap_id, scrapped.lots)
    await insist(
        run,
        PostProvidedScrap(
            order_id=run.subject,
            scrap_id=scrapped.scrap_id,
            supplier_id=scrapped.supplier_id,
            scrapped=scrapped.lots,
            reason=scrapped.reason,
        ),
        team="purchasing",
        says=lambda error: (
            f"{scrapped.supplier_id} has spoiled {what}, and the books do not take it:"
            f" {str(error).rstrip('.')}. It is posted again every"
            f" {LOOK_AGAIN_AFTER.seconds // 60} minutes; mend the cause, or post it in the ERP by"
            " hand."
        ),
        again="post again",
        by_hand="it is posted",
        every=LOOK_AGAIN_AFTER,
    )
    await run.ask(
        "purchasing",
        f"{scrapped.supplier_id} has spoiled some of what we provided for {run.local}, {what}:"
        f" {scrapped.reason or 'no reason was said'}. It is out of the books. Claim it from the"
        " supplier, or bear it.",
        "it is claimed",
        "we bear it",
    )
