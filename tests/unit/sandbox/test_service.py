"""The field service and complaints of the company: what they keep and refuse, and the lab."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import aiohttp
import msgspec

from andon.sandbox.company import Company
from andon.sandbox.lab import compare, inventory, service
from andon.sandbox.lives.service import load_van
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.field_service import VAN, Case, FieldService, Part, Visit
from andon.sandbox.systems.qms import Qms
from andon.sandbox.systems.wms import Wms
from andon.sandbox.truth import Arrived, Left, Used
from andon.sandbox.world import BEGAN


def _company(*kinds: Any) -> Company:
    return Company(seed=1, andon="http://127.0.0.1:9", systems=kinds)


def _case(field: FieldService) -> Case:
    return field.opens(
        account="17100001", article="PUMP", plate="a1-001", delivery_note="8", complaint="loud"
    )


def _visited(company: Company, case: Case, amount: int = 2) -> str:
    field, number = company.the(FieldService), company.the(FieldService).new_visit()
    used = Used(
        at=BEGAN, case=case.number, visit=number, lot="S90001", material="SEAL",
        quantity=Decimal(amount), place=VAN,
    )  # fmt: skip
    company.world.truth.happens(used)
    parts = [Part("SEAL", "S90001", Decimal(amount))]
    field.visited(case, Visit(number=number, parts=parts, outcome="FIXED", remark="", at=BEGAN))
    return f"{case.number}/{number}"


def _issue(erp: Erp, visit: str, amount: int = 2) -> None:
    item = {
        "GoodsMovementType": "201", "Material": "SEAL", "Batch": "S90001", "CostCenter": "1",
        "StorageLocation": "171V", "QuantityInEntryUnit": Decimal(amount),
    }  # fmt: skip
    erp.company.movements.post({"MaterialDocumentHeaderText": visit}, [item], "ANDON")


def test_parts_that_are_not_booked_are_lost_and_booked_twice_are_doubled() -> None:
    company = _company(Erp, Wms, FieldService)
    truth, erp = company.world.truth, company.the(Erp)
    load_van(company.world)
    assert inventory.stock_error(truth, erp, company.the(Wms)) == 0
    visit = _visited(company, _case(company.the(FieldService)))

    def reckoned() -> tuple[int, int, Decimal]:
        found = compare(service.happened(truth), service.booked(erp))
        return found.lost, found.doubled, inventory.stock_error(truth, erp, company.the(Wms))

    assert reckoned() == (1, 0, 2)
    _issue(erp, visit)
    assert reckoned() == (0, 0, 0)
    _issue(erp, visit)
    assert reckoned() == (0, 1, 2)


async def test_a_case_hears_once_of_its_complaint_the_verdict_and_its_parts() -> None:
    company = _company(Qms, FieldService)
    field, qms = company.the(FieldService), company.the(Qms)
    load_van(company.world)
    case = _case(field)
    _visited(company, case)
    await field.start()
    headers = {"Authorization": f"Bearer {field.key}"}
    try:
        async with aiohttp.ClientSession(field.address, headers=headers) as http:

            async def told(state: str, text: str = "", case: str = case.number) -> int:
                body = {"state": state, "text": text, "external_id": "k"}
                async with http.post(f"/api/cases/{case}/updates", json=body) as answer:
                    return answer.status

            assert service.complaints(field, qms).lost == 1
            complaint = {
                "lot": "A1", "item": "PUMP", "customer": "1", "defect": "loud", "case": case.number,
            }  # fmt: skip
            assert qms.complaints.asked(msgspec.json.encode({**complaint, "lot": ""})).status == 422
            assert qms.complaints.asked(msgspec.json.encode(complaint)).status == 201
            (raised,) = qms.complaints.all.values()
            qms.answer_complaint(raised, justified=False)
            assert service.complaints(field, qms).well
            assert service.heard(field, qms).lost == 3
            assert await told("PARTS_BOOKED", "V-5001") == 201
            assert await told("IN_QUALITY") == 201
            assert await told("DECLINED") == 201
            assert service.heard(field, qms).well
            assert await told("DECLINED") == 201  # it does not look at our word
            assert service.heard(field, qms).doubled == 1
            assert await told("DONE") == 422
            assert await told("DECLINED", case="FS-1") == 404
            async with http.get("/api/updates?external_id=k") as answer:
                assert len((await answer.json())["updates"]) == 4
            async with http.get("/api/updates", headers={"Authorization": "?"}) as answer:
                assert answer.status == 401
    finally:
        await field.stop()


def test_what_customers_got_fails_and_is_repaired_from_the_van() -> None:
    company = _company(Erp, Qms, FieldService)
    from andon.sandbox.lives import service as life

    world, erp, field = company.world, company.the(Erp), company.the(FieldService)
    life.begin(world, company.systems)
    world.truth.born("A0000001", "PUMP", sound=False)
    arrived = Arrived(
        at=BEGAN, lot="A0000001", material="PUMP", quantity=Decimal(50), place="A.STORE",
        because="opening",
    )  # fmt: skip
    world.truth.happens(arrived)
    for _ in range(10):
        number = erp.company.deliveries.deliver("17100001", "PUMP", Decimal(4), "A0000001")
        left = Left(
            at=BEGAN, lot="A0000001", material="PUMP", quantity=Decimal(4), place="A.STORE",
            because=number,
        )  # fmt: skip
        world.truth.happens(left)
    world.run(BEGAN + timedelta(hours=4))
    assert 4 <= len(field.cases) <= 10
    assert all(len(case.visits) == 1 for case in field.cases.values())
    assert all(case.plate.startswith("a0000001") for case in field.cases.values())
    used = sum((one.quantity for one in service.happened(world.truth)), Decimal(0))
    scanned = [part.qty for one in field.cases.values() for v in one.visits for part in v.parts]
    assert used == sum(scanned, Decimal(0)) > 0
