"""Books of numbered rows, as JSON, SOAP, Tryton and Odoo show them, and reads of them."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, cast
from urllib.parse import parse_qs, urlsplit

import msgspec

import andon.connectors.rest as rest
import andon.connectors.soap.feed as soap
from andon.connectors._http import Http
from andon.connectors.odoo.calls import Calls
from andon.connectors.odoo.changes import Changes as OdooChanges
from andon.connectors.odoo.place import read_place
from andon.connectors.odoo.settings import Feed as OdooFeed
from andon.connectors.odoo.settings import OdooSettings
from andon.connectors.rest.asking import Asking
from andon.connectors.rest.looks import Looks as RestLooks
from andon.connectors.rest.pages import ByTime
from andon.connectors.soap.looks import Looks as SoapLooks
from andon.connectors.soap.service import Operation
from andon.connectors.soap.speaking import Speaking
from andon.connectors.tryton.changes import Changes, Watched
from andon.connectors.tryton.speech import Speech, typed
from andon.core.connector import Item, SecretStr

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
OVERLAP = timedelta(minutes=1)
Told = tuple[Item, str | None]


class Books:
    """Numbered rows, each with the time of its last change, however late it came to be seen."""

    def __init__(self) -> None:
        self.now = NOON
        self.rows: dict[int, tuple[datetime, int]] = {}
        self.states = 0
        self.seen_in_time: set[int] = set()
        """Rows that a look finds, for their time lies inside the overlap once they are seen."""

    def write(self, number: int, back: timedelta = timedelta()) -> None:
        """A new state of a row, whose time lies back."""
        self.now += timedelta(seconds=10)
        self.states += 1
        self.rows[number] = (self.now - back, self.states)
        (self.seen_in_time.add if back < OVERLAP else self.seen_in_time.discard)(number)

    def since(self, moment: datetime) -> list[tuple[datetime, int, int]]:
        """Time, number and state of what changed at or after a moment, oldest change first."""
        return sorted((at, n, state) for n, (at, state) in self.rows.items() if at >= moment)


class Reading(Protocol):
    """One read of one connector."""

    def look(self, after: str) -> AsyncIterator[Told]: ...
    def sweep(self) -> AsyncIterator[Item]: ...


class JsonBooks:
    """The books over JSON; `coarse` ones show the minute only. `lengths` is how long each page
    was; before a page is given, something may happen in `meanwhile`."""

    base = "http://books"

    def __init__(self, books: Books, *, coarse: bool = False) -> None:
        self.books = books
        self.coarse = coarse
        self.lengths: list[int] = []
        self.meanwhile: Callable[[], None] = lambda: None

    async def exchange(self, method: str, path: str) -> Any:
        self.meanwhile()
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        since = datetime.fromisoformat(query.get("since", "1970-01-01T00:00:00Z"))
        behind = int(query.get("offset", 0))
        found = self._since(since)[behind:][: int(query.get("limit", 1_000_000))]
        self.lengths.append(len(found))
        body = [{"id": n, "at": at.isoformat(), "state": state} for at, n, state in found]
        return Answer({}, msgspec.json.encode(body))

    def _since(self, moment: datetime) -> list[tuple[datetime, int, int]]:
        rows = self.books.since(moment.replace(second=0) if self.coarse else moment)
        if self.coarse:
            rows = sorted((at.replace(second=0), number, state) for at, number, state in rows)
        return [row for row in rows if row[0] >= moment]


class Answer(msgspec.Struct):
    headers: dict[str, str]
    body: bytes


class SoapBooks:
    """The books over SOAP."""

    def __init__(self, books: Books) -> None:
        self.books = books

    async def ask(self, _: Operation, arguments: Mapping[str, Any]) -> Any:
        found = self.books.since(datetime.fromisoformat(arguments["since"] or "1970-01-01T00:00Z"))
        page = found[arguments["from"] :][: arguments["size"]]
        return {"row": [{"id": n, "at": at.isoformat(), "state": state} for at, n, state in page]}


class TrytonBooks:
    """The books as Tryton shows them; `sizes` is how many rows each page asked for."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.sizes: list[int] = []

    async def search(
        self, model: str, domain: Sequence[Any], *_: Any, limit: int, order: Any
    ) -> list[msgspec.Raw]:
        assert order == [["last_modified_at", "ASC"], ["id", "ASC"]]
        assert model == "production"
        self.sizes.append(limit)
        (_, _, since), *more = domain
        moment = datetime(tzinfo=UTC, **{k: v for k, v in since.items() if k != "__class__"})
        behind = next((value for field, op, value in more if (field, op) == ("id", ">")), -1)
        found = [row for row in self.books.since(moment) if row[1] > behind]
        return [_raw(*row) for row in found[:limit]]


