"""Revisions against what engineering released: what is missing, wrong or there twice shows."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

import pytest

from andon.sandbox.company import Company
from andon.sandbox.lab.master import booked, effective, given, happened
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.mes_a.items import Needs, Revision
from andon.sandbox.systems.plm import Part, Plm
from andon.sandbox.world import BEGAN

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
