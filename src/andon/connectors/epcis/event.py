"""EPCIS events as types: what each must have, what it may have (EPCIS 2.0, section 7.4)."""

__all__ = [
    "AggregationEvent",
    "AssociationEvent",
    "BizTransaction",
    "EpcisEvent",
    "ObjectEvent",
    "PersistentDisposition",
    "Place",
    "QuantityElement",
    "TransactionEvent",
    "TransformationEvent",
    "shape_of",
]

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from andon.core.faults import exact_amount, placeable_time

Uri = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Offset = Annotated[str, msgspec.Meta(pattern=r"^[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00)$")]
Action = Literal["ADD", "OBSERVE", "DELETE"]


class Place(msgspec.Struct, frozen=True):
    """A read point or a business location."""

    id: Uri


class BizTransaction(msgspec.Struct, frozen=True, rename="camel"):
    """A document the event belongs to; `type` is of CBV (`prodorder`, `po`) or a URI."""

    biz_transaction: Uri
    type: Word | None = None


class QuantityElement(msgspec.Struct, frozen=True, rename="camel"):
    """So much of one class; no unit means pieces."""

    epc_class: Uri
    quantity: Decimal | None = None
    uom: Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9]{2,3}$")] | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for an amount that is none."""
        if self.quantity is not None and not exact_amount(self.quantity):
            raise ValueError(f"{self.quantity} is no amount")


class PersistentDisposition(msgspec.Struct, frozen=True):
    """Dispositions that stand until they are taken back: how CBV says held and released."""

    set: tuple[Word, ...] = ()
    unset: tuple[Word, ...] = ()


class EpcisEvent(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What every event has. Extensions, named `prefix:name`, are left out here and kept raw."""

    event_time: Moment
    event_time_zone_offset: Offset
    event_id: Uri | None = msgspec.field(default=None, name="eventID")
    record_time: Moment | None = None
    biz_step: Word | None = None
    disposition: Word | None = None
    persistent_disposition: PersistentDisposition | None = None
    read_point: Place | None = None
    biz_location: Place | None = None
    biz_transaction_list: tuple[BizTransaction, ...] = ()
    error_declaration: dict[str, Any] | None = None
    """The event is taken back; what replaces it stands in `correctiveEventIDs`."""

    def __post_init__(self) -> None:
        """Raises ValueError for a moment that does not exist in UTC."""
        if not placeable_time(self.event_time):
            raise ValueError(f"{self.event_time} does not exist in UTC")
        if self.record_time is not None and not placeable_time(self.record_time):
            raise ValueError(f"{self.record_time} does not exist in UTC")

    def missing(self) -> str | None:
        """What this event lacks although each of its fields is well."""
        return None


class ObjectEvent(EpcisEvent, frozen=True, kw_only=True, rename="camel"):
    """Something happened to these objects."""

    type: Literal["ObjectEvent"]
    action: Action
    epc_list: tuple[Uri, ...] = ()
    quantity_list: tuple[QuantityElement, ...] = ()
    sensor_element_list: tuple[dict[str, Any], ...] = ()

    def missing(self) -> str | None:
        """It must be about something."""
        if self.epc_list or self.quantity_list or self.sensor_element_list:
            return None
        return "has neither epcList nor quantityList nor sensorElementList"


class AggregationEvent(EpcisEvent, frozen=True, kw_only=True, rename="camel"):
    """Children were put into, seen in, or taken out of a parent."""

    type: Literal["AggregationEvent"]
    action: Action
    parent_id: Uri | None = msgspec.field(default=None, name="parentID")
    child_epcs: tuple[Uri, ...] = msgspec.field(default=(), name="childEPCs")
    child_quantity_list: tuple[QuantityElement, ...] = ()

    def missing(self) -> str | None:
        """Only an observation may leave the parent out; only a deletion all children."""
        if self.parent_id is None and self.action != "OBSERVE":
            return f"has no parentID, which {self.action} needs"
        if self.action != "DELETE" and not (self.child_epcs or self.child_quantity_list):
            return f"has neither childEPCs nor childQuantityList, one of which {self.action} needs"
        return None


class AssociationEvent(EpcisEvent, frozen=True, kw_only=True, rename="camel"):
    """Objects were fixed to, seen on, or taken off a thing or place."""

    type: Literal["AssociationEvent"]
    action: Action
    parent_id: Uri = msgspec.field(name="parentID")
    child_epcs: tuple[Uri, ...] = msgspec.field(default=(), name="childEPCs")
    child_quantity_list: tuple[QuantityElement, ...] = ()


class TransactionEvent(EpcisEvent, frozen=True, kw_only=True, rename="camel"):
    """Objects were tied to business documents."""

    type: Literal["TransactionEvent"]
    action: Action
    parent_id: Uri | None = msgspec.field(default=None, name="parentID")
    epc_list: tuple[Uri, ...] = ()
    quantity_list: tuple[QuantityElement, ...] = ()

    def missing(self) -> str | None:
        """It must name a document."""
        return None if self.biz_transaction_list else "has no bizTransactionList"


class TransformationEvent(EpcisEvent, frozen=True, kw_only=True, rename="camel"):
    """Inputs were used up and outputs came to be: production, in one event or several."""

    type: Literal["TransformationEvent"]
    transformation_id: Uri | None = msgspec.field(default=None, name="transformationID")
    input_epc_list: tuple[Uri, ...] = msgspec.field(default=(), name="inputEPCList")
    input_quantity_list: tuple[QuantityElement, ...] = ()
    output_epc_list: tuple[Uri, ...] = msgspec.field(default=(), name="outputEPCList")
    output_quantity_list: tuple[QuantityElement, ...] = ()
    ilmd: dict[str, Any] = {}

    def missing(self) -> str | None:
        """Both sides, unless an id ties it to the event with the other side."""
        inputs = self.input_epc_list or self.input_quantity_list
        outputs = self.output_epc_list or self.output_quantity_list
        if (inputs and outputs) or (self.transformation_id and (inputs or outputs)):
            return None
        return "has not both inputs and outputs, and no transformationID ties it to another event"


_SHAPES: dict[str, type[EpcisEvent]] = {
    "AggregationEvent": AggregationEvent,
    "AssociationEvent": AssociationEvent,
    "ObjectEvent": ObjectEvent,
    "TransactionEvent": TransactionEvent,
    "TransformationEvent": TransformationEvent,
}


def shape_of(event_type: object) -> type[EpcisEvent] | None:
    """The class of an event's `type`."""
    return _SHAPES.get(event_type) if isinstance(event_type, str) else None
