"""One order in Andon's log, held against what the MES confirmed and what Tryton holds."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from proof.real.booked import Booked
from proof.real.confirmed import Confirmation, Content
from proof.real.difference import Difference, counted
from proof.real.people import Ordered
from proof.real.recorded import Record, Recorded

__all__ = ["LAST", "order_log"]

RELEASED = "andon.production.order.released.v1"
COMPLETED = "andon.production.order.completed.v1"
CONFIRMED = "andon.production.operation.confirmed.v1"
LOT = "andon.inventory.lot.create.v1"
LAST = "andon.production.order.complete.v1"
INSPECTION = "andon.quality.inspection.request.v1"
PER_ORDER = (
    "andon.production.order.distribute.v1",
    "andon.production.order.assign-lots.v1",
    "andon.production.order.assign-components.v1",
    "andon.production.order.start.v1",
    LOT,
    "andon.production.output.receive.v1",
    LAST,
)
PER_OPERATION = (
    "andon.production.operation.start.v1",
    "andon.production.operation.record.v1",
    "andon.production.operation.confirm.v1",
)


def order_log(
    order: Ordered, said: Sequence[Confirmation], log: Recorded, books: Booked
) -> Iterator[Difference]:
    """Its messages once each and as they were said, one release, one completion, its receipts."""
    number = order.number
    mine = [record for record in log.records if record.order == number]
    events = Counter((r.source, r.type) for r in mine if r.kind == "event")
    yield from counted(number, "OrderReleased in the log", events["erp", RELEASED])
    yield from counted(number, "OrderCompleted in the log", events["mes", COMPLETED])
    for one in said:
        yield from _message(number, one, mine, log)
    yield from _receipts(order, said, [r for r in mine if r.kind == "receipt"], books)


def _message(
    number: str, one: Confirmation, mine: Sequence[Record], log: Recorded
) -> Iterator[Difference]:
    events = [r for r in mine if (r.kind, r.source, r.id) == ("event", "mes", one.key)]
    yield from counted(number, f"event {one.key} in the log", len(events))
    yield from counted(number, f"{one.key} among what is known", log.seen.count(("mes", one.key)))
    for event in events:
        kept = _kept(event)
        wanted = _wanted(one.content)
        if kept != wanted:
            yield Difference("wrong", number, f"{one.key} was recorded as {kept}, said {wanted}")


def _wanted(content: Content) -> dict[str, Any]:
    return {
        "good": content.good_qty,
        "scrap": content.scrap_qty,
        "operation": content.operation,
        "seconds": content.machine_seconds,
        "lot": content.lot,
        "consumed": sorted((c.material, c.lot, c.quantity) for c in content.components),
    }


def _kept(event: Record) -> dict[str, Any]:
    data = event.data
    took = data.get("machine_time")
    return {
        "good": _amount(data["good"]),
        "scrap": _amount(data["scrap"]),
        "operation": data.get("operation"),
        "seconds": None if took is None else msgspec.convert(took, timedelta).total_seconds(),
        "lot": data.get("lot_id"),
        "consumed": sorted(
            (part["material_id"], part["lot_id"], _amount(part["quantity"]))
            for part in data.get("consumed", ())
        ),
    }


def _amount(quantity: Mapping[str, Any]) -> float:
    return float(quantity["amount"])


def _receipts(
    order: Ordered, said: Sequence[Confirmation], receipts: Sequence[Record], books: Booked
) -> Iterator[Difference]:
    number = order.number
    operations = sum(one.kind == "operation_confirmation" for one in said)
    wanted: dict[str, int] = {INSPECTION: int(order.inspected)}
    wanted |= dict.fromkeys(PER_ORDER, 1)
    wanted |= dict.fromkeys(PER_OPERATION, operations)
    given = Counter(receipt.data["command"] for receipt in receipts)
    for command, count in wanted.items():
        yield from counted(number, f"receipts of {command}", given[command], count)
    lots = {lot.id for lot in books.lots if lot.number in {one.content.lot for one in said}}
    inspections = {one.id for one in books.inspections if one.order == number}
    for receipt in receipts:
        for command, there in ((LOT, lots), (INSPECTION, inspections)):
            if receipt.data["command"] == command and receipt.data["body"]["id"] not in there:
                yield Difference("wrong", number, f"the receipt of {command} names {receipt.data}")
