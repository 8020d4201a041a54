"""What planners decided of orders against what the floor of plant A holds of them."""

from datetime import datetime
from decimal import Decimal

import pytest

from andon.connectors.odata.simulated.books import RefusedCallError
from andon.sandbox.lab import Reckoned
from andon.sandbox.lab.production import decided
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA, Order
from andon.sandbox.world import World


class Shop:
    """An ERP with one released order of eight, and a floor that was told of it."""

    def __init__(self) -> None:
        world = World(1)
        self.erp, self.mes = Erp(world, "http://andon"), MesA(world, "http://andon")
        self.number = self.erp.company.release("PUMP", 8)
        self.mes.floor.queue(Order(number=self.number, item="PUMP", quantity=Decimal(8)))

    @property
    def order(self) -> Order:
        return self.mes.floor.orders[self.number]

    def found(self) -> Reckoned:
        return decided(self.erp, self.mes)


def test_a_change_and_a_cancellation_are_missed_until_the_floor_is_told() -> None:
    shop = Shop()
    assert shop.found().well
    shop.erp.company.resize(shop.number, 6)
    assert not shop.found().well
    shop.mes.floor.change(shop.number, Decimal(6), None)
    assert shop.found().well
    shop.erp.company.cancel(shop.number)
    assert shop.found() == Reckoned(lost=1, doubled=1, out_of_order=0)
    shop.mes.floor.cancel(shop.number)
    assert shop.found().well


def test_an_order_cancelled_before_anybody_heard_of_it_is_on_no_floor() -> None:
    shop = Shop()
    shop.erp.company.cancel(shop.erp.company.release("PUMP", 5))
    assert shop.found().well
    shop.erp.company.release("PUMP", 5)
    assert shop.found().lost == 1


def test_components_and_operations_follow_the_amount() -> None:
    shop = Shop()
    shop.erp.company.resize(shop.number, 6)
    rows = shop.erp.company.books.rows("A_ProductionOrderComponent_4").values()
    needed = {row["Material"]: row["RequiredQuantity"] for row in rows}
    assert needed == {"HOUSING": Decimal(6), "SEAL": Decimal(12)}


def test_the_floor_refuses_less_than_is_begun_and_any_other_amount_once_all_is_assembled() -> None:
    shop = Shop()
    assert shop.mes.floor.next() is shop.order
    shop.order.begun = 5
    with pytest.raises(ValueError, match="5 of order 1000001 are begun already"):
        shop.mes.floor.change(shop.number, Decimal(4), None)
    assert shop.mes.floor.change(shop.number, Decimal(5), None).quantity == 5
    shop.order.assembled = True
    with pytest.raises(ValueError, match="all 5 of order 1000001 are assembled"):
        shop.mes.floor.change(shop.number, Decimal(6), None)


def test_the_floor_stops_what_it_makes_and_refuses_to_cancel_what_is_done() -> None:
    shop = Shop()
    shop.mes.floor.next()
    assert shop.mes.floor.cancel(shop.number).status == "stopping"
    shop.order.status = "done"
    with pytest.raises(ValueError, match="order 1000001 is done"):
        shop.mes.floor.cancel(shop.number)
    with pytest.raises(ValueError, match="order 1000001 is done"):
        shop.mes.floor.change(shop.number, Decimal(8), datetime.fromisoformat("2026-03-03T00:00Z"))


def test_a_reopened_order_has_its_missing_pieces_made_and_says_so_under_new_names() -> None:
    shop = Shop()
    shop.order.status, shop.order.begun, shop.order.good = "done", 8, Decimal(7)
    shop.mes.reopen(shop.number)
    assert (shop.order.status, shop.order.begun) == ("queued", 7)
    ((kind, body),) = shop.mes.outbox.waiting
    assert (kind, b"order.reopened/1000001/1" in body) == ("order.reopened", True)
    with pytest.raises(ValueError, match="order 1000001 is queued"):
        shop.mes.reopen(shop.number)


def test_completion_is_revoked_only_where_it_was_said() -> None:
    shop = Shop()
    with pytest.raises(RefusedCallError, match="Revoke completion"):
        shop.erp.company.revoke(shop.number)
    shop.erp.company.complete(shop.number)
    assert not shop.erp.company.revoke(shop.number)["OrderIsTechnicallyCompleted"]
