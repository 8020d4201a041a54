"""Ordering: from the placed order to the supplier's word, and with it into the books."""

__all__ = ["CHANGED_WITHIN", "CONFIRMED_WITHIN", "promised", "send_order"]

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from andon.core.errors import LateError, RejectedError
from andon.core.insisting import insist
from andon.core.quantity import Quantity
from andon.core.workflow import Run, Workflow, workflow
from andon.model.completing import PurchaseLinesCompleted
from andon.model.supply import (
    ConfirmPurchaseOrder,
    PurchaseLine,
    PurchaseOrderConfirmed,
    PurchaseOrderPlaced,
    SendPurchaseOrder,
)

CONFIRMED_WITHIN = timedelta(days=1)
"""A supplier that is silent for so long may not know of the order."""
CHANGED_WITHIN = timedelta(days=60)
"""So long after its last word a supplier may say another."""
_SAME = timedelta(days=1)
"""Closer dates are one: a day begins elsewhere at another instant."""


def send_order(*, fetched_by: Collection[str] = ()) -> Workflow:
    """Sent once, but to suppliers that fetch their orders at our API; what the supplier answers is
    put into the books, as often as it says something else. That it does not, or otherwise than
    ordered, is purchasing's to decide."""

    @workflow(on=PurchaseOrderPlaced, name="send_order")
    async def sending(run: Run, placed: PurchaseOrderPlaced) -> None:
        if placed.supplier_id not in fetched_by and not await _sent(run, placed):
            return
        confirmed = await _confirmed(run, placed)
        before: tuple[PurchaseLine, ...] = ()
        while confirmed is not None:
            lines = promised(placed.lines, confirmed.lines)
            if lines != before:
                await _book(run, placed, lines)
                await _compare(run, placed, lines, confirmed)
            before = lines
            confirmed = await _another(run)

    return sending


def promised(
    ordered: Sequence[PurchaseLine], confirmed: Sequence[PurchaseLine]
) -> tuple[PurchaseLine, ...]:
    """What is promised of each ordered line. Line numbers are each system's own, so it is told by
    material: amounts fill one line after the other, and what is too much is on the last. Who names
    the ordered lines themselves, as the books do, promises each. Who names no day promises the one
    that was asked for."""
    found: list[PurchaseLine] = []
    for n, line in enumerate(ordered):
        mine = [one for one in confirmed if _of_one_kind(one, line)]
        if {one.line for one in mine} <= {one.line for one in ordered if _of_one_kind(one, line)}:
            found.append(_told([one for one in mine if one.line == line.line], line))
            continue
        before = [one for one in found if _of_one_kind(one, line)]
        left = _total(mine) - _total(before)
        more = any(_of_one_kind(one, line) for one in ordered[n + 1 :])
        amount = min(left, line.quantity.amount) if more else left
        found.append(_told(mine, line, amount))
    return tuple(found)


def _told(
    said: Sequence[PurchaseLine], line: PurchaseLine, amount: Decimal | None = None
) -> PurchaseLine:
    """The line as it is promised: so much, or all that is said of it, by the last day named."""
    dates = [one.due_at for one in said if one.due_at is not None]
    return msgspec.structs.replace(
        line,
        quantity=Quantity(_total(said) if amount is None else amount, line.quantity.unit),
        due_at=max(dates, default=line.due_at),
    )


async def _confirmed(run: Run, placed: PurchaseOrderPlaced) -> PurchaseOrderConfirmed | None:
    """The first answer; None where purchasing needs none, or nothing more is expected."""
    completed: frozenset[str] = frozenset()
    while True:
        try:
            said = await run.wait(
                PurchaseOrderConfirmed, PurchaseLinesCompleted, within=CONFIRMED_WITHIN
            )
        except LateError:
            if completed.issuperset(line.line for line in placed.lines):
                return None
            answer = await run.ask(
                "purchasing",
                f"Supplier {placed.supplier_id} has been silent about order {run.local} for"
                f" {CONFIRMED_WITHIN.days} day. It may not know of it: ask.",
                "wait on",
                "it is settled",
            )
            if answer == "it is settled":
                return None
            continue
        match said:
            case PurchaseOrderConfirmed():
                return said
            case PurchaseLinesCompleted():
                completed = frozenset(said.lines)


