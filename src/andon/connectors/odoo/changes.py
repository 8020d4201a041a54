"""What changed since a moment, model by model.

Odoo shows `write_date` in whole seconds and compares it in microseconds, so no page can begin
behind a moment. A look asks for all since a fixed one, page by page of their ids, which nobody
shifts; its last item carries the new place, those before it the old one.
"""

__all__ = ["DELETED", "Changes"]

import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, cast

import msgspec

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
_encode = msgspec.json.Encoder(order="deterministic").encode


class Changes:
    """Remembers of each record what it last yielded: an overlap shows it again."""

    def __init__(self, calls: Calls, settings: OdooSettings, *, crowd: int = 100_000) -> None:
        self._calls = calls
        self._crowd = crowd
        self._settings = settings
        self._shown: dict[str, dict[int, tuple[str, str]]] = {model: {} for model in settings.feeds}
        """By model and id: digest, and when it was written."""
        self._room = dict.fromkeys(settings.feeds, crowd)
        """By model: of so many records only those are kept that the next look may show again."""
        self._codes: dict[tuple[str, int], str] = {}

    async def since(self, place: dict[str, str]) -> AsyncIterator[Item]:
        """One look at every model; the place moves on as models are read to their end."""
        for model, feed in self._settings.feeds.items():
            after = place.get(model, "")
            newest, held = after, None
            async for row in self._rows(model, feed, _back(after, self._settings.overlap)):
                newest = max(newest, _written_at(row))
                item = self._item(model, row, written(place))
                self._forget(model, newest)
                if item is not None:
                    if held is not None:
                        yield held
                    held = item
            if newest:
                place[model] = newest
            if held is not None:
                yield msgspec.structs.replace(held, position=written(place))

    async def sweep(self, place: Mapping[str, str]) -> AsyncIterator[Item]:
        """Everything there is: what no look showed, and what is gone."""
        at = written(place)
        for model, feed in self._settings.feeds.items():
            missing, newest = set(self._shown[model]), place.get(model, "")
            async for row in self._rows(model, feed, ""):
                missing.discard(row["id"])
                item = self._item(model, row, at)
                self._forget(model, newest)
                if item is not None:
                    yield item
            for gone in missing:
                self._shown[model].pop(gone, None)
                if not await self._exists(model, gone):
                    raw = _encode({"model": model, "id": gone})
                    key = f"{model}/{gone}/deleted"
                    yield Item(kind=DELETED, key=key, raw=raw, position=at)

    async def _exists(self, model: str, number: int) -> bool:
        """Out of the feed's domain is not deleted."""
        domain = [["id", "=", number]]
        return bool(await self._calls.search_read(model, domain=domain, fields=["id"], limit=1))

    async def _rows(self, model: str, feed: Feed, since: str) -> AsyncIterator[Row]:
        last = 0
        moment: list[Any] = [["write_date", ">=", since]] if since else []
        while True:
            page = await self._page(model, feed, [*feed.where, *moment, ["id", ">", last]])
            await self._look_up(page, feed)
            for row in page:
                yield self._coded(row, feed)
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
        """The codes of all records the page points to, as far as they are not known."""
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

    def _coded(self, row: Row, feed: Feed) -> Row:
        """A pointer becomes id, name and code."""
        shown = dict(row)
        for field, model in feed.codes.items():
            if number := _pointed(row.get(field)):
                code = self._codes.get((model, number), "")
                shown[field] = {"id": number, "name": row[field][1], "code": code}
        return shown

    def _item(self, model: str, row: Row, position: str) -> Item | None:
        raw = _encode(row)
        digest = blake2b(raw, digest_size=12).hexdigest()
        before = self._shown[model].get(row["id"])
        if before is not None and before[0] == digest:
            return None
        self._shown[model][row["id"]] = (digest, _written_at(row))
        return Item(
            kind=model,
            key=f"{model}/{row['id']}/{digest}",
            raw=raw,
            position=position,
            mirror=f"{model}/{row['id']}",
            occurred_at=_moment(_written_at(row)),
        )

    def _forget(self, model: str, newest: str) -> None:
        """Lets go of what the next look cannot show again, also in the midst of a long one: the
        newest moment only grows."""
        shown = self._shown[model]
        if len(shown) >= self._room[model]:
            edge = _back(newest, self._settings.overlap * 2)
            kept = {n: one for n, one in shown.items() if one[1] >= edge}
            self._shown[model], self._room[model] = kept, len(kept) + self._crowd


def _written_at(row: Row) -> str:
    """Empty for a record that came in past Odoo, by SQL: only a sweep shows that it changed."""
    at = row.get("write_date")
    return at if isinstance(at, str) and _moment(at) is not None else ""


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
