"""Promise: an order that does not leave in time is spoken about before the customer asks."""

__all__ = ["watch_promise"]

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from andon.capabilities.fulfilment.goods import Goods
from andon.core.errors import RejectedError
from andon.core.insisting import insist
from andon.core.workflow import Run, Sleep, Wait, workflow
from andon.model.fulfilment import DeliveryCreated, MilestonePassed
from andon.model.planning import OrderScheduled
from andon.model.sales import CloseCustomerCase, OpenCustomerCase, SalesOrderPlaced

_MINUTE = timedelta(minutes=1)
"""What leaves in the minute that was promised leaves in time: a day is promised by its last one."""


@workflow(on=SalesOrderPlaced, earlier=True)
async def watch_promise(run: Run, placed: SalesOrderPlaced) -> None:
    """When the promised time is over and not all of the order has left, somebody calls the
    customer: a case in the CRM, which is closed once all of it is on its way. They call sooner
    where an order that is made for it ends later than was promised, as planning says. A delivery
    may be heard of before its order: the ERP has a feed for each."""
    if placed.wanted_by is None:
        return
    goods = Goods(placed.lines)
    bell: Sleep | None = run.sleep(max(placed.wanted_by + _MINUTE - run.now, timedelta()))
    news: Wait[DeliveryCreated | MilestonePassed | OrderScheduled] | None = None
    case: str | None = None
    spoken = False
    while not goods.gone:
        news = news or run.wait(DeliveryCreated, MilestonePassed, OrderScheduled)
        if bell is None:
            heard: Any = await news
        else:
            place, heard = await run.first(news, bell)
            if place == 1:
                bell = None
                if not spoken:
                    case, spoken = await _opened(run, placed, _late(run, placed.wanted_by)), True
                continue
        news = None
        if not isinstance(heard, OrderScheduled):
            goods.hear(heard)
        elif not spoken and heard.ends_at > placed.wanted_by:
            text = _at_risk(run, placed.wanted_by, heard)
            case, spoken = await _opened(run, placed, text, reason="at-risk"), True
    if case is not None:
        await _closed(run, CloseCustomerCase(order_id=run.subject, case_id=case))


def _late(run: Run, promised: datetime) -> str:
    return (
        f"Order {run.local} was promised for {_shown(promised)} and has not left. Say so to"
        " the customer, and when it will."
    )


def _at_risk(run: Run, promised: datetime, made: OrderScheduled) -> str:
    why = "" if made.reason is None else f": {made.reason}"
    return (
        f"Order {run.local} was promised for {_shown(promised)}, and what is made for it ends at"
        f" {_shown(made.ends_at)}, as planned now{why}. Say so to the customer before they ask."
    )


def _shown(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


async def _opened(
    run: Run, placed: SalesOrderPlaced, text: str, *, reason: Literal["late", "at-risk"] = "late"
) -> str | None:
    command = OpenCustomerCase(
        order_id=run.subject, customer_id=placed.customer_id, reason=reason, text=text
    )
    opened = await insist(
        run,
        command,
        team="sales",
        says=lambda error: (
            f"{text} The CRM takes no case of it: {error} Mend the cause, then try again; or"
            " call the customer without one."
        ),
        again="try again",
        by_hand="they are called",
    )
    return None if opened is None else opened.reference


async def _closed(run: Run, command: CloseCustomerCase) -> None:
    """Refused where somebody closed it by hand: then it is as it should be."""
    try:
        await run.send(command)
    except RejectedError:
        return
