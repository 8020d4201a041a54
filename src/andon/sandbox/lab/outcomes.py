"""What a company gains by it: the same figures of any company of plant A, whoever moves its words.

A figure of the kind "for so long" is the area between two counts over time, divided by how many
there were (Little's law), so that what is still on its way at the end counts as well.
"""

__all__ = ["FIGURES", "Figure", "Outcomes", "Watch", "figured"]

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from andon.connectors.odata.simulated.movement_types import UNRESTRICTED
from andon.sandbox.company import Company
from andon.sandbox.lab.inventory import stock_error
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.portal import Portal
from andon.sandbox.systems.qms import Hold, Qms
from andon.sandbox.systems.qms.plants import plant_of
from andon.sandbox.systems.wms import Wms
from andon.sandbox.truth import Fact, Finished, Left, Made, Started
from andon.sandbox.world import Steps

_LOOKS = timedelta(minutes=5)
_MINUTE = timedelta(minutes=1)
_SOLD = "PUMP"


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """Of a span of company life. Minutes are business time; all but `shipped` is better when it is
    less."""

    confirmed_after: float
    """Minutes from an operation that was done to its confirmation in the ERP, on average."""
    wrong_orders: float
    """Orders that the ERP shows open and that are done, at any time."""
    stock_apart: float
    """Pieces that the ERP or the WMS believes elsewhere than where they are, at any time."""
    shown_available: float
    """Pieces of finished goods that the ERP shows as available while quality has not decided about
    their lot or holds it, at any time."""
    held_known_after: float
    """Minutes from a hold until a holder, of books, floor and warehouse, binds the lot; those of a
    hold that ended before count until then."""
    held_shipped: int
    """Pieces that went to customers while quality held their lot."""
    bad_shipped: int
    """Pieces that went to customers and are not sound, held or not."""
    waited: float
    """Minutes that a customer's order waits until its goods leave."""
    shipped: int
    """Orders of customers whose goods left."""
    stocked: float
    """Pieces of finished goods that lie somewhere, at any time."""
    typed: int
    """What stood in one system already and was typed into another one."""
    corrected: int
    """Postings, and answers to questions, by which people made the books agree with what is
    there."""


class Figure(msgspec.Struct, frozen=True):
    """One line of a comparison."""

    says: str
    of: Callable[[Outcomes], float]
    more_is_better: bool = False

    def better(self, before: Outcomes, after: Outcomes) -> bool:
        """Whether it is, or was as good as it can be."""
        one, other = self.of(before), self.of(after)
        return other > one if self.more_is_better else other < one or one == other == 0


FIGURES: tuple[Figure, ...] = (
    Figure("minutes until an operation is confirmed", lambda one: one.confirmed_after),
    Figure("done orders that the ERP shows open", lambda one: one.wrong_orders),
    Figure("pieces believed elsewhere than they are", lambda one: one.stock_apart),
    Figure("pieces shown available, undecided or held", lambda one: one.shown_available),
    Figure("minutes until a holder knows of a hold", lambda one: one.held_known_after),
    Figure("held pieces sent to customers", lambda one: one.held_shipped),
    Figure("bad pieces sent to customers", lambda one: one.bad_shipped),
    Figure("minutes an order waits for its truck", lambda one: one.waited),
    Figure("orders of customers sent", lambda one: one.shipped, more_is_better=True),
    Figure("finished pieces in stock", lambda one: one.stocked),
    Figure("typed a second time", lambda one: one.typed),
    Figure("corrected by hand", lambda one: one.corrected),
)
"""What is compared, in the order in which it is shown."""


