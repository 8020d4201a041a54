"""Tryton's REST API: domains, typed values, and errors sorted by who acts next."""

__all__ = ["Speech", "TrytonDate", "TrytonTime", "refusal_words", "rows_in", "typed"]

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

import aiohttp
import msgspec

from andon.connectors._http import Http
from andon.core.errors import OutcomeUnknownError, RejectedError, UnavailableError
from andon.core.faults import UNREADABLE, decode_faults

T = TypeVar("T")
_FAULTS = 5
"""Of an answer, in a message."""
Domain = Sequence[Any]


def _require(when: Callable[[], object]) -> None:
    try:
        when()
    except OverflowError as error:
        raise ValueError("a figure of it is too large") from error


class TrytonDate(msgspec.Struct, frozen=True):
    """A day without time or zone, as Tryton's JSON writes it."""

    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        """What is no day does not read."""
        _require(self.day_of)

    def day_of(self) -> date:
        """The day itself."""
        return date(self.year, self.month, self.day)


class TrytonTime(msgspec.Struct, frozen=True):
    """A moment as Tryton's JSON writes it: no zone said, UTC meant."""

    year: int
    month: int
    day: int
    hour: int = 0
    minute: int = 0
    second: int = 0
    microsecond: int = 0

    def __post_init__(self) -> None:
        """What is no moment does not read."""
        _require(self.instant)

    def instant(self) -> datetime:
        """The moment with its zone."""
        return datetime(
            self.year, self.month, self.day, self.hour, self.minute, self.second,
            self.microsecond, tzinfo=UTC,
        )  # fmt: skip


def typed(value: datetime | timedelta) -> dict[str, Any]:
    """A value of a type that JSON lacks, as Tryton reads it."""
    if isinstance(value, timedelta):
        return {"__class__": "timedelta", "seconds": value.total_seconds()}
    at = value.astimezone(UTC)
    parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return {"__class__": "datetime", **{part: getattr(at, part) for part in parts}}


class Speech(Http):
    """One session with one database. A refusal is raised in Tryton's words."""

    def __init__(self, base: str, **options: Any) -> None:
        super().__init__(base, **options)
        # aiohttp repeats a PUT by itself when a kept connection breaks, without telling; whether
        # an effect may be repeated is ours to decide. It has no public switch for that.
        self._session._retry_connection = False  # pyright: ignore[reportPrivateUsage] no other way

    async def search(
        self,
        model: str,
        domain: Domain,
        shape: type[T],
        fields: Sequence[str],
        *,
        order: Domain | None = None,
        limit: int | None = None,
    ) -> T:
        """Rows of a model as `shape`. Reading has no effect, so its outcome is never unknown; of an
        answer that does not read it is UnavailableError, with every fault and its place."""
        query = [("d", _packed(domain)), *(("f", field) for field in fields)]
        if order is not None:
            query.append(("o", _packed(order)))
        if limit is not None:
            query.append(("s", str(limit)))
        try:
            _, body = await self.call("GET", f"/model/{model}?{urlencode(query)}")
        except OutcomeUnknownError as error:
            raise UnavailableError(str(error), reached=True) from error
        return rows_in(body, shape, model)

    async def effect(self, method: str, path: str, body: Mapping[str, Any]) -> None:
        """One call that changes something; what it did is read afterwards."""
        # `f=id` keeps the answer small: Tryton repeats the record it worked on.
        await self.call(method, f"/model/{path}?f=id", body=msgspec.json.encode(body))

    def _judge(
        self, response: aiohttp.ClientResponse, body: bytes, method: str
    ) -> tuple[int, bytes]:
        match response.status:
            case 400:
                raise RejectedError(refusal_words(body), "400")
            case 403:
                # A refused right of a known user; a key that is not known is a 401.
                raise RejectedError(
                    "Tryton forbids this and does not say why: a right of the technical user, or"
                    " something that must be finished first.",
                    "403",
                )
            case 404:
                raise RejectedError("The record is not there any more.", "404")
            case _:
                return super()._judge(response, body, method)


def rows_in(body: bytes, shape: type[T], model: str) -> T:
    """Rows as `shape`. Raises UnavailableError, as reading does: a page that stands where Tryton
    should answer goes away by itself, and all else is for whoever reads that it does not."""
    try:
        return msgspec.json.decode(body, type=shape)
    except UNREADABLE as error:
        faults = "; ".join(str(fault) for fault in decode_faults(body, shape, error)[:_FAULTS])
        raise UnavailableError(
            f"Tryton's answer about {model} does not read: {faults}. Trying again; look at what it"
            " answers there.",
            reached=True,
        ) from error


def _packed(value: Any) -> str:
    return urlsafe_b64encode(msgspec.json.encode(value)).decode()


class _Refusal(msgspec.Struct):
    message: str
    description: str = ""


def refusal_words(body: bytes) -> str:
    """What a refused call says: Tryton's words, or what the page beside them means."""
    try:
        said = msgspec.json.decode(body, type=_Refusal)
    except UNREADABLE:
        plain = re.sub(r"<[^>]*>", " ", body.decode("utf-8", "replace"))
        words = " ".join(plain.split())[:300]
        return (
            "Tryton wants to ask a person, which a program cannot answer:"
            f" an inspection is missing, most likely (it says: {words})."
        )
    return f"{said.message} {said.description}".strip()
