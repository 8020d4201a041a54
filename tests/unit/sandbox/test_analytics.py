"""The analytics store against the facts: a row that is missing or there twice shows."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from andon.sandbox.company import Company
from andon.sandbox.lab.analytics import booked, happened
from andon.sandbox.systems.analytics import Analytics
from andon.sandbox.truth import Consumed, Finished, Made, Moved, Truth

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ORDER = "production-order/erp:1000001"
PARTS = (("taken", "SEAL", 8), ("received", "PUMP", 4))


@pytest.fixture
def analytics() -> Analytics:
    found = Company(seed=1, andon="http://127.0.0.1:1").systems["analytics"]
    assert isinstance(found, Analytics)
    return found


def put(analytics: Analytics, name: str, event: str, subject: str, data: dict[str, Any]) -> None:
    cell = json.dumps(data).replace('"', '""')
    text = f'event,subject,at,data\r\nandon.{event}.v1,{subject},{NOON.isoformat()},"{cell}"\r\n'
    (analytics.folder / "out" / name).write_text(text)


def pieces(amount: int) -> dict[str, str]:
    return {"amount": str(amount), "unit": "PC"}


def tell(analytics: Analytics) -> None:
    confirmed = {"operation": "0020", "good": pieces(4)}
    put(analytics, "1.csv", "production.operation.confirmed", ORDER, confirmed)
    completed = {"material_id": "PUMP", "good": pieces(4)}
    put(analytics, "2.csv", "production.order.completed", ORDER, completed)
    moved = {"material_id": "PUMP", "quantity": pieces(4)}
    put(analytics, "3.csv", "inventory.stock.moved", "material-lot/company:A0000001", moved)
    for use, material, amount in PARTS:
        entry = {
            "use": "Material Produced" if use == "received" else "Material Consumed",
            "order_id": "1000001",
            "material_id": material,
            "quantity": pieces(amount),
        }
        put(analytics, f"{use}.csv", "finance.entry.posted", "journal-entry/erp:1", entry)


def truth() -> Truth:
    found = Truth()
    order = "1000001"
    found.facts += [
        Consumed(
            at=NOON, order=order, operation="0010", lot="S1", material="SEAL",
            quantity=Decimal(8), place="A.STORE",
        ),
        Made(
            at=NOON, order=order, operation="0020", machine="LINE1", began=NOON, material="PUMP",
            good=Decimal(4), scrap=Decimal(0), lot="A0000001", place="A.STORE",
        ),
        Moved(
            at=NOON, lot="A0000001", material="PUMP", quantity=Decimal(4), origin="A.STORE",
            place="W.01-01",
        ),
        Finished(
            at=NOON, order=order, material="PUMP", lot="A0000001", good=Decimal(4),
            scrap=Decimal(0),
        ),
    ]  # fmt: skip
    return found


def test_what_happened_is_told_once_and_files_are_put_away(analytics: Analytics) -> None:
    tell(analytics)
    analytics.load()
    analytics.load()
    assert booked(analytics) == happened(truth())
    assert not list((analytics.folder / "out").iterdir())


def test_a_row_that_comes_twice_is_there_twice(analytics: Analytics) -> None:
    for _ in range(2):
        tell(analytics)
        analytics.load()
    assert (booked(analytics) - happened(truth())).total() == 5


def test_a_row_that_does_not_come_is_missing(analytics: Analytics) -> None:
    tell(analytics)
    (analytics.folder / "out" / "taken.csv").unlink()
    analytics.load()
    assert [told.what for told in happened(truth()) - booked(analytics)] == ["taken"]


def test_a_file_that_is_laid_out_otherwise_is_refused_whole(analytics: Analytics) -> None:
    (analytics.folder / "out" / "odd.csv").write_text("event,subject\r\na,b\r\n")
    analytics.load()
    assert analytics.store == []
    assert [file.name for file in (analytics.folder / "refused").iterdir()] == ["odd.csv"]
