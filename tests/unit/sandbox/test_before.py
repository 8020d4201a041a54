"""The company before Andon: what its batches, lists and mails do, and what they leave undone."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from andon.connectors.odata.simulated.movement_types import BLOCKED
from andon.sandbox import before
from andon.sandbox.before.desk import Desk
from andon.sandbox.company import Company
from andon.sandbox.lab import fulfilment, production
from andon.sandbox.lab.reckoning import compare
from andon.sandbox.lives import begin
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.portal import Portal
from andon.sandbox.systems.qms import Qms
from andon.sandbox.systems.wms import Wms
from andon.sandbox.truth import Made, Moved

HOUR = timedelta(hours=1)


class Before:
    """Some hours of it, as busy as the lab's."""

    def __init__(self, seed: int = 1, *, lives: bool = True) -> None:
        self.company = before.company_before(seed, pace=2.5)
        self.desk: Desk = before.begin(self.company)
        if lives:
            begin(self.company)
        self.erp, self.wms = self.company.the(Erp), self.company.the(Wms)
        self.mes, self.qms = self.company.the(MesA), self.company.the(Qms)

    def until(self, hours: float) -> "Before":
        self.company.world.run(self.company.world.began + hours * HOUR)
        return self

    @property
    def made(self) -> int:
        return sum(isinstance(fact, Made) for fact in self.company.world.truth.facts)

    @property
    def confirmed(self) -> int:
        return len(self.erp.company.books.rows("ProdnOrdConf2"))


def test_what_was_made_is_confirmed_every_two_hours_and_never_twice() -> None:
    company = Before().until(1.99)
    assert company.made > 20
    assert company.confirmed == 0
    made = company.made
    company.until(2.01)
    assert made - 3 <= company.confirmed <= company.made
    kept = company.confirmed
    company.until(3.99)
    assert company.confirmed == kept
    company.until(9)
    truth = company.company.world.truth
    assert not production.confirmations(truth, company.erp).doubled
    assert not compare(fulfilment.left(truth), fulfilment.issued(company.erp)).doubled


def test_the_floor_learns_of_orders_and_of_second_thoughts_by_the_hour() -> None:
    company = Before(lives=False)
    books, floor = company.erp.company, company.mes.floor
    first, gone = books.release("PUMP", 5), books.release("PUMP", 5)
    books.cancel(gone)
    company.until(0.99)
    assert not floor.orders
    company.until(1.01)
    assert floor.orders.keys() == {first}
    books.resize(first, 7)
    second = books.release("PUMP", 4)
    company.until(1.99)
    assert (floor.orders.keys(), floor.orders[first].quantity) == ({first}, 5)
    company.until(2.01)
    assert (floor.orders.keys(), floor.orders[first].quantity) == ({first, second}, 7)
    floor.orders[second].status = "done"
    books.cancel(first)
    books.cancel(second)
    company.until(5)
    assert (floor.orders[first].status, floor.orders[second].status) == ("cancelled", "done")
    assert floor.refused == {second}, "it was made before anybody had read the list"
    assert company.desk.typed["production order"] == 4


def test_a_hold_binds_when_its_mail_is_read_and_meanwhile_the_lot_is_used() -> None:
    company = Before().until(4.2)
    world = company.company.world
    lot = next(
        there.batch
        for there, amount in company.erp.company.movements.stocks.all()
        if there.store == "171W" and amount > 0 and company.qms.held(there.batch) is None
    )
    hold = company.qms.place(lot, "cracks")
    company.until(4.2 + 9 / 60)
    assert lot not in company.wms.locks
    assert company.mes.refuses(lot) is None
    bound: dict[str, timedelta] = {}
    holders: dict[str, Callable[[], bool]] = {
        "floor": lambda: company.mes.refuses(lot) is not None,
        "warehouse": lambda: lot in company.wms.locks,
        "books": lambda: _blocked(company.erp, lot),
    }
    while world.now() < hold.placed_at + 9 * HOUR and len(bound) < 3:
        company.until((world.now() - world.began) / HOUR + 1 / 60)
        for name, binds in holders.items():
            if binds():
                bound.setdefault(name, world.now() - hold.placed_at)
    assert min(bound.values()) >= timedelta(minutes=10)
    assert {"floor", "warehouse"} <= bound.keys()
    assert len(set(bound.values())) > 1, "each reads when they come to it"


def _blocked(erp: Erp, lot: str) -> bool:
    return any(
        amount > 0
        for there, amount in erp.company.movements.stocks.all()
        if (there.batch, there.stock_type) == (lot, BLOCKED)
    )


def test_a_release_is_never_read_before_its_hold() -> None:
    company = Before(lives=False).until(3)
    for n in range(12):
        lot = f"SEAL-{n}"
        hold = company.qms.place(lot, "cracks")
        company.qms.release(hold)
        company.qms.dispose(company.qms.place(lot, "again"), "release", "no cracks")
    company.until(13)
    assert not [lot for lot in company.wms.locks if lot.startswith("SEAL-")]
    assert not [lot for lot in company.mes.held if lot.startswith("SEAL-")]


def test_warehouse_and_books_agree_at_the_end_of_a_shift_by_hand() -> None:
    company = Before().until(7.99)
    assert _apart(company) > 50
    assert not company.desk.corrected
    company.until(8.01)
    carried = sum(
        isinstance(fact, Moved) and fact.at >= company.company.world.began + 8 * HOUR
        for fact in company.company.world.truth.facts
    )
    assert _apart(company) <= 30 * (1 + carried)
    assert company.desk.corrected["difference"] > 0
    corrected = company.desk.corrected.total()
    assert _apart(company.until(9.9)) > 50
    assert company.desk.corrected.total() == corrected


def _apart(company: Before) -> Decimal:
    """Pieces of lots, over all bins, between the WMS and the ERP."""
    lots: dict[str, Decimal] = {}
    for (lot, _), amount in company.wms.bins.items():
        lots[lot] = lots.get(lot, Decimal(0)) + amount
    for there, amount in company.erp.company.movements.stocks.all():
        if there.store == "171W":
            lots[there.batch] = lots.get(there.batch, Decimal(0)) - amount
    return sum((abs(amount) for amount in lots.values()), Decimal(0))


def test_the_same_seed_brings_the_same_customers_whoever_else_there_is() -> None:
    alone, whole = Before(3).until(3), Company(seed=3, andon="http://127.0.0.1:9", pace=2.5)
    begin(whole)
    whole.world.run(whole.world.began + 3 * HOUR)
    assert list(alone.company.the(Portal).orders) == list(whole.the(Portal).orders)
    ordered = [one.quantity for one in alone.company.the(Portal).orders.values()]
    assert ordered == [one.quantity for one in whole.the(Portal).orders.values()]
