"""Following: what an order took and made, and what the journal says of it."""

__all__ = ["SETTLED_AFTER", "compare_with_journal"]

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from andon.core.errors import LateError
from andon.core.quantity import plain
from andon.core.workflow import Run, Wait, Workflow, workflow
from andon.model.finance import JournalEntryPosted
from andon.model.production import (
    OperationConfirmed,
    OrderCancelled,
    OrderCompleted,
    OrderReleased,
)

SETTLED_AFTER = timedelta(minutes=30)
"""So long after the last news of an order that is done its postings are through."""

Side = Literal["took", "made"]
Heard = OperationConfirmed | OrderCompleted | OrderCancelled | JournalEntryPosted


def compare_with_journal(*, of: str) -> Workflow:
    """For the orders of one system alone: others have journals of their own."""

    @workflow(on=OrderReleased, name="compare_with_journal")
    async def comparing(run: Run, released: OrderReleased) -> None:
        del released
        if run.subject.startswith(f"production-order/{of}:"):
            await _compare(run)

    return comparing


class _Amounts:
    """What the floor did and the journal does not have yet; below zero, has too much of."""

    def __init__(self) -> None:
        self._missing: defaultdict[tuple[Side, str], Decimal] = defaultdict(Decimal)
        self.ended = False

    def take(self, said: Heard) -> None:
        """One more thing is known."""
        match said:
            case OperationConfirmed():
                for part in said.consumed:
                    if part.quantity is not None:
                        self._missing["took", part.material_id] += part.quantity.amount
            case OrderCompleted():
                self._missing["made", said.material_id] += said.good.amount
                self.ended = True
            case OrderCancelled():
                self.ended = True
            case JournalEntryPosted(use="Material Consumed"):
                self._missing["took", said.material_id] -= said.quantity.amount
            case JournalEntryPosted(use="Material Produced"):
                self._missing["made", said.material_id] -= said.quantity.amount
            case JournalEntryPosted():
                pass  # what else is posted for an order moves nothing of it

    def words(self) -> str:
        """Each difference; empty when there is none."""
        return "; ".join(
            f"{plain(abs(amount))} {material} that it {side}"
            f" {'are not in the journal' if amount > 0 else 'too many in the journal'}"
            for (side, material), amount in sorted(self._missing.items())
            if amount
        )


async def _compare(run: Run) -> None:
    amounts = _Amounts()
    while True:
        try:
            amounts.take(await _news(run, SETTLED_AFTER if amounts.ended else None))
        except LateError:
            if not (words := amounts.words()):
                return
            ask = run.ask(
                "finance",
                f"{run.local} ended, and the journal does not say what the"
                f" floor did: {words}. Look for a movement whose entry is missing or there twice;"
                " this goes away by itself once they agree.",
                "it is explained",
            )
            place, said = await run.first(_news(run, None), ask)
            if place == 1:
                return
            await run.withdraw(ask)  # what is wrong now may be something else
            amounts.take(said)


def _news(run: Run, within: timedelta | None) -> Wait[Heard]:
    return run.wait(
        OperationConfirmed, OrderCompleted, OrderCancelled, JournalEntryPosted, within=within
    )