class Watch:
    """Looks at a company every five business minutes from now on."""

    def __init__(self, company: Company) -> None:
        self._world = company.world
        self._erp, self._wms = company.the(Erp), company.the(Wms)
        self._qms, self._mes = company.the(Qms), company.the(MesA)
        self._portal = company.the(Portal)
        self._area: Counter[str] = Counter()
        """Figure -> its value at each look, added up."""
        self._looked = 0
        self._made = 0
        self._done: set[str] = set()
        """Orders that are done on the floor."""
        self._left: list[Left] = []
        company.world.truth.tell(self._hears)
        company.world.lives(self._looks())

    def outcomes(self, *, typed: int, corrected: int) -> Outcomes:
        """Until now; what people did by hand is known to who counts it."""
        looked, zero = max(self._looked, 1), Decimal(0)
        per = _LOOKS / _MINUTE
        sound = self._world.truth.lots
        return Outcomes(
            confirmed_after=self._area["unconfirmed"] * per / max(self._made, 1),
            wrong_orders=self._area["wrong orders"] / looked,
            stock_apart=self._area["stock apart"] / looked,
            shown_available=self._area["shown available"] / looked,
            held_known_after=self._area["unknown holds"] * per / max(3 * len(self._holds()), 1),
            held_shipped=int(sum((one.quantity for one in self._left if self._held(one)), zero)),
            bad_shipped=int(
                sum((one.quantity for one in self._left if not sound[one.lot].sound), zero)
            ),
            waited=self._area["waiting"] * per / max(self._wanted(), 1),
            shipped=len(self._left),
            stocked=self._area["stocked"] / looked,
            typed=typed,
            corrected=corrected,
        )

    def _hears(self, fact: Fact) -> None:
        match fact:
            case Made(order=order) if order in self._erp.company.parts_of:
                self._made += 1
            case Started(order=order):
                self._done.discard(order)
            case Finished(order=order):
                self._done.add(order)
            case Left(material=material) if material == _SOLD:
                self._left.append(fact)
            case _:
                pass

    def _looks(self) -> Steps:
        while True:
            yield self._world.wait(_LOOKS)
            self._looked += 1
            for figure, value in self._sees().items():
                self._area[figure] += value

    def _sees(self) -> Mapping[str, int]:
        books = self._erp.company.books
        orders = books.rows("A_ProductionOrder_2")
        open_orders = (
            orders[number,]
            for number in self._done
            if (number,) in orders and not orders[number,]["OrderIsTechnicallyCompleted"]
        )
        available, bound = self._books_have()
        undecided = self._undecided()
        held = {hold.lot for hold in self._holds() if hold.released_at is None}
        return {
            "unconfirmed": self._made - len(books.rows("ProdnOrdConf2")),
            "wrong orders": sum(not row["OrderIsMarkedForDeletion"] for row in open_orders),
            "stock apart": int(stock_error(self._world.truth, self._erp, self._wms)),
            "shown available": int(
                sum(amount for lot, amount in available.items() if lot in undecided | held)
            ),
            "unknown holds": sum(
                (lot not in bound or lot in available)
                + (self._mes.refuses(lot) is None)
                + (lot not in self._wms.locks)
                for lot in held
            ),
            "stocked": int(sum(self._lying())),
            "waiting": self._wanted() - len(self._left),
        }

    def _books_have(self) -> tuple[Mapping[str, Decimal], set[str]]:
        """Lot of finished goods -> what the ERP shows as available; and all lots of which it shows
        some that nobody can take: blocked, or in inspection."""
        available: dict[str, Decimal] = {}
        bound: set[str] = set()
        for there, amount in self._erp.company.movements.stocks.all():
            if amount <= 0:
                continue
            if there.stock_type != UNRESTRICTED:
                bound.add(there.batch)
            elif there.material == _SOLD:
                available[there.batch] = available.get(there.batch, Decimal(0)) + amount
        return available, bound

    def _holds(self) -> list[Hold]:
        """Of plant A: the other one has books and a floor of its own."""
        return [hold for hold in self._qms.holds if plant_of(hold.lot) == "plant-a"]

    def _lying(self) -> Iterator[Decimal]:
        lots = self._world.truth.lots
        for (lot, _), amount in self._world.truth.everywhere().items():
            if lots[lot].material == _SOLD:
                yield amount

    def _undecided(self) -> set[str]:
        """Lots that were made and that no inspector has decided about."""
        decided = {one.lot for one in self._qms.inspections.values() if one.decision}
        sold = (lot.lot for lot in self._world.truth.lots.values() if lot.material == _SOLD)
        return {lot for lot in sold if lot not in decided}

    def _held(self, left: Left) -> bool:
        return any(
            hold.lot == left.lot and _binds(hold.placed_at, hold.released_at, left.at)
            for hold in self._qms.holds
        )

    def _wanted(self) -> int:
        """Orders of customers, typed or not; each has one line."""
        sales = self._erp.company.books.rows("A_SalesOrder").values()
        by_telephone = sum(not row["PurchaseOrderByCustomer"] for row in sales)
        return by_telephone + len(self._portal.orders)


def _binds(placed_at: datetime, released_at: datetime | None, at: datetime) -> bool:
    return placed_at <= at and (released_at is None or at < released_at)


def figured(before: Outcomes, after: Outcomes) -> str:
    """A table for people."""
    rows = (
        f"| {figure.says} | {figure.of(before):,.1f} | {figure.of(after):,.1f} |"
        f" {'' if figure.better(before, after) else 'NOT BETTER'} |"
        for figure in FIGURES
    )
    return "\n".join(("| | before | with Andon | |", "|---|---|---|---|", *rows)) + "\n"
