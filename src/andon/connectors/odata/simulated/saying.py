"""Answers as a gateway words them: rows, pages and refusals, of OData 2 and 4."""

__all__ = ["Reply", "Saying", "json_reply", "linked", "missing", "refused", "table_of"]

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from andon.connectors.odata.metadata import Described, EntityType, Navigation
from andon.connectors.odata.simulated.books import Books, RefusedCallError, Row
from andon.connectors.odata.simulated.edm import told
from andon.connectors.odata.values import entity


class Reply(msgspec.Struct, frozen=True):
    """One answer, before it becomes HTTP."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}
    lost: bool = False
    """It was done, and the answer never arrives."""


class Saying:
    """How one service words its rows."""

    def __init__(self, about: Described, books: Books, version: int, root: str) -> None:
        self._about = about
        self._books = books
        self.version = version
        self.root = root
        """Address of the service, as the gateway believes it to be reached."""

    def row(self, name: str, row: Row, expand: Iterable[str], select: Sequence[str]) -> Any:
        """One row with what was asked for behind its ways."""
        kind = self._about.sets[name]
        ways = [way.split("/") for way in expand if way]
        fields = {
            field: told(row.get(field), about, self.version)
            for field, about in kind.properties.items()
            if not select or field in select
        }
        address = f"{self.root}{entity(name, {key: row[key] for key in kind.keys})}"
        head = self._head(kind, row, address)
        behind: dict[str, Any] = {}
        for way in kind.navigations.values():
            deeper = ["/".join(path[1:]) for path in ways if path[0] == way.name]
            if deeper:
                behind[way.name] = self._behind(way, row, deeper)
            elif self.version == 2 and (not select or way.name in select):
                behind[way.name] = {"__deferred": {"uri": f"{address}/{way.name}"}}
        return {**head, **fields, **behind}

    def etag(self, row: Row) -> str:
        """The version of a row."""
        return f"W/\"'{row['~version']:08}'\""

    def joined(self, way: Navigation, row: Row) -> tuple[str, list[Row]]:
        """The set behind a way, and its rows."""
        name = self._about.set_of(way.target)
        assert name is not None
        wanted = tuple(row.get(own) for own, _ in way.joins)
        there = self._books.by(table_of(name), tuple(other for _, other in way.joins))
        return name, list(there.get(wanted, {}).values())

    def page(
        self, name: str, rows: Sequence[Any], links: Mapping[str, str], count: int | None
    ) -> Reply:
        """A list of rows, with the links behind it."""
        if self.version == 2:
            body: dict[str, Any] = {"results": list(rows)}
            if count is not None:
                body["__count"] = str(count)
            body |= {f"__{word}": link for word, link in links.items()}
            return json_reply({"d": body})
        told_links = {f"@odata.{word}Link": link for word, link in links.items()}
        body = {"@odata.context": f"{self.root}$metadata#{name}", "value": list(rows)}
        if count is not None:
            body["@odata.count"] = count
        return json_reply({**body, **told_links})

    def one(self, shown: Any, *, status: int = 200, etag: str = "", location: str = "") -> Reply:
        """One row."""
        headers = {"etag": etag} if etag else {}
        if location:
            headers["location"] = location
        return json_reply({"d": shown} if self.version == 2 else shown, status, headers)

    def address(self, name: str, row: Row) -> str:
        """Where a row is found."""
        kind = self._about.sets[name]
        return f"{self.root}{entity(name, {key: row[key] for key in kind.keys})}"

    def _behind(self, way: Navigation, row: Row, deeper: Sequence[str]) -> Any:
        name, rows = self.joined(way, row)
        shown = [self.row(name, one, deeper, ()) for one in rows]
        if not way.many:
            return shown[0] if shown else None
        return {"results": shown} if self.version == 2 else shown

    def _head(self, kind: EntityType, row: Row, address: str) -> dict[str, Any]:
        if self.version == 4:
            return {"@odata.etag": self.etag(row)}
        meta = {"id": address, "uri": address, "type": kind.name, "etag": self.etag(row)}
        return {"__metadata": meta}


_TABLES = {
    "ProductionOrder": "A_ProductionOrder_2",
    "Component": "A_ProductionOrderComponent_4",
    "MaterialDocument": "A_MaterialDocumentHeader",
    "MaterialDocumentItem": "A_MaterialDocumentItem",
}


def table_of(set_name: str) -> str:
    """The books behind a set; the sets of OData 4 show the same rows under other names."""
    return _TABLES.get(set_name, set_name)


def json_reply(value: Any, status: int = 200, headers: Mapping[str, str] = {}) -> Reply:
    """JSON, and which version of the protocol it is."""
    kind = {"content-type": "application/json; charset=utf-8"}
    return Reply(status, msgspec.json.encode(value), {**kind, **headers})


def refused(error: RefusedCallError, version: int, service: str) -> Reply:
    """A refusal with its code, its sentence and all that came before it."""
    first = (error.code, str(error))
    if version == 4:
        details = [{"code": code, "message": text} for code, text in error.details]
        body = {"code": first[0], "message": first[1], "details": details}
        where = {"target": error.target} if error.target else {}
        return json_reply({"error": {**body, **where}}, error.status)
    rows = [
        {"code": code, "message": text, "propertyref": "", "severity": "error", "target": ""}
        for code, text in (first, *error.details, ("/IWBEP/CX_MGW_BUSI_EXCEPTION", ""))
    ]
    inner = {
        "application": {"service_namespace": "/SAP/", "service_id": service},
        "transactionid": "00000000000000000000000000000000",
        "errordetails": rows,
    }
    message = {"lang": "en", "value": first[1]}
    return json_reply(
        {"error": {"code": first[0], "message": message, "innererror": inner}}, error.status
    )


def linked(root: str, path: str, query: Mapping[str, str]) -> str:
    """An address with its query, as links are written."""
    said = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return f"{root}{path}?{said}"


def missing(name: str) -> RefusedCallError:
    """There is no such thing."""
    return RefusedCallError(
        "/IWBEP/CM_MGW_RT/020", f"Resource not found for segment '{name}'", status=404
    )
