"""Field service: pumps that leak at customers', technicians with a van, quality's engineer."""

__all__ = ["begin", "load_van"]

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from random import Random

from andon.sandbox.system import System
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.field_service import VAN, Case, FieldService, Part, Visit
from andon.sandbox.systems.qms import Complaint, Qms
from andon.sandbox.truth import Arrived, Fact, Left, Used
from andon.sandbox.world import Steps, World

_LOOKS = timedelta(minutes=1)
_FAILS = {True: 0.15, False: 0.8}
"""How likely a customer complains of something from a lot that is sound, or is not."""
_VAN = (("SEAL", "S90001", 500), ("HOUSING", "H90001", 250))


def begin(world: World, systems: Mapping[str, System]) -> None:
    """Whoever got something may complain of it; each complaint is a life of its own."""
    erp, field, qms = systems.get("erp"), systems.get("field-service"), systems.get("qms")
    if not isinstance(erp, Erp) or not isinstance(field, FieldService):
        return
    load_van(world)
    chance = world.chance("customers")

    def gone(fact: Fact) -> None:
        if isinstance(fact, Left) and fact.lot in world.truth.lots:
            fails = _FAILS[world.truth.lots[fact.lot].sound]
            if chance.random() < fails:
                world.lives(_complains(world, erp, field, fact, Random(chance.random())))

    world.truth.tell(gone)
    if isinstance(qms, Qms):
        world.lives(_engineer(world, qms))


def load_van(world: World) -> None:
    """What technicians had before anybody looked."""
    for material, lot, amount in _VAN:
        world.truth.born(lot, material, sound=True)
        arrived = Arrived(
            at=world.now(), lot=lot, material=material, quantity=Decimal(amount), place=VAN,
            because="opening",
        )  # fmt: skip
        world.truth.happens(arrived)


def _complains(world: World, erp: Erp, field: FieldService, left: Left, chance: Random) -> Steps:
    yield world.wait(timedelta(minutes=chance.randint(20, 90)))
    header = erp.company.books.rows("A_OutbDeliveryHeader").get((left.because,))
    if header is None:
        return  # whoever got it is no customer of ours
    piece = chance.randint(1, int(left.quantity))
    case = field.opens(
        account=header["ShipToParty"],
        article=left.material,
        plate=chance.choice(("{}-{:03}", "{} / {:03}")).format(left.lot.lower(), piece),
        delivery_note=left.because if chance.random() < 0.7 else "",
        complaint=chance.choice(("leaks at the shaft", "loud", "no pressure")),
    )
    yield world.wait(timedelta(minutes=chance.randint(15, 60)))
    yield from _repairs(world, field, case, chance)


def _repairs(world: World, field: FieldService, case: Case, chance: Random) -> Steps:
    """A technician works there, and scans what it needed where the visit is closed."""
    yield world.wait(timedelta(minutes=chance.randint(10, 40)))
    number, parts = field.new_visit(), list[Part]()
    for lot, there in list(world.truth.at(VAN)):
        amount = Decimal(chance.choices((0, 1, 2), (2, 5, 1))[0])
        if 0 < amount <= there:
            used = Used(
                at=world.now(), case=case.number, visit=number, lot=lot.lot,
                material=lot.material, quantity=amount, place=VAN,
            )  # fmt: skip
            world.truth.happens(used)
            parts.append(Part(lot.material, lot.lot, amount))
    visit = Visit(
        number=number,
        parts=parts,
        outcome="FIXED" if parts else "NO_FAULT",
        remark="sealed anew" if parts else "ran when I came",
        at=field.now(),
    )
    field.visited(case, visit)


def _engineer(world: World, qms: Qms) -> Steps:
    chance, seen = world.chance("complaints engineer"), 0
    while True:
        raised = list(qms.complaints.all.values())
        for complaint in raised[seen:]:
            world.lives(_judges(world, qms, complaint, timedelta(minutes=chance.randint(10, 40))))
        seen = len(raised)
        yield world.wait(_LOOKS)


def _judges(world: World, qms: Qms, complaint: Complaint, takes: timedelta) -> Steps:
    yield world.wait(takes)
    lot = world.truth.lots.get(complaint.lot)
    qms.answer_complaint(complaint, justified=lot is not None and not lot.sound)
