"""An inspector who holds a component while lines take from it, and decides about all of it."""

from datetime import timedelta
from decimal import Decimal

from andon.sandbox.company import Company
from andon.sandbox.lives import production, suspecting
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA, Order
from andon.sandbox.systems.qms import Hold, Qms
from andon.sandbox.truth import Consumed, family, made_of

HOUR = timedelta(hours=1)


class Inspected:
    """A company in which orders reach the floor, and holds only by a supervisor's hand."""

    def __init__(self, seed: int) -> None:
        self.company = Company(seed=seed, andon="http://127.0.0.1:9", systems=(Erp, MesA, Qms))
        self.mes, self.qms = self.company.the(MesA), self.company.the(Qms)
        for n in range(60):
            order = Order(number=f"10{n:05}", item="PUMP", quantity=Decimal(8), revision="01")
            self.mes.floor.queue(order)
        production.begin(self.company.world, self.company.systems)
        suspecting.begin(self.company.world, self.company.systems)

    def runs(self, hours: float) -> None:
        self.company.world.run(self.company.world.now() + hours * HOUR)

    @property
    def hold(self) -> Hold:
        return self.qms.holds[0]

    @property
    def containing(self) -> set[str]:
        return family(self.hold.lot, made_of(self.company.world.truth.facts)) - {self.hold.lot}


def test_a_lot_in_use_is_held_with_what_was_made_of_it_so_far() -> None:
    inspected = Inspected(1)
    inspected.runs(0.5)
    hold, truth = inspected.hold, inspected.company.world.truth
    assert truth.lots[hold.lot].material in ("HOUSING", "SEAL")
    used = [fact.at for fact in truth.facts if isinstance(fact, Consumed) and fact.lot == hold.lot]
    assert any(hold.placed_at - timedelta(minutes=1) <= at <= hold.placed_at for at in used)
    others = {one.lot for one in inspected.qms.holds[1:]}
    assert others <= inspected.containing
    assert len(inspected.containing) > len(others), "the floor has not heard of it, and works on"


def test_nothing_is_decided_while_the_floor_may_take_from_it() -> None:
    inspected = Inspected(1)
    inspected.runs(4)
    assert inspected.qms.undecided(inspected.hold)
    assert not inspected.qms.dispositions


def test_then_all_of_it_is_released_or_all_of_it_goes_to_waste() -> None:
    found = [_decided(seed) for seed in range(1, 9)]
    assert set(found) == {"release", "scrap"}


def _decided(seed: int) -> str:
    inspected = Inspected(seed)
    while not inspected.qms.holds:
        inspected.runs(0.05)
    inspected.mes.held[inspected.hold.lot] = "crack"
    inspected.runs(1.5)
    usages = {one.lot: one.usage for one in inspected.qms.dispositions}
    (usage,) = set(usages.values())
    assert usages[inspected.hold.lot] == usage
    if usage == "scrap":
        assert usages.keys() == {inspected.hold.lot} | inspected.containing
    freed = {one.released_at is not None for one in inspected.qms.holds if one.lot in usages}
    assert freed == {usage == "release"}
    return usage