async def _another(run: Run) -> PurchaseOrderConfirmed | None:
    """What is said later; that the books say so too is nothing new."""
    try:
        return await run.wait(PurchaseOrderConfirmed, within=CHANGED_WITHIN)
    except LateError:
        return None


async def _compare(
    run: Run,
    placed: PurchaseOrderPlaced,
    lines: tuple[PurchaseLine, ...],
    confirmed: PurchaseOrderConfirmed,
) -> None:
    if other := _differences(placed.lines, lines, confirmed.lines):
        await run.ask(
            "purchasing",
            f"Supplier {placed.supplier_id} confirms order {run.local} otherwise than it was"
            f" ordered: {'; '.join(other)}. Agree with the supplier, and change the order in the"
            " ERP if need be.",
            "it is settled",
        )


async def _book(run: Run, placed: PurchaseOrderPlaced, lines: tuple[PurchaseLine, ...]) -> None:
    """In books that say so already nothing is written."""
    await insist(
        run,
        ConfirmPurchaseOrder(order_id=run.subject, lines=lines),
        team="purchasing",
        says=lambda error: (
            f"Supplier {placed.supplier_id} has confirmed order {run.local}, and the ERP does"
            f" not take it: {error} Mend the cause and write it again, or do it by hand."
        ),
        again="write again",
        by_hand="it is written",
    )


async def _sent(run: Run, placed: PurchaseOrderPlaced) -> bool:
    while True:
        try:
            await run.send(
                SendPurchaseOrder(
                    order_id=run.subject,
                    supplier_id=placed.supplier_id,
                    placed_at=run.now,
                    lines=placed.lines,
                )
            )
        except RejectedError as error:
            answer = await run.ask(
                "purchasing",
                f"Purchase order {run.local} cannot be sent to supplier {placed.supplier_id}:"
                f" {error} Mend the cause and send it again, or order by telephone.",
                "send again",
                "it is ordered",
            )
            if answer == "it is ordered":
                return False
        else:
            return True


def _differences(
    ordered: Iterable[PurchaseLine],
    promised: Iterable[PurchaseLine],
    confirmed: Iterable[PurchaseLine],
) -> list[str]:
    """Of each line what is other than was ordered, and what nobody ordered."""
    found: list[str] = []
    for line, said in zip(ordered, promised, strict=True):
        what = f"{_words(line.quantity)} of {line.material_id}"
        if said.quantity != line.quantity:
            found.append(f"{_words(said.quantity)} instead of {what}")
        if said.quantity.amount and _another_day(line.due_at, said.due_at):
            found.append(f"{what} for {said.due_at:%Y-%m-%d} instead of {line.due_at:%Y-%m-%d}")
    found += [
        f"{_words(one.quantity)} of {one.material_id}, which nobody ordered so"
        for one in confirmed
        if not any(_of_one_kind(one, line) for line in ordered)
    ]
    return found


def _another_day(wanted: datetime | None, said: datetime | None) -> bool:
    return wanted is not None and said is not None and abs(said - wanted) >= _SAME


def _of_one_kind(one: PurchaseLine, other: PurchaseLine) -> bool:
    return (one.material_id, one.quantity.unit) == (other.material_id, other.quantity.unit)


def _total(lines: Iterable[PurchaseLine]) -> Decimal:
    return sum((line.quantity.amount for line in lines), Decimal(0))


def _words(quantity: Quantity) -> str:
    return f"{quantity.amount.normalize():f} {quantity.unit}"
