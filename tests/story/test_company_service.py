"""Field service of the sandbox company: a customer's pump leaks, and everybody hears of it once."""

from datetime import timedelta
from decimal import Decimal

import pytest

from andon.sandbox.lab import compare, service
from andon.sandbox.lab.reckoning import Reckoned
from andon.sandbox.lives.service import load_van
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.field_service import VAN, Case, FieldService, Part, Visit
from andon.sandbox.systems.qms import Qms
from andon.sandbox.truth import Used
from tests.integration.plant import until
from tests.story.company import Served, served


@pytest.mark.story
async def test_a_leaking_pump_is_a_complaint_and_its_spare_parts_leave_the_books_once() -> None:
    async with served() as plant:
        company = plant.company
        erp, qms, field = company.the(Erp), company.the(Qms), company.the(FieldService)
        load_van(company.world)
        field.outbox.odd["twice"] = 2  # both posts of the field service come twice
        for system in (erp, field):
            system.faults.add("lose")  # it is done, and Andon never hears of it
        case = field.opens(
            account="17100001", article="PUMP", plate="a0000017 / 004", delivery_note="80000007",
            complaint="leaks at the shaft",
        )  # fmt: skip
        _repaired(plant, case)

        await until(lambda: bool(qms.complaints.all), within=20)
        (complaint,) = qms.complaints.all.values()
        assert (complaint.lot, complaint.case) == ("A0000017", case.number)
        qms.answer_complaint(complaint, justified=True)
        await until(lambda: service.heard(field, qms).well, within=30)
        await until(lambda: _parts(plant).well, within=20)

        assert [one.state for one in field.updates if one.state != "PARTS_BOOKED"] == [
            "IN_QUALITY",
            "ACCEPTED",
        ]
        assert service.complaints(field, qms).well
        assert erp.faults.struck["lose"] == field.faults.struck["lose"] == 1
        page = await plant.page(f"service-case/field-service:{case.number}")
        linked = {(link["relation"], link["object"]) for link in page["links"]}
        assert linked >= {
            ("complains-of", "material-lot/company:A0000017"),
            ("complains-of", "delivery/erp:80000007"),
            ("repaired-with", "material-lot/company:S90001"),
        }
        assert await plant.cases() == []


def _repaired(plant: Served, case: Case) -> None:
    """A technician builds in two seals of the van."""
    world, field = plant.company.world, plant.company.the(FieldService)
    number, at = field.new_visit(), world.now() + timedelta(hours=1)
    used = Used(
        at=at, case=case.number, visit=number, lot="S90001", material="SEAL", quantity=Decimal(2),
        place=VAN,
    )  # fmt: skip
    world.truth.happens(used)
    parts = [Part("SEAL", "S90001", Decimal(2))]
    field.visited(
        case, Visit(number=number, parts=parts, outcome="FIXED", remark="sealed anew", at=at)
    )


def _parts(plant: Served) -> Reckoned:
    return compare(
        service.happened(plant.company.world.truth), service.booked(plant.company.the(Erp))
    )
