"""The parts of B2MML that the mappings read; all else is ignored there, and kept in the item."""

__all__ = [
    "Actual",
    "Amount",
    "Data",
    "EquipmentUsed",
    "Requirement",
    "Segment",
    "ValueOf",
    "decimal",
    "first",
    "moment",
    "quantity",
]

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

import msgspec

from andon.core.errors import Fault, MappingError
from andon.core.quantity import Quantity

Many = str | list[str | None] | None
"""A leaf that may come again."""


class Amount(msgspec.Struct, frozen=True, rename="pascal"):
    """QuantityValue: a text, and what it counts."""

    quantity_string: str | None = None
    unit_of_measure: str | None = None


class ValueOf(msgspec.Struct, frozen=True, rename="pascal"):
    """Value of a parameter, a property, a piece of data."""

    value_string: str | None = None
    unit_of_measure: str | None = None


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """SegmentData, JobResponseData or a property: a name and a value."""

    id: str = msgspec.field(name="ID", default="")
    value: list[ValueOf] = msgspec.field(name="Value", default_factory=list[ValueOf])

    def amount(self, at: str) -> Quantity | None:
        """The value as an amount."""
        if not self.value:
            return None
        one = self.value[0]
        return quantity([Amount(one.value_string, one.unit_of_measure)], f"{at}/{self.id}")


class Requirement(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """MaterialRequirement: what is to be made, or used."""

    material_definition_id: Many = msgspec.field(name="MaterialDefinitionID", default=None)
    material_use: str = ""
    quantity: list[Amount] = msgspec.field(default_factory=list[Amount])


class Actual(msgspec.Struct, frozen=True, kw_only=True):
    """MaterialActual: what was made, or used."""

    id: str = msgspec.field(name="ID", default="")
    material: Many = msgspec.field(name="MaterialDefinitionID", default=None)
    lot: Many = msgspec.field(name="MaterialLotID", default=None)
    use: str = msgspec.field(name="MaterialUse", default="")
    other: str = msgspec.field(name="MaterialUse@OtherValue", default="")
    quantity: list[Amount] = msgspec.field(name="Quantity", default_factory=list[Amount])


class EquipmentUsed(msgspec.Struct, frozen=True, kw_only=True):
    """EquipmentActual: where it was done."""

    equipment: Many = msgspec.field(name="EquipmentID", default=None)


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """SegmentRequirement: a step of an order with what it needs and makes."""

    id: str = msgspec.field(name="ID", default="")
    latest_end: str | None = msgspec.field(name="LatestEndTime", default=None)
    materials: list[Requirement] = msgspec.field(
        name="MaterialRequirement", default_factory=list[Requirement]
    )
    children: "list[Segment]" = msgspec.field(
        name="SegmentRequirementChild", default_factory=list["Segment"]
    )


def first(value: Many) -> str:
    """The first of a leaf that may come again; empty where there is none."""
    texts = value if isinstance(value, list) else [value]
    return next((text for text in texts if text), "")


def quantity(amounts: Sequence[Amount], at: str) -> Quantity | None:
    """The first amount; None where none is said. Raises MappingError where it is no amount."""
    for one in amounts:
        if one.quantity_string:
            if not one.unit_of_measure:
                raise MappingError(
                    f"{at}: {one.quantity_string} has no UnitOfMeasure",
                    [Fault(at, "an amount without a unit")],
                )
            return Quantity(decimal(one.quantity_string, at), one.unit_of_measure)
    return None


def decimal(text: str, at: str) -> Decimal:
    """An exact number. Raises MappingError."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite():
        raise MappingError(f"{at}: {text!r} is no number", [Fault(at, "no number")])
    return found


def moment(text: str | None, at: str) -> datetime | None:
    """A moment with its zone; None where none is said. Raises MappingError."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise MappingError(f"{at}: {text!r} is no time", [Fault(at, "no time")]) from error
    if found.tzinfo is None:
        raise MappingError(
            f"{at}: {text!r} has no zone. Have its sender write Z or +01:00.",
            [Fault(at, "a time without a zone")],
        )
    return found
