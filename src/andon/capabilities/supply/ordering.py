"""Ordering: from the placed order to the supplier's word."""

__all__ = ["CONFIRMED_WITHIN", "send_order"]

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from andon.core.errors import LateError, RejectedError
from andon.core.workflow import Run, workflow
from andon.model.supply import (
    PurchaseLine,
    PurchaseOrderConfirmed,
    PurchaseOrderPlaced,
    SendPurchaseOrder,
)

CONFIRMED_WITHIN = timedelta(days=1)
"""A supplier that is silent for so long may not know of the order."""


@workflow(on=PurchaseOrderPlaced)
async def send_order(run: Run, placed: PurchaseOrderPlaced) -> None:
    """Sent once; what the supplier answers, or that it does not, is purchasing's to decide."""
    if not await _sent(run, placed):
        return
    while True:
        try:
            confirmed = await run.wait(PurchaseOrderConfirmed, within=CONFIRMED_WITHIN)
            break
        except LateError:
            answer = await run.ask(
                "purchasing",
                f"{placed.supplier_id} has been silent about {_name(run)} for"
                f" {CONFIRMED_WITHIN.days} day. It may not know of it: ask.",
                "wait on",
                "it is settled",
            )
            if answer == "it is settled":
                return
    ordered, promised = _amounts(placed.lines), _amounts(confirmed.lines)
    if ordered != promised:
        await run.ask(
            "purchasing",
            f"{placed.supplier_id} confirms {_words(promised)} for {_name(run)}; ordered are"
            f" {_words(ordered)}. Agree with the supplier, and change the order in the ERP if"
            " need be.",
            "it is settled",
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
                f"{_name(run)} cannot be sent to {placed.supplier_id}: {error} Mend the cause and"
                " send it again, or order by telephone.",
                "send again",
                "it is ordered",
            )
            if answer == "it is ordered":
                return False
        else:
            return True


def _name(run: Run) -> str:
    return run.subject.partition(":")[2]


def _amounts(lines: Iterable[PurchaseLine]) -> Counter[tuple[str, str]]:
    """(material, unit) -> amount: line numbers are each system's own."""
    found: Counter[tuple[str, str]] = Counter()
    for line in lines:
        found[line.material_id, line.quantity.unit] += line.quantity.amount  # pyright: ignore[reportArgumentType] a Counter adds decimals as well
    return found


def _words(amounts: Counter[tuple[str, str]]) -> str:
    said = [
        f"{Decimal(amount).normalize():f} {unit} of {material}"
        for (material, unit), amount in sorted(amounts.items())
    ]
    return ", ".join(said) or "nothing"
