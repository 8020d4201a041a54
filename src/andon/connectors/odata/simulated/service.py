"""One OData service: what a gateway answers to one call, whoever carries it."""

__all__ = ["Asked", "Service"]

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, cast
from urllib.parse import parse_qsl, unquote

import msgspec

from andon.connectors.odata.metadata import Described, EntityType, Navigation
from andon.connectors.odata.simulated.books import RefusedCallError, Row
from andon.connectors.odata.simulated.company import Company
from andon.connectors.odata.simulated.deeds import Deeds
from andon.connectors.odata.simulated.edm import Decimals, heard
from andon.connectors.odata.simulated.questions import Limits, Questions
from andon.connectors.odata.simulated.saying import (
    Reply,
    Saying,
    json_reply,
    missing,
    refused,
    table_of,
)
from andon.connectors.odata.simulated.sorted import Sorted
from andon.core.faults import UNREADABLE

_SEGMENT = re.compile(r"([\w.$]+)(?:\(((?:[^()']|'(?:[^']|'')*')*)\))?")


class Asked(msgspec.Struct, frozen=True):
    """One call, below a service."""

    method: str
    path: str
    headers: Mapping[str, str] = {}
    """Names in lower case."""
    body: bytes = b""
    user: str = ""


class Service:
    """A service's answers. Pages are cut by it, not only by who asks."""

    def __init__(self, about: Described, name: str, company: Company, version: int) -> None:
        self.name = name
        self.version = version
        self.about = about
        self.root = ""
        self.page_limit = 1000
        self.oldest_delta = 0
        """Delta tokens before this place in the books are not known any more."""
        self._company = company
        self._sorted = Sorted(company.books)
        self._deeds = Deeds(company)

    def answer(self, asked: Asked) -> Reply:
        """The answer to one call; a refusal is an answer too."""
        try:
            return self._answer(asked)
        except RefusedCallError as error:
            self._company.refusals[error.code] += 1
            return refused(error, self.version, self.name)

    def together(self) -> AbstractContextManager[None]:
        """All calls inside are done, or none."""
        return self._company.books.together()

    def _answer(self, asked: Asked) -> Reply:
        path, _, query = asked.path.partition("?")
        options = dict(parse_qsl(query, keep_blank_values=True))
        segments = [_segment(part) for part in _split(path)]
        if not segments:
            names = sorted(self.about.sets)
            return json_reply(
                {"d": {"EntitySets": names}} if self.version == 2 else {"value": names}
            )
        name, key = segments[0]
        if name in self.about.functions:
            return self._call(name, options, asked)
        if name not in self.about.sets:
            raise missing(name)
        match asked.method:
            case "GET" if key is None:
                prefer = asked.headers.get("prefer", "")
                return self._questions().many(name, segments[1:], options, prefer)
            case "GET":
                row = self._row(name, key or "")
                return self._questions().one(name, row, segments[1:], options)
            case "POST" if key is None:
                return self._create(name, asked)
            case "POST":
                return self._act(name, key or "", segments[1:], asked)
            case "PATCH" | "MERGE" | "PUT":
                return self._change(name, key, asked)
            case _:
                text = f"Method {asked.method} not allowed for '{name}'"
                raise RefusedCallError("/IWFND/CM_CONSUMER/104", text, status=405)

    def _create(self, name: str, asked: Asked) -> Reply:
        say, kind = self._say(), self.about.sets[name]
        values, behind = self._heard(kind, asked.body, self._decimals(asked))
        try:
            row = self._deeds.create(table_of(name), values, behind, asked.user)
        except RefusedCallError as error:
            if error.item is not None:
                error.target = f"{next(iter(behind))}/{error.item}"
            raise
        shown = say.row(name, row, list(behind), ())
        address = say.address(name, row)
        return say.one(shown, status=201, etag=say.etag(row), location=address)

    def _change(self, name: str, key: str | None, asked: Asked) -> Reply:
        row = self._row(name, key or "")
        self._must_match(row, asked, needed=True)
        values, _ = self._heard(self.about.sets[name], asked.body, self._decimals(asked))
        self._deeds.change(table_of(name), row, values)
        return Reply(204)

    def _call(self, name: str, options: Mapping[str, str], asked: Asked) -> Reply:
        function = self.about.functions[name]
        if function.method != asked.method:
            text = f"Method {asked.method} not allowed for '{name}'"
            raise RefusedCallError("/IWFND/CM_CONSUMER/104", text, status=405)
        said = {part: _bare(options.get(part, "")) for part in function.parameters}
        end = self.about.set_of(function.acts_on or "")
        assert end is not None
        kind = self.about.sets[end]
        if set(kind.keys) <= said.keys():
            there = self._company.books.rows(end).get(tuple(said[part] for part in kind.keys))
            if there is not None:
                self._must_match(there, asked, needed=False)
        row = self._deeds.call(name, said, asked.user)
        say = self._say()
        return say.one(say.row(end, row, (), ()), etag=say.etag(row))

    def _act(self, name: str, key: str, rest: list[tuple[str, str | None]], asked: Asked) -> Reply:
        last = rest[0][0].rpartition(".")[2] if rest else ""
        if last not in self.about.functions:
            raise missing(last or name)
        row = self._row(name, key)
        self._must_match(row, asked, needed=False)
        done = self._deeds.call(last, {"ManufacturingOrder": _bare(key)}, asked.user)
        return self._say().one(self._say().row(name, done, (), ()))

    def _must_match(self, row: Row, asked: Asked, *, needed: bool) -> None:
        tag = asked.headers.get("if-match")
        if tag is None and needed:
            raise RefusedCallError(
                "/IWBEP/CM_MGW_RT/022", "Data version check required: If-Match", status=428
            )
        if tag not in (None, "*", self._say().etag(row)):
            raise RefusedCallError(
                "/IWBEP/CM_MGW_RT/104", "The data was changed by another user", status=412
            )

    def _decimals(self, asked: Asked) -> Decimals:
        exact = "ieee754compatible=true" in asked.headers.get("content-type", "").lower()
        return "text" if self.version == 2 or exact else "numbers"

    def _heard(
        self, kind: EntityType, body: bytes, decimals: Decimals
    ) -> tuple[dict[str, Any], dict[str, list[Any]]]:
        """Fields of the row, and rows behind its ways."""
        try:
            told: Any = msgspec.json.decode(body)
        except UNREADABLE as error:
            raise RefusedCallError(
                "/IWBEP/CM_MGW_RT/100", f"The body is no JSON: {error}"
            ) from error
        if not isinstance(told, dict):
            raise RefusedCallError("/IWBEP/CM_MGW_RT/100", "The body is no entity")
        values: dict[str, Any] = {}
        behind: dict[str, list[Any]] = {}
        for name, value in cast("dict[str, Any]", told).items():
            if name in kind.properties:
                values[name] = heard(value, kind.properties[name], decimals=decimals)
            elif (way := kind.navigations.get(name)) is not None:
                behind[name] = self._items(way, _behind(value), decimals)
            elif not name.startswith("__"):
                raise RefusedCallError(
                    "/IWBEP/CM_MGW_RT/021", f"Property {name} not found in type '{kind.name}'"
                )
        return values, behind

    def _items(self, way: Navigation, rows: Sequence[Any], decimals: Decimals) -> list[Any]:
        kind = self.about.types[way.target]
        items: list[Any] = []
        for row in rows:
            try:
                items.append(self._heard(kind, msgspec.json.encode(row), decimals)[0])
            except RefusedCallError as error:
                error.target = f"{way.name}/{len(items)}/{error.target}".rstrip("/")
                raise
        return items

    def _row(self, name: str, key: str) -> Row:
        kind = self.about.sets[name]
        parts = {
            own or kind.keys[0]: _bare(value)
            for own, value in re.findall(r"(?:(\w+)=)?('(?:[^']|'')*')", key)
        }
        if set(parts) != set(kind.keys):
            raise RefusedCallError("/IWBEP/CM_MGW_RT/020", f"Invalid key predicate for '{name}'")
        try:
            return self._company.books.row(table_of(name), *(parts[part] for part in kind.keys))
        except RefusedCallError as error:
            raise missing(name) from error

    def _questions(self) -> Questions:
        limits = Limits(self.page_limit, self.oldest_delta)
        return Questions(self.about, self._company.books, self._sorted, self._say(), limits)

    def _say(self) -> Saying:
        return Saying(self.about, self._company.books, self.version, self.root)


def _split(path: str) -> list[str]:
    return [unquote(part) for part in path.strip("/").split("/") if part]


def _segment(text: str) -> tuple[str, str | None]:
    found = _SEGMENT.fullmatch(text)
    if found is None:
        raise missing(text[:40])
    return found[1], found[2]


def _bare(text: str) -> str:
    return text[1:-1].replace("''", "'") if text.startswith("'") else text


def _behind(value: Any) -> list[Any]:
    """Rows behind a way: a bare list, a wrapped one, or one alone."""
    match value:
        case {"results": list()}:
            return value["results"]
        case list():
            return cast("list[Any]", value)
        case _:
            return [value]
