"""Readiness: from what lies where, and may leave, to what a customer can be told of an order."""

__all__ = ["follow_readiness"]

from collections.abc import Iterable
from datetime import timedelta

from andon.capabilities.fulfilment.goods import Goods
from andon.core.errors import LateError
from andon.core.insisting import insist
from andon.core.workflow import Run, workflow
from andon.model.fulfilment import DeliveryCreated, MilestonePassed
from andon.model.inventory import StockReported
from andon.model.quality import HoldPlaced, HoldReleased
from andon.model.readiness import GoodsChecked, Readiness, ReserveGoods, TellReadiness
from andon.model.sales import SalesLine, SalesOrderPlaced

_Heard = (
    GoodsChecked | HoldPlaced | HoldReleased | StockReported | DeliveryCreated | MilestonePassed
)


@workflow(on=SalesOrderPlaced, earlier=True)
async def follow_readiness(run: Run, placed: SalesOrderPlaced) -> None:
    """The goods are reserved where the stock is kept, which says from which lots they would leave;
    a lot that is held, or that somebody still has to inspect, is not ready, whatever lies there.
    Each change is told once, and what is known by then is heard first, so that what does not last
    is not told. A delivery, and the hold of a lot, may be heard of before their order."""
    if not await _reserved(run, placed):
        return
    order = _Order(placed.lines)
    told: Readiness | None = None
    while not order.gone:
        within = None if order.readiness == told else timedelta()
        try:
            order.hear(
                await run.wait(
                    GoodsChecked,
                    HoldPlaced,
                    HoldReleased,
                    StockReported,
                    DeliveryCreated,
                    MilestonePassed,
                    within=within,
                )
            )
        except LateError:
            told = order.readiness
            if told is not None:
                await _told(run, placed.customer_id, told)


class _Order:
    """What is known of one order, and of the lots that it would leave from."""

    def __init__(self, ordered: Iterable[SalesLine]) -> None:
        self._goods = Goods(ordered)
        self._checked: GoodsChecked | None = None
        self._held: set[str] = set()
        self._inspected: set[tuple[str, str]] = set()

    def hear(self, said: _Heard) -> None:
        """One more thing is known; of lots that it does not leave from, it is kept for later."""
        match said:
            case GoodsChecked():
                self._checked = said
            case HoldPlaced(lot_id=lot):
                self._held.add(_number(lot))
            case HoldReleased(lot_id=lot):
                self._held.discard(_number(lot))
            case StockReported(lot_id=lot, use="inspection"):
                there = _number(lot), said.location
                if said.quantity.amount > 0:
                    self._inspected.add(there)
                else:
                    self._inspected.discard(there)
            case StockReported():
                pass  # how much is there for use, or blocked, is counted by who keeps it
            case DeliveryCreated() | MilestonePassed():
                self._goods.hear(said)

    @property
    def gone(self) -> bool:
        """Nothing of it is to be told any more."""
        return self._goods.gone

    @property
    def readiness(self) -> Readiness | None:
        """None: nobody has looked yet."""
        if self._checked is None:
            return None
        stays = self._held | {lot for lot, _ in self._inspected}
        waits = self._checked.missing or any(_number(lot) in stays for lot in self._checked.lots)
        return "waits" if waits else "ready"


def _number(lot: str) -> str:
    """As people call it, whichever system speaks of it."""
    return lot.rpartition(":")[2]


async def _reserved(run: Run, placed: SalesOrderPlaced) -> bool:
    receipt = await insist(
        run,
        ReserveGoods(order_id=run.subject, lines=placed.lines),
        team="shipping",
        says=lambda error: (
            f"Nobody knows whether the goods of order {run.local} are there: they cannot be"
            f" reserved: {error} Mend the cause and reserve again, or look yourself."
        ),
        again="reserve again",
        by_hand="they are there",
    )
    return receipt is not None


async def _told(run: Run, customer: str, readiness: Readiness) -> None:
    words = "may leave now" if readiness == "ready" else "may not leave now"
    await insist(
        run,
        TellReadiness(
            order_id=run.subject, customer_id=customer, readiness=readiness, changed_at=run.now
        ),
        team="sales",
        says=lambda error: (
            f"Order {run.local} {words}, and the CRM does not note it: {error} Mend the cause, then"
            " try again; or note it there."
        ),
        again="try again",
        by_hand="it is noted",
    )
