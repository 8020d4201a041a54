"""Sales: what a customer orders of us, and what the customer is told (ISA-95 part 4, order
fulfilment; the customer's own number is its purchase order)."""

__all__ = [
    "CloseCustomerCase",
    "CustomerCaseClosed",
    "CustomerCaseOpened",
    "CustomerTold",
    "OpenCustomerCase",
    "PlaceSalesOrder",
    "SalesLine",
    "SalesOrderCommand",
    "SalesOrderEvent",
    "SalesOrderPlaced",
    "TellCustomer",
]

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

import msgspec

from andon.core.message import Alias, Claims, Command, Event, Link, claim
from andon.core.quantity import Quantity
from andon.model.fulfilment import DeliveryCommand, DeliveryEvent
from andon.model.terms import Instant, MaterialId, Name

News = Literal["departed", "delivered"]
"""Of what a customer is told: it is on its way, it is there."""


class SalesLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount of one material that is ordered."""

    material_id: MaterialId
    quantity: Quantity


SalesLines = Annotated[tuple[SalesLine, ...], msgspec.Meta(min_length=1, max_length=1000)]


class SalesOrderEvent(Event, frozen=True, kw_only=True):
    """Parent of all events about one sales order."""

    KIND: ClassVar[str] = "sales-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name


class SalesOrderPlaced(SalesOrderEvent, frozen=True, kw_only=True):
    """A customer shall get goods. Its lines do not change; more is another order."""

    TYPE: ClassVar[str] = "andon.fulfilment.order.placed.v1"

    customer_id: Name
    customer_order: Name | None = None
    """The customer's own number of it."""
    wanted_by: Instant | None = None
    lines: SalesLines

    def claims(self) -> Claims:
        """Who has ordered, under which number of theirs, and when they want it."""
        return {
            "customer": self.customer_id,
            "customer-order": self.customer_order,
            "wanted-by": None if self.wanted_by is None else claim(self.wanted_by),
        }

    def links(self) -> Iterable[Link]:
        """The customer, and the items that are ordered."""
        yield Link("customer", "party", self.customer_id)
        for item in dict.fromkeys(line.material_id for line in self.lines):
            yield Link("orders", "item", item)

    def aliases(self) -> Iterable[Alias]:
        """By the customer's number, in the customer's name."""
        if self.customer_order is not None:
            yield Alias(self.customer_id, self.customer_order)


class PlaceSalesOrder(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Enter what a customer orders. Its subject is the customer's own paper, for ours does not
    exist before this is done."""

    TYPE: ClassVar[str] = "andon.fulfilment.order.place.v1"
    KIND: ClassVar[str] = "customer-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Annotated[str, msgspec.Meta(min_length=1, max_length=35)]
    """The customer's number."""
    customer_id: Name
    wanted_by: Instant | None = None
    lines: SalesLines

    def claims(self) -> Claims:
        """Whose it is, and that it is entered."""
        return {"customer": self.customer_id, "entered": True}

    def links(self) -> Iterable[Link]:
        """The customer."""
        yield Link("customer", "party", self.customer_id)


class TellCustomer(DeliveryCommand, frozen=True, kw_only=True):
    """Note where a delivery is, and have its customer told."""

    TYPE: ClassVar[str] = "andon.fulfilment.customer.tell.v1"

    customer_id: Name
    news: News
    happened_at: Instant

    def claims(self) -> Claims:
        """When it happened, as the customer's file has it."""
        return {f"{self.news}_at": claim(self.happened_at)}


class CustomerTold(DeliveryEvent, frozen=True, kw_only=True):
    """A customer was told something about a delivery."""

    TYPE: ClassVar[str] = "andon.fulfilment.customer.told.v1"

    news: News
    told_at: Instant

    def claims(self) -> Claims:
        """That this was told; nothing of other news."""
        return {f"told-{self.news}": True}


class SalesOrderCommand(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parent of all commands about one sales order."""

    KIND: ClassVar[str] = "sales-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name


class OpenCustomerCase(SalesOrderCommand, frozen=True, kw_only=True):
    """Have somebody speak with the customer of an order."""

    TYPE: ClassVar[str] = "andon.fulfilment.case.open.v1"

    customer_id: Name
    reason: Literal["late", "at-risk"]
    """The promise is broken, or cannot be kept as planned now."""
    text: Annotated[str, msgspec.Meta(max_length=1000)]

    def claims(self) -> Claims:
        """That the customer is spoken with."""
        return {"case": "open"}


class CloseCustomerCase(SalesOrderCommand, frozen=True, kw_only=True):
    """There is nothing to speak about any more."""

    TYPE: ClassVar[str] = "andon.fulfilment.case.close.v1"

    case_id: Name
    """As the system that has the case calls it."""

    def claims(self) -> Claims:
        """That it is over."""
        return {"case": "closed"}


class CustomerCaseClosed(Event, frozen=True, kw_only=True):
    """Whoever asked about an order has an answer."""

    TYPE: ClassVar[str] = "andon.fulfilment.case.closed.v1"
    KIND: ClassVar[str] = "customer-case"
    KEY: ClassVar[str] = "case_id"

    case_id: Name

    def claims(self) -> Claims:
        """That nobody waits any more."""
        return {"case": "closed"}


class CustomerCaseOpened(Event, frozen=True, kw_only=True):
    """A customer asks or complains about an order."""

    TYPE: ClassVar[str] = "andon.fulfilment.case.opened.v1"
    KIND: ClassVar[str] = "customer-case"
    KEY: ClassVar[str] = "case_id"

    case_id: Name
    order_id: Name
    """Of the sales order, as its own system calls it."""
    text: Annotated[str, msgspec.Meta(max_length=1000)]

    def claims(self) -> Claims:
        """That somebody waits for an answer."""
        return {"case": "open"}

    def links(self) -> Iterable[Link]:
        """The order it is about."""
        yield Link("about", "sales-order", self.order_id)
