"""The parts of Tryton's records that are read; the rest is ignored."""

__all__ = [
    "INSPECTION",
    "INSPECTION_FIELDS",
    "LOT_FIELDS",
    "ORDER_FIELDS",
    "PRODUCTION",
    "PRODUCTION_FIELDS",
    "Alert",
    "Cycle",
    "Duration",
    "Inspected",
    "Inspection",
    "InspectionRow",
    "LotRef",
    "LotRow",
    "Move",
    "Operation",
    "Order",
    "OrderState",
    "OutputLot",
    "Product",
    "ProductionRow",
    "Unit",
    "User",
    "Work",
    "columns",
]

import types
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from andon.connectors.tryton.speech import TrytonDate, TrytonTime
from andon.core.quantity import denoised

PRODUCTION = "production"
INSPECTION = "quality.inspection"

OrderState = Literal["request", "draft", "waiting", "assigned", "running", "done", "cancelled"]
MoveState = Literal["staging", "draft", "assigned", "done", "cancelled"]
WorkState = Literal["request", "draft", "waiting", "running", "finished", "done"]
CycleState = Literal["draft", "running", "done", "cancelled"]
InspectionState = Literal["pending", "passed", "failed"]


class Product(msgspec.Struct, frozen=True):
    """A product by its code."""

    id: int
    code: str


class Unit(msgspec.Struct, frozen=True):
    """A unit by its symbol: `kg`, `l`, `u`."""

    id: int
    symbol: str


class User(msgspec.Struct, frozen=True):
    """Who wrote the record last."""

    login: str


class LotRef(msgspec.Struct, frozen=True):
    """A lot by its number, which is not unique."""

    id: int
    number: str


class ProductionRow(msgspec.Struct, frozen=True):
    """One `production` as the poll reads it."""

    id: int
    state: OrderState
    quantity: Decimal
    unit: Unit
    product: Product
    last_modified_at: TrytonTime
    number: str | None = None
    """Given when a planner releases it."""
    planned_date: TrytonDate | None = None
    write_uid: User | None = None


class Alert(msgspec.Struct, frozen=True):
    """What Tryton opens when an inspection fails; while open, `do` is refused."""

    number: str
    state: str


class OutputLot(msgspec.Struct, frozen=True):
    """Which lot an output goes to."""

    lot: LotRef | None = None


class Inspected(msgspec.Struct, frozen=True):
    """The order an inspection is about; read beside it, since a reference cannot be followed."""

    id: int
    number: str
    outputs: tuple[OutputLot, ...] = ()


class InspectionRow(msgspec.Struct, frozen=True):
    """One `quality.inspection` as the poll reads it."""

    id: int
    number: str
    state: InspectionState
    last_modified_at: TrytonTime
    origin: str | None = None
    reference: str | None = None
    points: dict[str, Any] | None = None
    processed_at: TrytonTime | None = None
    write_uid: User | None = None
    alerts: tuple[Alert, ...] = ()
    about: Inspected | None = None
    """Added by the connector."""


class Move(msgspec.Struct, frozen=True):
    """One planned or booked movement of an order."""

    id: int
    product: Product
    quantity: Decimal
    unit: Unit
    state: MoveState
    from_location: int
    to_location: int
    lot: LotRef | None = None

    def __post_init__(self) -> None:
        """What is no amount does not read; amounts are added and compared."""
        denoised(self.quantity)


class Operation(msgspec.Struct, frozen=True):
    """An operation by its name."""

    name: str


class Duration(msgspec.Struct, frozen=True):
    """A length of time as Tryton's JSON writes it."""

    seconds: float


class Cycle(msgspec.Struct, frozen=True):
    """One go at an operation; it carries the time."""

    id: int
    state: CycleState
    duration: Duration | None = None


class Work(msgspec.Struct, frozen=True):
    """One operation of one order."""

    id: int
    operation: Operation
    state: WorkState
    cycles: tuple[Cycle, ...] = ()


class Order(msgspec.Struct, frozen=True):
    """One `production` with everything a posting touches."""

    id: int
    number: str
    state: OrderState
    company: int
    product: Product
    inputs: tuple[Move, ...] = ()
    outputs: tuple[Move, ...] = ()
    works: tuple[Work, ...] = ()


class Inspection(msgspec.Struct, frozen=True):
    """One `quality.inspection` as a posting sees it."""

    id: int
    number: str
    state: InspectionState
    origin: str | None = None
    reference: str | None = None
    points: dict[str, Any] | None = None


class LotRow(msgspec.Struct, frozen=True):
    """One `stock.lot`."""

    id: int
    number: str
    product: Product


def columns(shape: type[Any], prefix: str = "") -> Iterator[str]:
    """The fields to ask for so that an answer reads as `shape`: nested ones with dots."""
    for name, kind in get_type_hints(shape).items():
        inner = _record(kind)
        if inner is None:
            yield prefix + name
        else:
            yield from columns(inner, f"{prefix}{name}.")


def _record(kind: Any) -> type[Any] | None:
    """The record type inside `X`, `X | None` or `tuple[X, ...]`; None for a plain value."""
    if get_origin(kind) in (Union, types.UnionType, tuple):
        found = [_record(part) for part in get_args(kind) if part not in (types.NoneType, ...)]
        return next((one for one in found if one is not None), None)
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return None
    return None if kind in (TrytonDate, TrytonTime, Duration) else kind


PRODUCTION_FIELDS = tuple(columns(ProductionRow))
INSPECTION_FIELDS = tuple(f for f in columns(InspectionRow) if not f.startswith("about."))
ORDER_FIELDS = tuple(columns(Order))
LOT_FIELDS = tuple(columns(LotRow))
