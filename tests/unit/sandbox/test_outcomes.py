"""The figures by which two ways of working are compared, on companies small enough to reckon."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from andon.sandbox.before import company_before
from andon.sandbox.company import Company
from andon.sandbox.lab.outcomes import FIGURES, Outcomes, Watch, figured
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.portal import Portal
from andon.sandbox.systems.qms import Qms
from andon.sandbox.systems.wms import DOCK, PRODUCTION, Wms
from andon.sandbox.truth import Finished, Left, Made, Moved

MINUTE = timedelta(minutes=1)


class Watched:
    """Nobody lives in it but who looks; the rest happens by hand."""

    def __init__(self) -> None:
        self.company: Company = company_before(1)
        self.watch = Watch(self.company)
        self.world, self.truth = self.company.world, self.company.world.truth
        self.erp = self.company.the(Erp).company

    def goes_by(self, minutes: float) -> None:
        self.world.run(self.world.now() + minutes * MINUTE)

    def makes(self, lot: str, quantity: int, *, sound: bool = True) -> str:
        """An order with one operation that is done; its number."""
        number, amount = self.erp.release("PUMP", quantity), Decimal(quantity)
        self.truth.born(lot, "PUMP", sound=sound)
        now = self.world.now()
        made = Made(
            at=now, order=number, operation="0020", machine="LINE1", began=now, material="PUMP",
            good=amount, scrap=Decimal(0), lot=lot, place=PRODUCTION,
        )  # fmt: skip
        self.truth.happens(made)
        self.truth.happens(
            Finished(at=now, order=number, material="PUMP", lot=lot, good=amount, scrap=Decimal(0))
        )
        return number

    def confirms(self, number: str, lot: str, quantity: int) -> None:
        asked = {"OrderID": number, "OrderOperation": "0020", "IsFinalConfirmation": True}
        receipt = {
            "GoodsMovementType": "101",
            "Material": "PUMP",
            "Batch": lot,
            "QuantityInEntryUnit": Decimal(quantity),
        }
        self.erp.confirm(asked, [receipt], "ANY")

    def leaves(self, lot: str, quantity: int) -> None:
        now, amount = self.world.now(), Decimal(quantity)
        self.truth.happens(
            Moved(at=now, lot=lot, material="PUMP", quantity=amount, origin=PRODUCTION, place=DOCK)
        )
        self.truth.happens(
            Left(at=now, lot=lot, material="PUMP", quantity=amount, place=DOCK, because="8000")
        )

    def outcomes(self) -> Outcomes:
        return self.watch.outcomes(typed=3, corrected=2)


def test_a_confirmation_is_late_by_the_time_it_was_on_its_way() -> None:
    watched = Watched()
    first, second = watched.makes("A1", 4), watched.makes("A2", 6)
    watched.goes_by(31)
    watched.confirms(first, "A1", 4)
    watched.goes_by(30)
    found = watched.outcomes()
    assert found.confirmed_after == pytest.approx((30 + 60) / 2)
    assert found.wrong_orders == 2
    watched.erp.complete(first)
    watched.erp.complete(second)
    watched.goes_by(60)
    assert watched.outcomes().wrong_orders == pytest.approx(1)


def test_stock_is_apart_until_it_is_booked() -> None:
    watched = Watched()
    number = watched.makes("A1", 4)
    watched.goes_by(31)
    watched.confirms(number, "A1", 4)
    watched.goes_by(30)
    assert watched.outcomes().stock_apart == pytest.approx(4 * 30 / 60)


def test_what_is_undecided_or_held_is_not_available_whatever_the_books_show() -> None:
    watched = Watched()
    watched.confirms(watched.makes("A1", 4), "A1", 4)
    watched.goes_by(20.5)
    assert watched.outcomes().shown_available == 4
    qms = watched.company.the(Qms)
    qms.decide(qms.inspect("A1", "PUMP", "1"), sound=True)
    watched.goes_by(20)
    assert watched.outcomes().shown_available == pytest.approx(4 * 20 / 40)
    qms.place("A1", "cracks")
    watched.goes_by(40)
    assert watched.outcomes().shown_available == pytest.approx(4 * 60 / 80)


def test_a_hold_is_known_once_each_of_its_holders_binds_the_lot() -> None:
    watched = Watched()
    qms, mes = watched.company.the(Qms), watched.company.the(MesA)
    watched.confirms(watched.makes("A1", 4), "A1", 4)
    hold = qms.place("A1", "cracks")
    watched.goes_by(10.5)
    mes.hold("A1", "cracks")
    watched.goes_by(10)
    watched.company.the(Wms).bind("A1", "Q", "cracks")
    watched.goes_by(10)
    qms.release(hold)
    watched.goes_by(100)
    assert watched.outcomes().held_known_after == pytest.approx((10 + 20 + 30) / 3)


def test_what_a_customer_gets_is_counted_in_pieces_and_once_for_each_order() -> None:
    watched = Watched()
    qms, portal = watched.company.the(Qms), watched.company.the(Portal)
    portal.order("PUMP", Decimal(4), watched.world.now())
    watched.erp.sales.place("17100001", "PUMP", Decimal(2), watched.world.now().date())
    watched.makes("A1", 4, sound=False)
    watched.makes("A2", 9)
    watched.goes_by(20.5)
    watched.leaves("A1", 4)
    hold = qms.place("A2", "cracks")
    watched.goes_by(20)
    watched.leaves("A2", 2)
    watched.goes_by(1)
    qms.release(hold)
    watched.leaves("A2", 1)
    found = watched.outcomes()
    assert (found.bad_shipped, found.held_shipped, found.shipped) == (4, 2, 3)
    assert found.waited == pytest.approx((20 + 40) / 2)
    assert found.stocked == pytest.approx((13 + 9) / 2)
    assert (found.typed, found.corrected) == (3, 2)


def test_better_is_less_and_more_is_better_only_of_what_is_sent() -> None:
    watched = Watched()
    one = watched.outcomes()
    worse = msgspec.structs.replace(one, typed=4, shipped=-1)
    says = {figure.says for figure in FIGURES if figure.better(worse, one)}
    same = {figure.says for figure in FIGURES if figure.better(one, one)}
    assert {"typed a second time", "orders of customers sent"} <= says
    assert "orders of customers sent" not in same, "as many is no gain"
    assert "held pieces sent to customers" in same, "nothing is as good as it can be"
    assert "corrected by hand" not in same
    assert figured(worse, one).count("NOT BETTER") == len(FIGURES) - len(says)