def _raw(at: datetime, number: int, state: int) -> msgspec.Raw:
    row = {"id": number, "_timestamp": f"{state}", "last_modified_at": typed(at)}
    return msgspec.Raw(msgspec.json.encode(row))


class TrytonReading:
    """Tryton's changes, told as the others tell theirs."""

    def __init__(self, books: Books, after: str) -> None:
        speech, orders = cast("Speech", TrytonBooks(books)), Watched("production", (), (), ())
        self.changes = Changes(speech, [orders], OVERLAP, complete=not after)

    async def look(self, after: str) -> AsyncIterator[Told]:
        async for item in self.changes.since(after):
            yield item, item.position

    def sweep(self) -> AsyncIterator[Item]:
        return self.changes.sweep()


class OdooBooks:
    """The books as Odoo shows them: times in whole seconds, compared as they are."""

    def __init__(self, books: Books) -> None:
        self.books = books

    async def call(self, *_: object, body: bytes) -> tuple[int, bytes]:
        asked = msgspec.json.decode(body)
        wanted = {(field, op): value for field, op, value in asked["domain"]}
        said = wanted.get(("write_date", ">="), "1970-01-01 00:00:00")
        found = sorted((n, at, state) for at, n, state in self.books.since(_utc(said)))
        behind, only = wanted.get(("id", ">"), 0), wanted.get(("id", "="))
        rows = [
            {"id": n, "write_date": f"{at:%Y-%m-%d %H:%M:%S}", "state": state}
            for n, at, state in found
            if n > behind and only in (None, n)
        ]
        return 200, msgspec.json.encode(rows[: asked["limit"]])


def _utc(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=UTC)


class OdooReading:
    """Odoo's changes, told as the others tell theirs."""

    def __init__(self, books: Books, _: str, *, size: int = 3) -> None:
        settings = OdooSettings(
            url="http://books",
            key=SecretStr("k"),
            feeds={"row": OdooFeed(fields=("state",))},
            overlap=OVERLAP,
            page=size,
        )
        self.changes = OdooChanges(Calls(cast("Http", OdooBooks(books))), settings)
        self.place: dict[str, str] = {}

    async def look(self, after: str) -> AsyncIterator[Told]:
        self.place = read_place(after)
        async for item in self.changes.since(self.place):
            yield item, item.position or None

    def sweep(self) -> AsyncIterator[Item]:
        return self.changes.sweep(self.place)


def json_by_time(books: Books | JsonBooks, _: str, *, size: int = 3) -> Reading:
    system = books if isinstance(books, JsonBooks) else JsonBooks(books)
    return _json(system, ByTime(size=size))


def json_by_offset(
    books: Books | JsonBooks, _: str, *, size: int = 2, offset: str = "offset"
) -> Reading:
    """Many rows share a time, and are read in pages of one size."""
    system = books if isinstance(books, JsonBooks) else JsonBooks(books, coarse=True)
    return _json(system, ByTime(size=size, offset_parameter=offset))


def _json(system: JsonBooks, pages: ByTime) -> Reading:
    feed = rest.Feed(
        kind="row",
        path="/rows",
        time="/at",
        since="since",
        overlap=OVERLAP,
        pages=pages,
        deletes=True,
    )
    return RestLooks(Asking(cast("Http", system), feed))


def soap_by_time(books: Books, _: str, *, size: int = 3) -> Reading:
    feed = soap.Feed(
        kind="row",
        operation="Rows",
        arguments={"since": "{since}", "from": "{offset}", "size": "{size}"},
        items="/row",
        key="/id",
        time="/at",
        size=size,
        overlap=OVERLAP,
    )
    return SoapLooks(feed, cast("Speaking", SoapBooks(books)), cast("Operation", None))


Made = Callable[[Books, str], Reading]
BY_TIME: list[Made] = [json_by_time, json_by_offset, soap_by_time, TrytonReading, OdooReading]
