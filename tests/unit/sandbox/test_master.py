"""Revisions against what engineering released: what is missing, wrong or there twice shows."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

import pytest

from andon.sandbox.company import Company
from andon.sandbox.lab.master import (
    booked,
    effective,
    given,
    happened,
    made_by,
    routed,
    storable,
    stored,
)
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.mes_a.items import Needs, Revision
from andon.sandbox.systems.mes_a.items import Step as MesStep
from andon.sandbox.systems.plm import Part, Plm, Step
from andon.sandbox.systems.wms import Wms
from andon.sandbox.world import BEGAN
from tests.unit.sandbox.test_warehouse_and_quality import asked, company_of

TOMORROW = datetime(2026, 3, 3, tzinfo=UTC)
BOM = (Part("HOUSING", Decimal(1)), Part("SEAL", Decimal(3)))


def systems() -> tuple[Plm, Erp, MesA]:
    found = Company(seed=1, andon="http://127.0.0.1:1").systems
    plm, erp, mes = found["plm"], found["erp"], found["mes-a"]
    assert isinstance(plm, Plm)
    assert isinstance(erp, Erp)
    assert isinstance(mes, MesA)
    return plm, erp, mes


def book(erp: Erp, seals: int) -> None:
    row = {
        "Material": "PUMP",
        "BillOfMaterialVariantUsage": "1",
        "BillOfMaterialVersion": "02",
        "HeaderValidityStartDate": TOMORROW,
    }
    parts = [("HOUSING", 1), ("SEAL", seals)]
    items = [
        {
            "BillOfMaterialComponent": part,
            "BillOfMaterialItemQuantity": Decimal(amount),
            "BillOfMaterialItemUnit": "PC",
        }
        for part, amount in parts
    ]
    erp.company.masters.add(row, items)


def test_all_hold_the_same_before_anything_is_released() -> None:
    plm, erp, mes = systems()
    assert happened(plm) == booked(erp) == given(mes) == []
    assert effective(plm) == effective(mes)
    assert effective(plm).items() <= effective(erp).items()


def test_what_is_released_must_stand_in_the_books_and_on_the_floor_as_it_is() -> None:
    plm, erp, mes = systems()
    plm.release(plm.draft("more seals", "PUMP", "", BOM), TOMORROW.date())
    assert len(happened(plm)) == 1
    assert happened(plm) != booked(erp)
    book(erp, 3)
    assert happened(plm) == booked(erp)
    needs = (Needs("SEAL", Decimal(3)), Needs("HOUSING", Decimal(1)))
    mes.items.put("PUMP", "02", Revision(valid_from=TOMORROW, needs=needs))
    assert happened(plm) == given(mes)


def test_a_wrong_amount_shows() -> None:
    plm, erp, _ = systems()
    plm.release(plm.draft("more seals", "PUMP", "", BOM), TOMORROW.date())
    book(erp, 2)
    assert happened(plm) != booked(erp)


def test_a_revision_counts_from_its_day_and_not_before() -> None:
    plm, _, mes = systems()
    plm.release(plm.draft("another compound", "SEAL", "NBR 80"), TOMORROW.date())
    mes.items.put("SEAL", "02", Revision(valid_from=TOMORROW))
    mes.items.release("SEAL", "02")
    assert effective(plm)["item:SEAL"] == effective(mes)["item:SEAL"] == "01"
    plm.world.run(TOMORROW)
    assert effective(plm)["item:SEAL"] == effective(mes)["item:SEAL"] == "02"


def test_a_revision_that_was_not_released_does_not_count_on_its_day() -> None:
    _, _, mes = systems()
    mes.items.put("SEAL", "02", Revision(valid_from=TOMORROW))
    mes.world.run(TOMORROW)
    assert effective(mes)["item:SEAL"] == "01"
    with pytest.raises(KeyError):
        mes.items.release("SEAL", "03")


def test_engineering_cannot_release_into_the_past_or_before_its_last_change() -> None:
    plm, _, _ = systems()
    change = plm.draft("more seals", "PUMP", "", BOM)
    with pytest.raises(ValueError, match="day that has begun"):
        plm.release(change, BEGAN.date())
    plm.release(change, TOMORROW.date())
    with pytest.raises(ValueError, match="counts from"):
        plm.release(plm.draft("fewer", "PUMP", "", BOM[:1]), TOMORROW.date())


async def test_an_engineer_releases_changes_by_himself() -> None:
    company = Company(seed=3, andon="http://127.0.0.1:1", systems=(Plm,))
    company.live(until=BEGAN)
    world, plm = company.world, company.systems["plm"]
    assert isinstance(plm, Plm)
    world.run(BEGAN.replace(day=4))
    released = happened(plm)
    assert len(released) > 2
    assert all(a < b for a, b in pairwise(released))


def test_the_floor_must_make_it_by_the_routing_that_was_released() -> None:
    plm, _, mes = systems()
    steps = (Step("0010", "assemble", 25),)
    plm.release(plm.draft("slower", "PUMP", "", BOM, routing=steps), TOMORROW.date())
    slow = (MesStep("0010", "assemble", Decimal(25)),)
    mes.items.put("PUMP", "02", Revision(valid_from=TOMORROW, steps=slow[:0]))
    assert made_by(mes) == []
    mes.items.put("PUMP", "03", Revision(valid_from=TOMORROW, steps=slow))
    assert [one.steps for one in made_by(mes)] == [one.steps for one in routed(plm)]
    assert made_by(mes) != routed(plm)


def test_what_a_change_does_not_say_of_routing_and_shelf_life_stays() -> None:
    plm, _, _ = systems()
    more = plm.draft("more seals", "PUMP", "", BOM)
    seal = plm.draft("another compound", "SEAL", "NBR 80", shelf_life_years=7)
    plm.release(more, TOMORROW.date())
    plm.release(seal, TOMORROW.date())
    assert [one.steps[0] for one in routed(plm)] == [("0010 assemble", Decimal(20))]
    assert [(one.item, one.days) for one in storable(plm)] == [("PUMP", 0), ("SEAL", 2555)]
    assert plm.draft("harder", "SEAL", "NBR 90").affected[0].shelf_life_years == 7


SEAL = {
    "item": "SEAL", "revision": "02", "valid_from": "2026-03-03", "unit": "PCE",
    "shelf_life_days": 2555, "reference": "k",
}  # fmt: skip


async def test_the_warehouse_adds_what_it_is_given_and_goes_by_it_from_its_day_on() -> None:
    company = company_of(Wms)
    wms = company.the(Wms)
    async with asked(company, {"X-Api-Key": wms.key}) as ask:
        versions = f"{wms.address}/item-versions"
        for _ in range(2):
            assert (await ask("POST", versions, json=SEAL))[0] == 201
        assert len((await ask("GET", f"{versions}?reference=k"))[1]["versions"]) == 2
        assert (await ask("GET", f"{versions}?reference=other"))[1] == {"versions": []}
        assert len(stored(wms)) == 2

        async def counts() -> tuple[str, int]:
            _, found = await ask("GET", f"{wms.address}/items")
            (row,) = [one for one in found["items"] if one["item"] == "SEAL"]
            return row["revision"], row["shelf_life_days"]

        assert await counts() == ("01", 1825)
        company.world.run(TOMORROW)
        assert await counts() == ("02", 2555)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"item": "VALVE"}, 422), ({"unit": "KGM"}, 422), ({"valid_from": "soon"}, 400)],
)
async def test_what_the_warehouse_cannot_store_it_refuses(
    wrong: dict[str, str], status: int
) -> None:
    company = company_of(Wms)
    wms = company.the(Wms)
    async with asked(company, {"X-Api-Key": wms.key}) as ask:
        answer, said = await ask("POST", f"{wms.address}/item-versions", json={**SEAL, **wrong})
        assert answer == status
        assert said["error"]
    assert stored(wms) == []
