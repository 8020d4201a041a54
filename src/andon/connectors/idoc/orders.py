"""Production orders as LOIPRO says them: each header compared with the last one of its order."""

__all__ = ["Header", "OrderItem", "Position", "Status", "production_order"]

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

import msgspec

from andon.connectors.idoc.numbers import Head, bare, refuse_other_content
from andon.connectors.idoc.settings import IdocSettings
from andon.connectors.idoc.values import amount, moment
from andon.core.connector import Item
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Known, Said, inbound
from andon.core.message import Claims, Finding, ReadBack
from andon.core.quantity import Quantity
from andon.model.isa95 import RequestState
from andon.model.production import OrderCancelled, OrderChanged, OrderReleased


class Status(msgspec.Struct, frozen=True, rename="upper"):
    """E1JSTKL: one system status of the order."""

    stat: str = ""
    inact: str = ""


class Position(msgspec.Struct, frozen=True, rename="upper"):
    """E1AFPOL: what is made."""

    matnr: str = ""


class Header(msgspec.Struct, frozen=True, rename="upper"):
    """E1AFKOL: the part of an order's header we read."""

    aufnr: str
    matnr: str = ""
    gamng: str = ""
    gmein: str = ""
    bmeins: str = ""
    gltrp: str = ""
    gluzp: str = ""
    gltrs: str = ""
    gluzs: str = ""
    status: tuple[Status, ...] = msgspec.field(name="E1JSTKL", default=())
    positions: tuple[Position, ...] = msgspec.field(name="E1AFPOL", default=())


class OrderItem(msgspec.Struct, frozen=True):
    """One header and the control record of its document."""

    head: Head = msgspec.field(name="EDI_DC40")
    headers: tuple[Header, ...] = msgspec.field(name="E1AFKOL")


_STATES: tuple[tuple[frozenset[str], RequestState], ...] = (
    (frozenset({"I0076", "I0013"}), "Cancelled"),
    (frozenset({"I0046"}), "Closed"),
    (frozenset({"I0045"}), "Completed"),
    (frozenset({"I0043"}), "Held"),
    (frozenset({"I0009", "I0010", "I0012", "I0074"}), "Running"),
    (frozenset({"I0002"}), "Released"),
)
"""System statuses, the one furthest on first: deletion, closed, technically completed, locked,
confirmed or delivered in full or in part, released."""


@inbound("LOIPRO.order")
def production_order(item: Item, known: Known) -> Iterator[Said]:
    """A planner's release, change or withdrawal is news; how SAP books an order is a read-back.

    An order whose documents overtook each other stays as the younger one said it.
    """
    refuse_other_content(item, known)
    row, before = item.read(OrderItem), known.before(OrderItem)
    header = row.headers[0]
    order_id = bare(header.aufnr)
    if before is not None and row.head.docnum < before.head.docnum:
        yield Finding(
            "overtaken",
            f"LOIPRO {row.head.docnum} of order {order_id} came after"
            f" {before.head.docnum}, which is younger. The younger one counts.",
        )
        return
    last = None if before is None else before.headers[0]
    if header == last:
        return
    state = _state(header)
    was: RequestState = "Forecast" if last is None else _state(last)
    match state:
        case "Released" | "Running" | "Held":
            if was == "Cancelled" or (was == "Forecast" and (last or state == "Released")):
                yield OrderReleased(
                    order_id=order_id,
                    material_id=_material(header),
                    planned=_planned(header),
                    due_at=_due(header, known),
                )
            elif last is not None and _whole(header) != _whole(last):
                yield OrderChanged(
                    order_id=order_id,
                    material_id=_material(header),
                    planned=_planned(header),
                    due_at=_due(header, known),
                )
            yield _held(header, state)
        case "Cancelled" if was not in ("Forecast", "Cancelled"):
            yield OrderCancelled(order_id=order_id, reason="marked for deletion in SAP")
        case "Forecast" if was not in ("Forecast", "Cancelled"):
            yield OrderCancelled(order_id=order_id, reason="taken back before release in SAP")
            yield _held(header, state)
        case _:
            yield _held(header, state)


def _state(header: Header) -> RequestState:
    """Without any status the order is released: others are not sent."""
    if not header.status:
        return "Released"
    active = {one.stat.strip() for one in header.status if not one.inact.strip()}
    for marks, state in _STATES:
        if active & marks:
            return state
    return "Forecast"


def _material(header: Header) -> str:
    said = [header.matnr, *(one.matnr for one in header.positions)]
    found = next((bare(text) for text in said if text.strip()), "")
    if not found:
        raise MappingError(
            f"Order {bare(header.aufnr)} says no material",
            [Fault("/E1AFKOL/0/MATNR", "is empty, and so is E1AFPOL")],
        )
    return found


def _planned(header: Header) -> Quantity:
    unit = header.gmein.strip() or header.bmeins.strip()
    try:
        planned: Decimal | None = amount(header.gamng)
    except ValueError as error:
        raise MappingError(str(error), [Fault("/E1AFKOL/0/GAMNG", str(error))]) from error
    if planned is None or not unit:
        lacking = "GAMNG" if planned is None else "GMEIN"
        raise MappingError(
            f"Order {bare(header.aufnr)} says no amount with a unit",
            [Fault(f"/E1AFKOL/0/{lacking}", "is empty")],
        )
    return Quantity(planned, unit)


def _due(header: Header, known: Known) -> datetime | None:
    """The planner's finish; else the scheduled one."""
    zone = ZoneInfo(cast("IdocSettings", known.settings).time_zone)
    try:
        basic = moment(header.gltrp, header.gluzp, zone)
        return basic or moment(header.gltrs, header.gluzs, zone)
    except ValueError as error:
        raise MappingError(str(error), [Fault("/E1AFKOL/0/GLTRP", str(error))]) from error


def _whole(header: Header) -> tuple[str, ...]:
    due = (header.gltrp, header.gluzp) if header.gltrp.strip("0 ") else (header.gltrs, header.gluzs)
    return (_material(header), str(_planned(header)), *due)


def _held(header: Header, state: RequestState) -> ReadBack:
    holds: Claims = {
        "status": state,
        "material": _material(header),
        "planned": str(_planned(header)),
    }
    return ReadBack(kind=OrderReleased.KIND, object_id=bare(header.aufnr), holds=holds)
