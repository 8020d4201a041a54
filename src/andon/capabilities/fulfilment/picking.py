"""Picking: from the clerk's delivery to the dock, around lots that quality holds."""

__all__ = ["pick_delivery"]

from datetime import timedelta

from andon.core.errors import DeniedError, RejectedError
from andon.core.insisting import insist
from andon.core.workflow import Run, Wait, workflow
from andon.model.disposing import LotDisposed
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
CANCELLED = "it is cancelled"


@workflow(on=DeliveryCreated)
async def pick_delivery(run: Run, created: DeliveryCreated) -> None:
    """The warehouse gets a task. A hold of one of its lots that comes before all is picked stops
    it; the release of the last that is held lets it go on, and a lot that is scrapped never will.
    Once it stands at the dock the books hear of it."""
    if not await _tasked(run, created):
        return
    lots = tuple(line.lot_id for line in created.lines if line.lot_id is not None)
    held: set[str] = set()
    while True:
        match await run.wait(DeliveryPicked, HoldPlaced, HoldReleased, LotDisposed):
            case DeliveryPicked():
                await _confirmed(run)
                return
            case HoldPlaced(lot_id=lot):
                held.add(_number(lot))
                await _told(run, StopPick(delivery_id=run.subject))
            case HoldReleased(lot_id=lot):
                held.discard(_number(lot))
                if not held:
                    await _told(run, ResumePick(delivery_id=run.subject, lot_ids=lots))
            case LotDisposed(lot_id=lot, usage="scrap") if _number(lot) in held:
                await _given_up(run, _number(lot))
                return
            case LotDisposed():
                pass


def _number(lot: str) -> str:
    """As people call it, whichever system speaks of it."""
    return lot.rpartition(":")[2]


async def _given_up(run: Run, lot: str) -> None:
    """A task that was given stays stopped for good: only the clerk can send something else."""
    await run.ask(
        "shipping",
        f"Delivery {run.local} can never be picked: lot {lot} is scrapped, and nobody takes it off"
        " the shelf for it. Cancel the delivery in the ERP, and make a new one of another lot.",
        CANCELLED,
    )


async def _tasked(run: Run, created: DeliveryCreated) -> bool:
    """A held lot is not even asked for: the fence stops the task. It is tried again when a hold
    ends, and every few minutes, as the fence may be the last to hear of it; once the lot is
    scrapped nothing is."""
    waits = False
    news: Wait[HoldPlaced | HoldReleased | LotDisposed] | None = None
    task = PickDelivery(delivery_id=run.subject, lines=created.lines, orders=created.orders)
    while True:
        try:
            await run.send(task)
        except DeniedError as error:
            if not waits and not await _waits(run, error):
                return False
            waits = True
            news = news or run.wait(HoldPlaced, HoldReleased, LotDisposed)
            place, said = await run.first(news, run.sleep(LOOK_AGAIN_AFTER))
            if place == 0:
                news = None
            if isinstance(said, LotDisposed) and said.usage == "scrap":
                await _given_up(run, _number(said.lot_id))
                return False
        except RejectedError as error:
            answer = await run.ask(
                "shipping",
                f"Delivery {run.local} cannot be picked: {error} Mend the cause, then try again; or"
                " cancel the delivery in the ERP.",
                "try again",
                CANCELLED,
            )
            if answer == CANCELLED:
                return False
        else:
            return True


async def _waits(run: Run, error: DeniedError) -> bool:
    """Whether shipping waits for quality."""
    answer = await run.ask(
        "shipping",
        f"Delivery {run.local} cannot be picked: {error} Wait for quality's word, or take"
        " another lot: cancel the delivery in the ERP and make a new one.",
        "wait for the release",
        CANCELLED,
    )
    return answer != CANCELLED


async def _told(run: Run, command: StopPick | ResumePick) -> None:
    """Refused when it is picked already: then that is what comes next. The fence stops what was
    held again meanwhile, and the end of that hold is heard, too."""
    try:
        await run.send(command)
    except (RejectedError, DeniedError):
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
