"""The analytics store against the facts: a row that is missing or there twice shows."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from andon.connectors.kafka.library import Batch
from andon.sandbox.company import Company
from andon.sandbox.lab.analytics import booked, happened, planned, turned
from andon.sandbox.lab.reckoning import Reckoned
from andon.sandbox.systems.analytics import Analytics, Told
from andon.sandbox.systems.analytics.stream import TOPIC, Stream
from andon.sandbox.systems.erp import Erp
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
    assert booked(analytics.store) == happened(truth())
    assert not list((analytics.folder / "out").iterdir())


def test_a_row_that_comes_twice_is_there_twice(analytics: Analytics) -> None:
    for _ in range(2):
        tell(analytics)
        analytics.load()
    assert (booked(analytics.store) - happened(truth())).total() == 5


def test_a_row_that_does_not_come_is_missing(analytics: Analytics) -> None:
    tell(analytics)
    (analytics.folder / "out" / "taken.csv").unlink()
    analytics.load()
    assert [told.what for told in happened(truth()) - booked(analytics.store)] == ["taken"]


def test_a_file_that_is_laid_out_otherwise_is_refused_whole(analytics: Analytics) -> None:
    (analytics.folder / "out" / "odd.csv").write_text("event,subject\r\na,b\r\n")
    analytics.load()
    assert analytics.store == []
    assert [file.name for file in (analytics.folder / "refused").iterdir()] == ["odd.csv"]


def ordered(*said: tuple[str, int]) -> list[Told]:
    """What is said of the first order, minute by minute."""
    return [
        Told(
            f"andon.production.order.{word}.v1", ORDER, NOON + timedelta(minutes=n),
            {"planned": pieces(amount)},
        )
        for n, (word, amount) in enumerate(said)
    ]  # fmt: skip


def test_an_order_is_told_as_planners_want_it_last() -> None:
    erp = Company(seed=1, andon="http://127.0.0.1:1").the(Erp)
    number = erp.company.release("PUMP", 4)
    assert ORDER.endswith(number)
    assert planned(erp, []) == Reckoned(lost=1, doubled=0, out_of_order=0)
    assert planned(erp, ordered(("released", 4))).well
    assert not planned(erp, ordered(("released", 4), ("released", 4))).well
    erp.company.resize(number, 6)
    assert not planned(erp, ordered(("released", 4))).well
    assert planned(erp, reversed(ordered(("released", 4), ("changed", 6)))).well
    erp.company.cancel(number)
    assert not planned(erp, ordered(("released", 4), ("changed", 6))).well
    assert planned(erp, ordered(("released", 4), ("changed", 6), ("cancelled", 0))).well
    assert planned(erp, []).well, "nobody heard of it before it was cancelled"


def test_an_order_that_nobody_released_is_one_too_many() -> None:
    erp = Company(seed=1, andon="http://127.0.0.1:1").the(Erp)
    assert planned(erp, ordered(("changed", 6))) == Reckoned(lost=0, doubled=1, out_of_order=0)


def record(
    id: str, subject: str, at: datetime = NOON, odd: Mapping[str, bytes] = MappingProxyType({})
) -> tuple[Any, ...]:
    said = {
        "content-type": b"application/json",
        "ce_specversion": b"1.0",
        "ce_id": id.encode(),
        "ce_type": b"andon.inventory.stock.moved.v1",
        "ce_subject": subject.encode(),
        "ce_time": at.isoformat().encode(),
        **odd,
    }
    value = json.dumps({"material_id": "PUMP", "quantity": pieces(4)}).encode()
    return subject.encode(), value, list(said.items())


def append(stream: Stream, *records: tuple[Any, ...], partition: int = 0) -> None:
    batch = Batch(
        magic=2, compression_type=0, is_transactional=0, producer_id=-1, producer_epoch=-1,
        base_sequence=-1, batch_size=100_000,
    )  # fmt: skip
    for n, (key, value, headers) in enumerate(records):
        batch.append(n, timestamp=0, key=key, value=value, headers=headers)
    stream.broker.topics[TOPIC][partition].append(bytes(batch.build()))


def test_an_event_of_the_topic_is_stored_once_however_often_it_is_there(
    analytics: Analytics,
) -> None:
    stream = analytics.stream
    append(stream, record("k1", "material-lot/company:A1"), record("k2", "material-lot/company:A2"))
    analytics.load()
    append(stream, record("k1", "material-lot/company:A1"))
    append(stream, record("k3", "material-lot/company:A3"), partition=1)
    analytics.load()
    analytics.load()
    assert list(stream.store) == ["k1", "k2", "k3"]
    assert stream.repeated == 1
    assert booked(stream.store.values()).total() == 3


@pytest.mark.parametrize(
    "odd",
    [{"ce_specversion": b"2.0"}, {"content-type": b"text/plain"}, {"ce_time": b"noon"}],
)
def test_what_is_no_cloudevent_is_refused_and_the_next_record_is_read(
    analytics: Analytics, odd: dict[str, bytes]
) -> None:
    append(analytics.stream, record("k1", "x", odd=odd), record("k2", "x"))
    analytics.load()
    assert list(analytics.stream.store) == ["k2"]
    assert len(analytics.stream.refused) == 1


def test_what_is_behind_something_later_of_its_subject_is_out_of_order(
    analytics: Analytics,
) -> None:
    later = NOON + timedelta(minutes=1)
    append(
        analytics.stream, record("k1", "a", later), record("k2", "b"), record("k3", "a"),
        record("k4", "a", later),
    )  # fmt: skip
    analytics.load()
    assert turned(analytics.stream.store.values()) == 1
