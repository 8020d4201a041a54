"""An order that the MES confirmed and everybody booked once, as the three systems would show it."""

from datetime import UTC, datetime
from typing import Any

from proof.real.booked import Booked, Inspected, Lot, Move, Work
from proof.real.confirmed import Component, Confirmation, Content
from proof.real.order_log import (
    COMPLETED,
    CONFIRMED,
    INSPECTION,
    LOT,
    PER_OPERATION,
    PER_ORDER,
    RELEASED,
)
from proof.real.people import Ordered
from proof.real.recorded import Record, Recorded

__all__ = ["COLA", "MADE_AT", "WATER", "books", "log", "outbox"]

WATER = Ordered("MO1001", "FG-WATER", 8.0, 7.0, 1.0)
COLA = Ordered("MO1002", "FG-COLA", 5.0, 5.0, 0.0)
MADE_AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
_PARTS = {
    "FG-WATER": (Component("LOT-FLAVOR-001", "RAW-FLAVOR", 0.08),),
    "FG-COLA": (
        Component("LOT-FLAVOR-001", "RAW-FLAVOR", 0.5),
        Component("LOT-SUGAR-001", "RAW-SUGAR", 2.5),
    ),
}
_STEPS = (("op10", "Mix"), ("op20", "Pack"))


def outbox(*orders: Ordered) -> list[Confirmation]:
    """Two operations and a completion each, all delivered."""
    return [message for order in orders for message in _messages(order)]


def _messages(order: Ordered) -> list[Confirmation]:
    made: list[Confirmation] = []
    for step, operation in _STEPS:
        first = step == "op10"
        content = Content(
            order.number,
            order.product,
            order.good,
            order.scrap if first else 0.0,
            operation=operation,
            machine_seconds=0.25,
            components=_PARTS[order.product] if first else (),
        )
        key = f"{order.number}:{step}"
        made.append(Confirmation(key, "operation_confirmation", "sent", 0, MADE_AT, content))
    end = Content(order.number, order.product, order.good, order.scrap, lot=f"{order.number}-FG")
    key = f"{order.number}:completion"
    return [*made, Confirmation(key, "order_completion", "sent", 0, MADE_AT, end)]


def books(*orders: Ordered) -> Booked:
    """Each done once."""
    return Booked(
        orders=tuple((order.number, "done") for order in orders),
        moves=tuple(move for order in orders for move in _moves(order)),
        works=tuple(
            Work(order.number, operation, "done", (0.25,))
            for order in orders
            for _, operation in _STEPS
        ),
        lots=(
            Lot(1, "LOT-FLAVOR-001", "RAW-FLAVOR"),
            *(Lot(10 + n, f"{o.number}-FG", o.product) for n, o in enumerate(orders)),
        ),
        inspections=tuple(
            Inspected(20 + n, order.number, f"I-{order.number}-FG", "passed")
            for n, order in enumerate(orders)
            if order.inspected
        ),
    )


def _moves(order: Ordered) -> list[Move]:
    taken = [
        Move(order.number, "in", part.material, part.lot, part.quantity, "done")
        for part in _PARTS[order.product]
    ]
    lot = f"{order.number}-FG"
    return [*taken, Move(order.number, "out", order.product, lot, order.good, "done")]


def log(*orders: Ordered) -> Recorded:
    """Each released, confirmed and completed once, with a receipt for every command."""
    records = [record for n, order in enumerate(orders) for record in _records(n, order)]
    seen = tuple((r.source, r.id) for r in records if r.kind == "event")
    return Recorded(records=tuple(records), seen=seen, open=(), undelivered=0)


def _records(n: int, order: Ordered) -> list[Record]:
    released = Record("event", "erp", f"production/{n}", RELEASED, order.number, {})
    commands = [*PER_ORDER, *PER_OPERATION, *PER_OPERATION]
    ids = {LOT: 10 + n, INSPECTION: 20 + n}
    if order.inspected:
        commands.append(INSPECTION)
    receipts = [
        Record(
            "receipt",
            "erp",
            f"{order.number}.{place}",
            "andon.delivery.command.delivered.v1",
            order.number,
            {"command": command, "body": {"id": ids.get(command)}},
        )
        for place, command in enumerate(commands)
    ]
    return [released, *map(_event, _messages(order)), *receipts]


def _event(message: Confirmation) -> Record:
    said = message.content
    data: dict[str, Any] = {"good": _pieces(said.good_qty), "scrap": _pieces(said.scrap_qty)}
    if message.kind == "order_completion":
        data["lot_id"] = said.lot
        return Record("event", "mes", message.key, COMPLETED, said.order, data)
    data |= {"operation": said.operation, "machine_time": "PT0.25S"}
    data["consumed"] = [
        {"lot_id": c.lot, "material_id": c.material, "quantity": _pieces(c.quantity)}
        for c in said.components
    ]
    return Record("event", "mes", message.key, CONFIRMED, said.order, data)


def _pieces(amount: float) -> dict[str, str]:
    return {"amount": str(amount), "unit": "u"}
