"""Picking: from the clerk's delivery to the dock, around lots that quality holds."""

__all__ = ["pick_delivery"]

from datetime import timedelta

from andon.core.errors import DeniedError, RejectedError
from andon.core.insisting import insist
from andon.core.workflow import Run, Wait, workflow
from andon.model.fulfilment import (
    ConfirmPick,
    DeliveryCreated,
    DeliveryPicked,
    PickDelivery,
    ResumePick,
    StopPick,
)
from andon.model.quality import HoldPlaced, HoldReleased

LOOK_AGAIN_AFTER = timedelta(minutes=10)


@workflow(on=DeliveryCreated)
async def pick_delivery(run: Run, created: DeliveryCreated) -> None:
    """The warehouse gets a task. A hold that comes before it is picked stops it, a release lets it
    go on; once it stands at the dock the books hear of it."""
    if not await _tasked(run, created):
        return
    while True:
        match await run.wait(DeliveryPicked, HoldPlaced, HoldReleased):
            case DeliveryPicked():
                await _confirmed(run)
                return
            case HoldPlaced():
                await _told(run, StopPick(delivery_id=run.subject))
            case HoldReleased():
                await _told(run, ResumePick(delivery_id=run.subject))


async def _tasked(run: Run, created: DeliveryCreated) -> bool:
    """A held lot is not even asked for: the fence stops the task. It is tried again when a hold
    ends, and every few minutes, as the fence may be the last to hear of it."""
    number = run.local
    waits = False
    news: Wait[HoldPlaced | HoldReleased] | None = None
    while True:
        try:
            await run.send(PickDelivery(delivery_id=run.subject, lines=created.lines))
        except DeniedError as error:
            if not waits:
                answer = await run.ask(
                    "shipping",
                    f"Delivery {number} cannot be picked: {error} Wait for quality's word, or take"
                    " another lot: cancel the delivery in the ERP and make a new one.",
                    "wait for the release",
                    "it is cancelled",
                )
                if answer == "it is cancelled":
                    return False
                waits = True
            news = news or run.wait(HoldPlaced, HoldReleased)
            place, _ = await run.first(news, run.sleep(LOOK_AGAIN_AFTER))
            if place == 0:
                news = None
        except RejectedError as error:
            answer = await run.ask(
                "shipping",
                f"Delivery {number} cannot be picked: {error} Mend the cause, then try again; or"
                " cancel the delivery in the ERP.",
                "try again",
                "it is cancelled",
            )
            if answer == "it is cancelled":
                return False
        else:
            return True


async def _told(run: Run, command: StopPick | ResumePick) -> None:
    """Refused when it is picked already: then that is what comes next."""
    try:
        await run.send(command)
    except RejectedError:
        return


async def _confirmed(run: Run) -> None:
    await insist(
        run,
        ConfirmPick(delivery_id=run.subject),
        team="shipping",
        says=lambda error: (
            f"Delivery {run.local} stands at the dock, and the ERP does"
            f" not take it as picked: {error} Mend the cause, then try again; or confirm it"
            " there."
        ),
        again="try again",
        by_hand="it is confirmed",
    )
