"""How the lab compares what the books let a lot be used for with what quality says of it."""

from decimal import Decimal
from typing import Any

import pytest

from andon.sandbox.company import Company
from andon.sandbox.lab import inspecting
from andon.sandbox.lab.reckoning import Reckoned
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.qms import Inspection, Qms
from andon.sandbox.truth import Arrived, Consumed, Made
from andon.sandbox.world import BEGAN
from tests.unit.sandbox.test_warehouse_and_quality import company_of

LOT = "A1"


class _Books:
    """Eight pumps of one lot, received into inspection."""

    def __init__(self) -> None:
        self.company: Company = company_of(Erp, Qms)
        self.qms, self._erp = self.company.the(Qms), self.company.the(Erp)
        order = self._erp.company.release("PUMP", 8)
        self.post("101", ManufacturingOrder=order, InventoryUsabilityCode="X")
        self._inspection = Inspection(id="INS-1", lot=LOT, item="PUMP", order="1", reference="k")
        self.qms.inspections["INS-1"] = self._inspection

    def post(self, kind: str, amount: int = 8, **more: Any) -> None:
        item = {
            "GoodsMovementType": kind, "Material": "PUMP", "Batch": LOT,
            "QuantityInEntryUnit": Decimal(amount), **more,
        }  # fmt: skip
        self._erp.company.movements.post({}, [item], "ANDON")

    def decide(self, *, sound: bool) -> None:
        self.qms.decide(self._inspection, sound=sound)

    def contains(self, lot: str) -> None:
        """It was made of a housing of this lot."""
        truth = self.company.world.truth
        truth.born(lot, "HOUSING", sound=True)
        truth.born(LOT, "PUMP", sound=True)
        one = Decimal(1)
        for fact in (
            Arrived(at=BEGAN, lot=lot, material="HOUSING", quantity=one, place="A.STORE"),
            Consumed(
                at=BEGAN, order="1", operation="0010", lot=lot, material="HOUSING", quantity=one,
                place="A.STORE",
            ),
            Made(
                at=BEGAN, order="1", operation="0020", machine="LINE1", began=BEGAN,
                material="PUMP", good=one, scrap=Decimal(0), lot=LOT, place="A.STORE",
            ),
        ):  # fmt: skip
            truth.happens(fact)

    @property
    def reckoned(self) -> tuple[int, int]:
        """What is lost, and what is doubled or made up."""
        found: Reckoned = inspecting.standing(self.company.world.truth, self.qms, self._erp, [LOT])
        return found.lost, found.doubled


@pytest.fixture
def books() -> _Books:
    return _Books()


def test_what_nobody_decided_about_is_in_inspection(books: _Books) -> None:
    assert books.reckoned == (0, 0)
    books.post("321", 3)
    assert books.reckoned == (0, 2), "it stands in use, and was taken out of inspection"


def test_an_acceptance_that_is_lost_in_the_books_is_counted_and_so_is_half_of_one(
    books: _Books,
) -> None:
    books.decide(sound=True)
    assert books.reckoned == (1, 1)
    books.post("321", 3)
    assert books.reckoned == (0, 1)
    books.post("321", 5)
    assert books.reckoned == (0, 1), "one decision, two documents"


def test_what_is_accepted_is_for_any_use_and_no_more_is_posted_of_it(books: _Books) -> None:
    books.decide(sound=True)
    books.post("321")
    assert books.reckoned == (0, 0)
    books.post("322")
    books.post("321")
    assert books.reckoned == (0, 1)


def test_what_is_rejected_is_blocked_until_it_is_released(books: _Books) -> None:
    books.decide(sound=False)
    assert books.reckoned == (1, 1)
    books.post("350")
    assert books.reckoned == (0, 0)
    hold = books.qms.held(LOT)
    assert hold is not None
    books.qms.release(hold)
    assert books.reckoned == (1, 1)
    books.post("343")
    assert books.reckoned == (0, 0)


def test_what_is_held_undecided_stays_in_inspection(books: _Books) -> None:
    books.qms.place(LOT, "a crack")
    assert books.reckoned == (0, 0)
    books.post("350")
    assert books.reckoned == (1, 2)


def test_an_accepted_lot_with_a_held_one_in_it_may_wait_in_inspection(books: _Books) -> None:
    books.contains("H1")
    hold = books.qms.place("H1", "cracks")
    books.decide(sound=True)
    assert books.reckoned == (0, 0)
    books.qms.concede(LOT, hold, "dry")
    assert books.reckoned == (1, 1)
    books.qms.release(hold)
    assert books.reckoned == (1, 1)
    books.post("321")
    assert books.reckoned == (0, 0)


def test_nothing_is_asked_of_what_has_left(books: _Books) -> None:
    books.decide(sound=True)
    books.post("321")
    books.post("201", CostCenter="17101902")
    assert books.reckoned == (0, 0)
