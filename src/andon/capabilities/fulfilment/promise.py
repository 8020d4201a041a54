"""Promise: an order that does not leave in time is spoken about before the customer asks."""

__all__ = ["watch_promise"]

from datetime import datetime, timedelta
from typing import Any

from andon.capabilities.fulfilment.goods import Goods
from andon.core.errors import RejectedError
from andon.core.insisting import insist
from andon.core.workflow import Run, Sleep, Wait, workflow
from andon.model.fulfilment import DeliveryCreated, MilestonePassed
from andon.model.sales import CloseCustomerCase, OpenCustomerCase, SalesOrderPlaced

_MINUTE = timedelta(minutes=1)
"""What leaves in the minute that was promised leaves in time: a day is promised by its last one."""


@workflow(on=SalesOrderPlaced, earlier=True)
async def watch_promise(run: Run, placed: SalesOrderPlaced) -> None:
    """When the promised time is over and not all of the order has left, somebody calls the
    customer: a case in the CRM, which is closed once all of it is on its way. A delivery may be
    heard of before its order: the ERP has a feed for each."""
    if placed.wanted_by is None:
        return
    goods = Goods(placed.lines)
    bell: Sleep | None = run.sleep(max(placed.wanted_by + _MINUTE - run.now, timedelta()))
    news: Wait[DeliveryCreated | MilestonePassed] | None = None
    case: str | None = None
    while not goods.gone:
        news = news or run.wait(DeliveryCreated, MilestonePassed)
        if bell is None:
            heard: Any = await news
        else:
            place, heard = await run.first(news, bell)
            if place == 1:
                bell, case = None, await _opened(run, placed, placed.wanted_by)
                continue
        goods.hear(heard)
        news = None
    if case is not None:
        await _closed(run, CloseCustomerCase(order_id=run.subject, case_id=case))


async def _opened(run: Run, placed: SalesOrderPlaced, promised: datetime) -> str | None:
    number = run.local
    text = (
        f"Order {number} was promised for {promised:%Y-%m-%d %H:%M} UTC and has not left. Say so to"
        " the customer, and when it will."
    )
    command = OpenCustomerCase(
        order_id=run.subject, customer_id=placed.customer_id, reason="late", text=text
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
