"""A shop-floor system of an older make: SOAP 1.1, document/literal, a user and a password."""

__all__ = ["Order", "Shop"]

import itertools
from base64 import b64encode
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from xml.sax.saxutils import escape

import msgspec
from aiohttp import web

from andon.connectors._xml import Element
from andon.connectors.soap.simulated.server import RefusalError, SoapServer

_NS = "urn:andon:simulated:shop"
_MOST = 200
"""Rows of one answer, whatever is asked for."""


class Order(msgspec.Struct, frozen=True):
    """One order as it stands."""

    number: str
    changed_at: datetime
    note: str
    status: str = "RELEASED"


class Shop(SoapServer):
    """Does not know a repeated ExternalId: the same confirmation sent twice is posted twice."""

    documents = ("shop.wsdl", "shop.xsd")
    schema = "shop.xsd"
    version = 0

    def __init__(self) -> None:
        super().__init__()
        self.user, self.password = "andon", "password-of-the-shop"
        self._orders: dict[str, Order] = {}
        self.orders: Mapping[str, Order] = MappingProxyType(self._orders)
        """By number."""
        self._newest: Sequence[Order] | None = None
        """The newest change first; made when it is asked for, as an index would hold it."""
        self.posted: list[tuple[str, str, str]] = []
        """Document, external id, order."""
        self.closed: set[str] = set()
        """Orders for which nothing can be posted any more; said in RETURN, not as a fault."""
        self._numbers = itertools.count(1)

    def put(self, order: Order) -> None:
        """A new order, or an old one as it stands now."""
        self._orders[order.number] = order
        self._newest = None

    def admits(self, request: web.Request) -> bool:
        """HTTP basic."""
        expected = b64encode(f"{self.user}:{self.password}".encode()).decode()
        return request.headers.get("authorization") == f"Basic {expected}"

    def admitted(self, envelope: Element) -> None:
        """HTTP has seen to it."""

    def done(self, name: str, content: Element) -> str:
        """One of the three operations."""
        match name:
            case "GetChangedOrders":
                return self._changed(content)
            case "PostConfirmation":
                return self._post(content)
            case "FindConfirmations":
                return self._found(content)
            case _:
                raise RefusalError("Client", f"there is no operation {name}")

    def _changed(self, content: Element) -> str:
        since = datetime.fromisoformat(_said(content, "Since"))
        page, size = int(_said(content, "Page")), min(int(_said(content, "Size")), _MOST)
        if (newest := self._newest) is None:
            by_change = sorted(self._orders.values(), key=lambda one: one.changed_at, reverse=True)
            newest = self._newest = by_change
        end = bisect_right(newest, -since.timestamp(), key=lambda one: -one.changed_at.timestamp())
        shown = "".join(map(_written, newest[(page - 1) * size : min(page * size, end)]))
        return (
            f'<GetChangedOrdersResponse xmlns="{_NS}"><Orders>{shown}</Orders>'
            "</GetChangedOrdersResponse>"
        )

    def _post(self, content: Element) -> str:
        order, key = _said(content, "Order"), _said(content, "ExternalId")
        if order == "unknown":
            detail = f'<UnknownOrder xmlns="{_NS}"><Order>{order}</Order></UnknownOrder>'
            raise RefusalError("Client", f"order {order} does not exist", detail)
        if order in self.closed:
            said = f"<Type>E</Type><Number>042</Number><Message>order {order} is closed</Message>"
            return _answer("PostConfirmation", f"<Return>{said}</Return>")
        document = f"C{next(self._numbers):06}"
        self.posted.append((document, key, order))
        told = "<Return><Type>S</Type><Number>000</Number><Message>posted</Message></Return>"
        return _answer("PostConfirmation", f"<Document>{document}</Document>{told}")

    def _found(self, content: Element) -> str:
        asked = _said(content, "ExternalId")
        found = "".join(
            f"<Confirmation><Document>{document}</Document><ExternalId>{escape(key)}</ExternalId>"
            f"<Order>{escape(order)}</Order></Confirmation>"
            for document, key, order in self.posted
            if key == asked
        )
        return _answer("FindConfirmations", found)


def _answer(name: str, inside: str) -> str:
    return f'<{name}Response xmlns="{_NS}">{inside}</{name}Response>'


def _written(order: Order) -> str:
    return (
        f'<Order plant="P1"><Number>{order.number}</Number><Material>PUMP</Material>'
        '<Quantity unit="PCE">5.50</Quantity>'
        '<Due xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>'
        f"<Status>{order.status}</Status><Priority>7</Priority><Rush>true</Rush>"
        f"<Note>{escape(order.note)}</Note><ChangedAt>{order.changed_at.isoformat()}</ChangedAt>"
        "</Order>"
    )


def _said(content: Element, name: str) -> str:
    return content.findtext(f"{{{_NS}}}{name}") or ""
