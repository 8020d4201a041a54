"""Stopping: a hold of what we provided reaches the supplier that processes it."""

__all__ = ["STOPPED_WITHIN", "stop_processing"]

from datetime import timedelta

from andon.capabilities.subcontracting.following import Service, next_said
from andon.core.workflow import Ask, Run, Wait, workflow
from andon.model.processing import (
    ComponentsScrapped,
    ProcessedCounted,
    ProcessingReported,
    RequestStop,
)
from andon.model.quality import HoldPlaced, HoldReleased
from andon.model.subcontracting import ComponentsProvided, SubcontractPlaced

STOPPED_WITHIN = timedelta(hours=4)
"""A supplier that is silent for so long may not have read that it shall stop."""
_Heard = (
    HoldPlaced
    | HoldReleased
    | ComponentsProvided
    | ProcessingReported
    | ComponentsScrapped
    | ProcessedCounted
)


@workflow(on=SubcontractPlaced, earlier=True)
async def stop_processing(run: Run, placed: SubcontractPlaced) -> None:
    """Until all of the order has come, it says which lots of what is provided are held: noted with
    the order, where its supplier reads it. That it does not say that it has stopped is quality's
    question. What it has made of a held lot is bound by that hold already."""
    order = _Order(placed)
    news: Wait[_Heard] | None = None
    asked: Ask | None = None
    while order.service.open:
        news = news or run.wait(
            HoldPlaced, HoldReleased, ComponentsProvided, ProcessingReported, ComponentsScrapped,
            ProcessedCounted,
        )  # fmt: skip
        silent = STOPPED_WITHIN if order.unheard else None
        place, said = await next_said(run, news, asked, within=silent)
        if place == 1 and asked is None:
            asked = _asked(run, placed, order.unheard)
            continue
        if place == 1:
            asked = None
            order.settle()
            continue
        news = None
        order.hear(said)
        if order.stop != order.told:
            order.told = order.stop
            await run.send(RequestStop(order_id=run.subject, held=tuple(sorted(order.stop))))
        if asked is not None and not order.unheard:
            await run.withdraw(asked)
            asked = None
    if asked is not None:
        await run.withdraw(asked)
    if order.told:
        await run.send(RequestStop(order_id=run.subject, held=()))


class _Order:
    """What of it is provided, which of that is held, and what its supplier was told and has said.
    All lots are bare numbers."""

    def __init__(self, placed: SubcontractPlaced) -> None:
        self.service = Service(placed)
        self._supplier = placed.supplier_id
        self.told: frozenset[str] = frozenset()
        self._provided: set[str] = set()
        self._held: set[str] = set()
        self._stopped: set[str] = set()

    @property
    def stop(self) -> frozenset[str]:
        """What shall not be processed now."""
        return frozenset(self._held & self._provided)

    @property
    def unheard(self) -> frozenset[str]:
        """Of that what the supplier has not said it stopped."""
        return self.told - self._stopped

    def settle(self) -> None:
        """Somebody else has heard that it stopped."""
        self._stopped |= self.told

    def hear(self, said: _Heard) -> None:
        """The hold of a lot may be heard of before it is known that the lot was provided."""
        match said:
            case HoldPlaced():
                self._held.add(_number(said.lot_id))
            case HoldReleased():
                self._held.discard(_number(said.lot_id))
                self._stopped.discard(_number(said.lot_id))
            case ComponentsProvided():
                self._provided |= {_number(lot.lot_id) for lot in said.lots}
            case ProcessingReported(progress="stopped", supplier_id=self._supplier):
                self._stopped |= {_number(lot.lot_id) for lot in said.lots}
            case ProcessingReported():
                pass  # that it has them, or works on them, stops nothing; nor do others
            case ComponentsScrapped() | ProcessedCounted():
                self.service.hear(said)


def _asked(run: Run, placed: SubcontractPlaced, lots: frozenset[str]) -> Ask:
    return run.ask(
        "quality",
        f"{', '.join(sorted(lots))}, provided for {run.local}, is held, and {placed.supplier_id}"
        f" has not said for {STOPPED_WITHIN.seconds // 3600} hours that it does no more with it."
        " Call the supplier; this goes by itself once it says so.",
        "it has stopped",
    )


def _number(lot: str) -> str:
    return lot.rpartition(":")[2]
