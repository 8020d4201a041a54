"""Inspections in Tryton: opened under our reference, filled, judged."""

__all__ = ["InspectionDesk", "with_orders"]

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from andon.connectors.tryton.asked import AskInspection, AskPoints, AskReference
from andon.connectors.tryton.rows import INSPECTION, Inspected, Inspection, columns
from andon.connectors.tryton.speech import Speech, rows_in
from andon.core.connector import Receipt, Request
from andon.core.errors import RejectedError

_FIELDS = tuple(columns(Inspection))
_ABOUT = tuple(columns(Inspected))


class _Id(msgspec.Struct, frozen=True):
    id: int


class _Order(msgspec.Struct, frozen=True):
    id: int
    company: int


class _Origin(msgspec.Struct, frozen=True):
    origin: str | None = None

    def order(self) -> int | None:
        model, _, id = (self.origin or "").partition(",")
        return int(id) if model == "production" and id.isdecimal() else None


async def with_orders(speech: Speech, rows: Sequence[bytes]) -> Sequence[bytes]:
    """The rows with the order each is about as `about`: its number and the lots it makes."""
    orders = [rows_in(row, _Origin, INSPECTION).order() for row in rows]
    domain = [["id", "in", sorted({order for order in orders if order is not None})]]
    found = await speech.search("production", domain, list[Inspected], _ABOUT)
    known = {order.id: order for order in found}
    return [
        msgspec.json.encode({**msgspec.json.decode(row), "about": known.get(order or 0)})
        for row, order in zip(rows, orders, strict=True)
    ]


class InspectionDesk:
    """Three steps, each proven by what the inspection holds afterwards."""

    targets = ("quality.inspection", "quality.inspection.points", "quality.inspection.process")

    def __init__(self, speech: Speech) -> None:
        self._speech = speech

    async def find(self, request: Request) -> Receipt | None:
        """Whether the inspection is there, holds the results, or is judged."""
        ask: AskReference = request.body
        row = await self._row(ask)
        if row is None or not _proven(row, ask):
            return None
        body: dict[str, Any] = {"id": row.id, "number": row.number, "state": row.state}
        return Receipt(reference=row.number, body=body)

    async def act(self, request: Request) -> None:
        """One call."""
        match request.body:
            case AskInspection() as ask:
                await self._open(ask)
            case AskPoints() as ask:
                points = {name: _value(value) for name, value in ask.points.items()}
                row = await self._known(ask)
                await self._speech.effect("PUT", f"{INSPECTION}/{row.id}", {"points": points})
            case AskReference() as ask:
                row = await self._known(ask)
                await self._speech.effect("POST", f"{INSPECTION}/{row.id}/process", {})
            case _:
                raise TypeError(f"{request.target} asks nothing an inspection knows")

    async def _open(self, ask: AskInspection) -> None:
        orders = await self._speech.search(
            "production", [["number", "=", ask.number]], list[_Order], ["id", "company"]
        )
        controls = await self._speech.search(
            "quality.control",
            [["product.code", "=", ask.product], ["operations", "in", "production:do"]],
            list[_Id],
            ["id"],
        )
        if len(orders) != 1 or len(controls) != 1:
            raise RejectedError(
                f"Tryton has {len(orders)} orders {ask.number} and {len(controls)} quality"
                f" controls of {ask.product} at the end of production; one of each is needed."
            )
        body = {
            "control": controls[0].id,
            "origin": f"production,{orders[0].id}",
            "reference": ask.reference,
            # Without it Tryton refuses the record to its own maker.
            "company": orders[0].company,
        }
        await self._speech.effect("POST", INSPECTION, body)

    async def _known(self, ask: AskReference) -> Inspection:
        row = await self._row(ask)
        if row is None:
            raise RejectedError(f"Tryton has no inspection with the reference {ask.reference}.")
        return row

    async def _row(self, ask: AskReference) -> Inspection | None:
        domain = [["reference", "=", ask.reference]]
        order = [["id", "ASC"]]
        rows = await self._speech.search(INSPECTION, domain, list[Inspection], _FIELDS, order=order)
        return rows[0] if rows else None


def _proven(row: Inspection, ask: AskReference) -> bool:
    match ask:
        case AskInspection():
            return True
        case AskPoints():
            held = row.points or {}
            return all(held.get(name) == _value(value) for name, value in ask.points.items())
        case _:
            return row.state != "pending"


def _value(value: bool | Decimal) -> bool | float:
    return value if isinstance(value, bool) else float(value)
