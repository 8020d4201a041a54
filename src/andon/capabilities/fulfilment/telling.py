"""Telling: what happens to a delivery is in the customer's file, and the customer hears of it."""

__all__ = ["tell_customer"]

from andon.core.insisting import insist
from andon.core.workflow import Run, workflow
from andon.model.fulfilment import DeliveryCreated, MilestonePassed
from andon.model.sales import TellCustomer


@workflow(on=DeliveryCreated)
async def tell_customer(run: Run, created: DeliveryCreated) -> None:
    """It left, and it is there: each is told once, in whatever order and however often the carrier
    says it. That a truck stands before the customer's gate is no news to the customer."""
    told: set[str] = set()
    while told != {"departed", "delivered"}:
        passed = await run.wait(MilestonePassed)
        news = passed.milestone
        if news == "arrived" or news in told:
            continue
        told.add(news)
        await _tell(
            run,
            TellCustomer(
                delivery_id=run.subject,
                customer_id=created.customer_id,
                news=news,
                happened_at=passed.passed_at,
            ),
        )


async def _tell(run: Run, command: TellCustomer) -> None:
    await insist(
        run,
        command,
        team="sales",
        says=lambda error: (
            f"Customer {command.customer_id} cannot be told that delivery"
            f" {run.local} {command.news}: {error} Mend the cause in the"
            " CRM, then try again; or tell them by telephone."
        ),
        again="try again",
        by_hand="they are told",
    )
