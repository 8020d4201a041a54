"""Its API, and what the people of customer service do at its screens."""

__all__ = ["API", "Crm"]

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from aiohttp import web

from andon.sandbox.system import Belief, HttpSystem, json_answer
from andon.sandbox.systems.crm.queries import QueryError, answered
from andon.sandbox.tokens import Tokens
from andon.sandbox.world import World

API = "/services/data/v60.0"
_SHIPMENT = {"Account__c", "Departed_At__c", "Delivered_At__c"}
_CASE = {"Subject", "Reason", "Origin", "Order__c", "Account__c", "Status", "Andon_Key__c"}
_ORDER = {"Account__c", "Shipment_Readiness__c", "Readiness_Changed_At__c"}
_CUSTOMERS = {
    "17100001": "Hansen Waterworks",
    "17100002": "Riverside Utilities",
    "17100003": "Alpine Heating",
}
_NEWS = {"departed": "Departed_At__c", "delivered": "Delivered_At__c"}


class Crm(HttpSystem):
    """Accounts with their shipments and cases. A shipment is written by our own number of it and
    is there once; two cases under one key are two cases."""

    name = "crm"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self._tokens = Tokens(world.chance("crm"))
        self.shipments: dict[str, dict[str, Any]] = {}
        """By our number of the delivery."""
        self.orders: dict[str, dict[str, Any]] = {}
        """By our number of the sales order."""
        self.readiness: list[tuple[str, str]] = []
        """Each change of an order's readiness, in the order in which it was written here."""
        self.cases: dict[str, dict[str, Any]] = {}
        """By Id."""
        self.accounts: dict[str, dict[str, Any]] = {
            number: {"Id": f"001{n:015}", "Name": name, "Party__c": number}
            for n, (number, name) in enumerate(_CUSTOMERS.items(), start=1)
        }
        """Customers, by their number in the ERP."""

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {
            "COMPANY_CRM_URL": f"{self.address}{API}",
            "COMPANY_CRM_TOKENS": f"{self.address}/services/oauth2/token",
            "COMPANY_CRM_CLIENT": self._tokens.secret,
        }

    # What customers and customer service do

    def complain(self, order: str, text: str) -> str:
        """A customer calls about an order; somebody writes it down."""
        case = {"Subject": text, "Reason": "question", "Origin": "Phone", "Order__c": order}
        return self._new_case(case)

    def close(self, id: str) -> None:
        """Somebody has called the customer back."""
        self.cases[id].update(Status="Closed", LastModifiedDate=self._stamp())

    def rename(self, number: str, name: str) -> None:
        """A customer has another name, and somebody types it in."""
        self.accounts[number]["Name"] = name

    # What programs do

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """`/services/oauth2/token`, `/query`, `/sobjects/...`."""
        body = await request.read()
        said = request.headers.get("Authorization", "")
        if (request.method, request.path) == ("POST", "/services/oauth2/token"):
            return self._tokens.give(said, body)
        if not self._tokens.knows(said):
            return _refused("INVALID_SESSION_ID", "Session expired or invalid", status=401)
        match request.method, request.path.removeprefix(API).strip("/").split("/"):
            case "GET", ["query"]:
                return self._query(request.query.get("q", ""))
            case "PATCH", ["sobjects", "Shipment__c", "Delivery__c", number]:
                return self._ship(number, body)
            case "PATCH", ["sobjects", "Order", "Order_Number__c", number]:
                return self._note(number, body)
            case "POST", ["sobjects", "Case"]:
                return self._open(body)
            case "PATCH", ["sobjects", "Case", id]:
                return self._change(id, body)
            case _:
                return _refused("NOT_FOUND", "The requested resource does not exist", status=404)

    def _query(self, query: str) -> web.Response:
        try:
            rows = answered(
                query, {"Shipment__c": self.shipments, "Case": self.cases, "Account": self.accounts}
            )
        except QueryError as error:
            return _refused("MALFORMED_QUERY", str(error))
        return json_answer({"totalSize": len(rows), "done": True, "records": rows})

    def _ship(self, number: str, body: bytes) -> web.Response:
        fields = _fields(body, _SHIPMENT)
        if isinstance(fields, web.Response):
            return fields
        fresh = number not in self.shipments
        row = self.shipments.setdefault(number, {"Delivery__c": number})
        row.update(fields)
        for news, field in _NEWS.items():
            if row.get(field) is not None:  # a flow of theirs sends the mail, once for each
                row.setdefault(f"Told_{news.capitalize()}_At__c", self._stamp())
        row["LastModifiedDate"] = self._stamp()
        if fresh:
            row["Id"] = f"a0S{len(self.shipments):015}"
        return json_answer({"id": row["Id"], "success": True, "errors": [], "created": fresh})

    def _note(self, number: str, body: bytes) -> web.Response:
        fields = _fields(body, _ORDER)
        if isinstance(fields, web.Response):
            return fields
        fresh = number not in self.orders
        row = self.orders.setdefault(number, {"Order_Number__c": number})
        readiness = fields.get("Shipment_Readiness__c")
        if readiness is not None and readiness != row.get("Shipment_Readiness__c"):
            self.readiness.append((number, readiness))
        row.update(fields, LastModifiedDate=self._stamp())
        if fresh:
            row["Id"] = f"801{len(self.orders):015}"
        return json_answer({"id": row["Id"], "success": True, "errors": [], "created": fresh})

    def _open(self, body: bytes) -> web.Response:
        fields = _fields(body, _CASE)
        if isinstance(fields, web.Response):
            return fields
        if not fields.get("Subject"):
            return _refused("REQUIRED_FIELD_MISSING", "Required fields are missing: [Subject]")
        id = self._new_case(fields)
        return json_answer({"id": id, "success": True, "errors": []}, status=201)

    def _change(self, id: str, body: bytes) -> web.Response:
        fields = _fields(body, _CASE)
        if isinstance(fields, web.Response):
            return fields
        if id not in self.cases:
            return _refused("NOT_FOUND", "Provided external ID field does not exist", status=404)
        self.cases[id].update(fields, LastModifiedDate=self._stamp())
        return web.Response(status=204)

    def _new_case(self, fields: Mapping[str, Any]) -> str:
        id = f"500{len(self.cases) + 1:015}"
        self.cases[id] = {
            "Id": id, "Status": "New", "CaseNumber": f"{len(self.cases) + 1001:08}",
            "LastModifiedDate": self._stamp(), **fields,
        }  # fmt: skip
        return id

    def _stamp(self) -> str:
        return self.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")

    def told(self, number: str) -> Mapping[str, datetime]:
        """What the customer's file says of a delivery: news -> when it happened."""
        row = self.shipments.get(number, {})
        return {
            news: datetime.fromisoformat(row[field])
            for news, field in _NEWS.items()
            if row.get(field) is not None
        }

    def believes(self) -> Iterable[Belief]:
        """How far each delivery is, for those who speak with customers; which orders may leave, and
        who must be spoken with."""
        for number in self.shipments:
            for news in self.told(number):
                yield Belief(f"delivery:{number}", news, "true")
        for number, row in self.orders.items():
            yield Belief(f"order:{number}", "readiness", row.get("Shipment_Readiness__c", ""))
        for case in self.cases.values():
            yield Belief(f"order:{case.get('Order__c')}", f"case {case['Id']}", case["Status"])


def _fields(body: bytes, known: set[str]) -> dict[str, Any] | web.Response:
    try:
        fields = msgspec.json.decode(body, type=dict[str, str | None])
    except msgspec.MsgspecError as error:
        return _refused("JSON_PARSER_ERROR", str(error))
    if unknown := sorted(fields.keys() - known):
        return _refused("INVALID_FIELD", f"No such column '{unknown[0]}' on sobject")
    return fields


def _refused(code: str, message: str, status: int = 400) -> web.Response:
    return json_answer([{"message": message, "errorCode": code}], status=status)
