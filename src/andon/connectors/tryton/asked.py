"""What the mapping asks of Tryton: names people know; the connector finds the record ids."""

__all__ = [
    "Ask",
    "AskInspection",
    "AskLot",
    "AskLots",
    "AskOperation",
    "AskOutput",
    "AskPoints",
    "AskReference",
    "AskTime",
    "Component",
]

from decimal import Decimal

import msgspec


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """Something about one order, by its number."""

    number: str


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a product from which lot; no quantity means all the order takes."""

    product: str
    lot: str
    quantity: Decimal | None = None
    unit: str | None = None


class AskLots(Ask, frozen=True, kw_only=True):
    """All components that come from named lots."""

    components: tuple[Component, ...]


class AskOperation(Ask, frozen=True, kw_only=True):
    """One operation, by the name it has in the routing."""

    operation: str


class AskTime(AskOperation, frozen=True, kw_only=True):
    """How long it took."""

    seconds: float


class AskOutput(Ask, frozen=True, kw_only=True):
    """What came of the order."""

    product: str
    quantity: Decimal
    unit: str
    lot: str | None = None


class AskLot(msgspec.Struct, frozen=True, kw_only=True):
    """A lot by number and product."""

    lot: str
    product: str


class AskReference(msgspec.Struct, frozen=True, kw_only=True):
    """An inspection by the reference we gave it."""

    reference: str


class AskInspection(AskReference, frozen=True, kw_only=True):
    """What to inspect."""

    number: str
    product: str


class AskPoints(AskReference, frozen=True, kw_only=True):
    """Results by the names of the control's points."""

    points: dict[str, bool | Decimal]
