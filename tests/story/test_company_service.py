"""Field service of the sandbox company: a customer's pump leaks, and everybody hears of it once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from andon.sandbox.lab import compare, service
from andon.sandbox.lab.reckoning import Reckoned
from andon.sandbox.lives.service import load_van
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.field_service import VAN, Case, FieldService, Part, Visit
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.qms import Qms
from andon.sandbox.systems.wms import Wms
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
        (asks,) = await plant.cases()
        assert "of lot A0000017 is justified: porous casting" in asks["text"]
        assert qms.held("A0000017") is None
        await _says(plant, asks, "dismiss")
        await until(lambda: _asks(plant, "quality", 0), within=20)


@pytest.mark.story
async def test_the_lot_of_justified_complaints_is_held_everywhere_once_quality_says_so() -> None:
    async with served() as plant:
        company = plant.company
        erp, mes, wms = company.the(Erp), company.the(MesA), company.the(Wms)
        qms, lot = company.the(Qms), "A0000017"
        await _justified(plant, "17100001", "17100002")  # two customers, the same lot
        await until(lambda: _asks(plant, "quality", 2), within=20)
        assert qms.held(lot) is None
        assert lot not in wms.locks

        first, _ = await _open(plant, "quality")
        qms.faults.add("lose")  # it is held there, and the answer is lost
        await _says(plant, first, "hold")
        await until(lambda: lot in wms.locks and lot in mes.held, within=30)
        await until(lambda: _asks(plant, "quality", 0), within=20)  # the other one is answered too

        await _justified(plant, "17100003")  # one more customer: it is held already
        await until(lambda: service.heard(company.the(FieldService), qms).well, within=30)
        assert await _open(plant, "quality") == []
        (hold,) = qms.holds
        assert (hold.lot, hold.released_at) == (lot, None)

        erp.company.deliveries.deliver("17100001", "PUMP", Decimal(2), lot)
        await until(lambda: _asks(plant, "shipping", 1), within=20)
        (stopped,) = await _open(plant, "shipping")
        assert "porous casting (complaint CMP-" in stopped["text"]
        assert not list(wms.picks())


async def _justified(plant: Served, *customers: str) -> None:
    """Each complains of a pump of the lot, and quality finds that they are right."""
    qms, field = plant.company.the(Qms), plant.company.the(FieldService)
    known = len(qms.complaints.all)
    for n, customer in enumerate(customers):
        field.opens(
            account=customer, article="PUMP", plate=f"A0000017-{known + n + 1:03}",
            delivery_note="", complaint="leaks at the shaft",
        )  # fmt: skip
    await until(lambda: len(qms.complaints.all) == known + len(customers), within=20)
    for complaint in list(qms.complaints.all.values())[known:]:
        qms.answer_complaint(complaint, justified=True)


async def _open(plant: Served, team: str) -> list[dict[str, Any]]:
    cases = await plant.cases()
    return [case for case in cases if case["team"] == team and case["state"] == "open"]


async def _asks(plant: Served, team: str, times: int) -> bool:
    return len(await _open(plant, team)) == times


async def _says(plant: Served, case: dict[str, Any], answer: str) -> None:
    status, said = await plant.ask(
        "POST", f"/v1/exceptions/{case['id']}/answer", {"answer": answer}
    )
    assert status == 200, said


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
