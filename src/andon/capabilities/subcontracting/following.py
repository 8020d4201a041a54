"""Following: how much of an order is still with its supplier, whichever word comes first."""

__all__ = ["LOOK_AGAIN_AFTER", "Service", "next_said"]

from datetime import timedelta
from decimal import Decimal
from typing import Any

from andon.core.workflow import Ask, Run, Wait
from andon.model.processing import ComponentsScrapped, ProcessedCounted
from andon.model.subcontracting import SubcontractPlaced

LOOK_AGAIN_AFTER = timedelta(minutes=5)
"""So often what the books refuse is posted again: they may be behind, and the posting that it needs
still on its way."""
_NOTHING = Decimal(0)


async def next_said(
    run: Run, news: Wait[Any], asked: Ask | None, *, within: timedelta | None
) -> tuple[int, Any]:
    """The news, or at place 1 what a person says; while nobody is asked, that nothing came within
    the time, if there is one."""
    if asked is not None:
        return await run.first(news, asked)
    if within is None:
        return 0, await news
    return await run.first(news, run.sleep(within))


class Service:
    """Of one order. What cannot be made, because its components were spoiled, does not come."""

    def __init__(self, placed: SubcontractPlaced) -> None:
        self._shares = {
            (line.line, part.material_id): part.quantity.amount / line.quantity.amount
            for line in placed.lines
            for part in line.components
        }
        self._supplier = placed.supplier_id
        self._ordered = sum((line.quantity.amount for line in placed.lines), _NOTHING)
        self._came: dict[str, Decimal] = {}
        self._spoiled: dict[str, Decimal] = {}

    @property
    def open(self) -> bool:
        """Until all of it has come, or been spoiled."""
        return self._ordered > sum((*self._came.values(), *self._spoiled.values()), _NOTHING)

    def hear(self, said: ComponentsScrapped | ProcessedCounted) -> None:
        """A shipment counts once, and so does a report of scrap."""
        match said:
            case ProcessedCounted():
                came = sum((lot.quantity.amount for lot in said.lots), _NOTHING)
                self._came.setdefault(said.shipment_id, came)
            case ComponentsScrapped(supplier_id=self._supplier):
                self._spoiled.setdefault(said.scrap_id, self._pieces(said))
            case ComponentsScrapped():
                pass  # nobody else has any of it

    def _pieces(self, said: ComponentsScrapped) -> Decimal:
        """What is not made of it: of several components of one piece the worst counts."""
        worst: dict[tuple[str, str], Decimal] = {}
        for lot in said.lots:
            of = lot.line, lot.material_id
            if share := self._shares.get(of):
                worst[of] = worst.get(of, _NOTHING) + lot.quantity.amount / share
        lines = {line for line, _ in worst}
        return sum(
            (max(n for (at, _), n in worst.items() if at == line) for line in lines), _NOTHING
        )
