"""What changed since a moment, model by model.

Odoo shows `write_date` in whole seconds and compares it in microseconds, so no page can begin
behind a moment. A look asks for all since a fixed one, page by page of their ids, which nobody
shifts; its last item carries the new place, those before it the old one.
"""

__all__ = ["DELETED", "Changes"]

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, cast

import msgspec

from andon.connectors._ahead import ahead
from andon.connectors._memory import Memory
from andon.connectors.odoo.calls import Calls, Row
from andon.connectors.odoo.place import written
from andon.connectors.odoo.settings import Feed, OdooSettings
from andon.core.connector import Item
from andon.core.errors import Fault, RejectedError, SettingsError

DELETED = "odoo.deleted"
"""Kind of an item that says that a record is gone."""

_ALWAYS = ("write_date", "write_uid")
_FORM = "%Y-%m-%d %H:%M:%S"
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_MOST_CODES = 10_000
_encode = msgspec.json.Encoder(order="deterministic").encode


class _Record(msgspec.Struct, frozen=True, gc=False):
    """A record as it was shown."""

    ident: str
    digest: str
    raw: bytes
    written: str
    """Empty for one that came in past Odoo, by SQL: only a sweep shows that it changed."""
    written_at: datetime | None


class Changes:
    """Remembers of each record what it last yielded: an overlap shows it again."""

    def __init__(self, calls: Calls, settings: OdooSettings) -> None:
        self._calls = calls
        self._settings = settings
        self._shown = {model: Memory(looks=1) for model in settings.feeds}
        """Records by their ids, as they were last yielded."""
        self._codes: dict[tuple[str, int], str] = {}
        self.found_by_sweep = 0
        """Changes and deletions that no look showed and a sweep found."""

    async def since(self, place: dict[str, str]) -> AsyncIterator[Item]:
        """One look at every model; the place moves on as models are read to their end."""
        for model, feed in self._settings.feeds.items():
            after, at = place.get(model, ""), written(place)
            newest, held = after, None
            async for page in self._pages(model, feed, _back(after, self._settings.overlap)):
                for record in page:
                    newest = max(newest, record.written)
                    if self._shown[model].note(record.ident, record.digest):
                        if held is not None:
                            yield held
                        held = _item(model, record, at)
            if not after:
                self._shown[model].complete = True
            if newest:
                place[model] = newest
            if held is not None:
                yield msgspec.structs.replace(held, position=written(place))

    async def sweep(self, place: Mapping[str, str]) -> AsyncIterator[Item]:
        """Everything there is: what no look showed, and what is gone."""
        at = written(place)
        for model, feed in self._settings.feeds.items():
            shown = self._shown[model]
            # After a restart the first full look has nothing to compare with.
            counted = shown.complete
            shown.begin()
            async for page in self._pages(model, feed, ""):
                for record in page:
                    if shown.note(record.ident, record.digest):
                        self.found_by_sweep += counted
                        yield _item(model, record, at)
            async for some in shown.gone():
                for lost in some:
                    if not await self._exists(model, int(lost.ident)):
                        self.found_by_sweep += counted
                        yield _deleted(model, int(lost.ident), at)
            await asyncio.to_thread(shown.end)

    async def _exists(self, model: str, number: int) -> bool:
        """Out of the feed's domain is not deleted."""
        domain = [["id", "=", number]]
        return bool(await self._calls.search_read(model, domain=domain, fields=["id"], limit=1))

    async def _pages(self, model: str, feed: Feed, since: str) -> AsyncIterator[Sequence[_Record]]:
        async with aclosing(ahead(self._asked(model, feed, since))) as pages:
            async for page in pages:
                await self._shown[model].look_up([record.ident for record in page])
                yield page

    async def _asked(self, model: str, feed: Feed, since: str) -> AsyncGenerator[list[_Record]]:
        last = 0
        moment: list[Any] = [["write_date", ">=", since]] if since else []
        while True:
            page = await self._page(model, feed, [*feed.where, *moment, ["id", ">", last]])
            await self._look_up(page, feed)
            for row in page:
                self._code(row, feed)
            yield [_record(row) for row in page]
            if len(page) < self._settings.page:
                return
            last = page[-1]["id"]

    async def _page(self, model: str, feed: Feed, domain: list[Any]) -> list[Row]:
        try:
            return await self._calls.search_read(
                model,
                domain=domain,
                fields=[*feed.fields, *_ALWAYS],
                order="id",
                limit=self._settings.page,
            )
        except RejectedError as error:
            raise SettingsError(
                f"{model} cannot be read: {error}. Check its feed (module installed, names of"
                " fields, domain) and the rights of the technical user.",
                [Fault(f"feeds.{model}", str(error))],
            ) from error

    async def _look_up(self, page: list[Row], feed: Feed) -> None:
        """The codes of all records the page points to, as far as they are not known. Where they
        are very many, those of earlier pages are asked for anew."""
        if len(self._codes) > _MOST_CODES:
            self._codes.clear()
        for field, model in feed.codes.items():
            wanted = {number for row in page if (number := _pointed(row.get(field)))}
            missing = sorted(n for n in wanted if (model, n) not in self._codes)
            if missing:
                found = await self._calls.search_read(
                    model,
                    domain=[["id", "in", missing]],
                    fields=["default_code"],
                )
                self._codes |= {(model, one["id"]): one.get("default_code") or "" for one in found}

    def _code(self, row: Row, feed: Feed) -> None:
        """A pointer becomes id, name and code."""
        for field, model in feed.codes.items():
            if number := _pointed(row.get(field)):
                code = self._codes.get((model, number), "")
                row[field] = {"id": number, "name": row[field][1], "code": code}


def _record(row: Row) -> _Record:
    raw = _encode(row)
    digest = blake2b(raw, digest_size=12).hexdigest()
    said = row.get("write_date")
    at = _moment(said) if isinstance(said, str) else None
    return _Record(f"{row['id']}", digest, raw, "" if at is None else f"{said}", at)


def _item(model: str, record: _Record, position: str) -> Item:
    name = f"{model}/{record.ident}"
    return Item(
        kind=model,
        key=f"{name}/{record.digest}",
        raw=record.raw,
        position=position,
        mirror=name,
        occurred_at=record.written_at,
    )


def _deleted(model: str, number: int, position: str) -> Item:
    raw = _encode({"model": model, "id": number})
    return Item(kind=DELETED, key=f"{model}/{number}/deleted", raw=raw, position=position)


def _pointed(value: Any) -> int:
    """The id of what a field points to; 0 where it points to nothing."""
    pair = cast("list[Any]", value) if isinstance(value, list) else []
    return pair[0] if len(pair) == 2 and type(pair[0]) is int else 0


def _moment(text: str) -> datetime | None:
    if not _WRITTEN.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(f"{text}+00:00")
    except ValueError:
        return None


def _back(text: str, overlap: timedelta) -> str:
    at = _moment(text)
    return "" if at is None else (at - overlap).strftime(_FORM)
