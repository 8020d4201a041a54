"""Calls of JSON-2: one method of one model, in one transaction, and refusals in Odoo's words."""

__all__ = ["Calls", "Row", "refusal_of"]

import re
from typing import Any, cast

import msgspec

from andon.connectors._http import ForbiddenError, Http
from andon.core.errors import (
    MappingError,
    OutcomeUnknownError,
    RejectedError,
    UnavailableError,
)
from andon.core.faults import UNREADABLE

Row = dict[str, Any]


_TEXT = r'"{}":\s*("(?:[^"\\]|\\.)*")'
_NAME, _MESSAGE = (re.compile(_TEXT.format(part)) for part in ("name", "message"))
_ALL = {"active_test": False}
"""Archived records are shown too: what is archived is not gone."""
_AGAIN = ("SerializationFailure", "DeadlockDetected", "LockNotAvailable", "ConcurrencyError")
"""Odoo gave up after trying again itself; nothing was written."""


class Calls:
    """All parameters go by name; `ids` are the records a method works on."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def close(self) -> None:
        """Leaves no socket open."""
        await self._http.close()

    async def search_read(self, model: str, **named: Any) -> list[Row]:
        """Records as Odoo shows them; calls that only read have no outcome to be unknown."""
        try:
            found = await self.act(model, "search_read", context=_ALL, **named)
        except OutcomeUnknownError as error:
            raise UnavailableError(f"{model} could not be read: {error}", reached=True) from error
        if not _are_records(found):
            raise MappingError(f"{model}/search_read answers {found!r:.100}, not records")
        return found

    async def act(self, model: str, method: str, **named: Any) -> Any:
        """What the method returns. Raises RejectedError in Odoo's words."""
        body = msgspec.json.encode(named)
        try:
            _, said = await self._http.call("POST", f"/{model}/{method}", body=body)
        except RejectedError as error:
            raise refusal_of(str(error), error.code) from error
        except ForbiddenError as error:
            refusal = refusal_of(error.says, "403")
            if not (refusal.code or "").endswith(".AccessError"):
                raise
            raise refusal from error  # this record, or this method: no matter of the key
        except OutcomeUnknownError as error:
            refusal = _undone(str(error))
            if refusal is not None:
                raise refusal from error
            raise
        try:
            return msgspec.json.decode(said)
        except UNREADABLE as error:
            raise OutcomeUnknownError(f"{model}/{method} answers no JSON: {said[:80]!r}") from error


def _are_records(found: Any) -> bool:
    """Odoo gives every record its id, whatever fields were asked for."""
    if not isinstance(found, list) or {*map(type, cast("list[object]", found))} - {dict}:
        return False
    return not {type(row.get("id")) for row in cast("list[Row]", found)} - {int}


def refusal_of(said: str, code: str | None) -> RejectedError:
    """Message and exception of an answer, as far as it could be kept."""
    name, message = _part(_NAME, said), _part(_MESSAGE, said)
    return RejectedError(message or said, name or code)


def _undone(said: str) -> Exception | None:
    """An exception in Odoo's own words: its transaction was rolled back, whatever the status."""
    if not said.startswith("500 {"):
        return None
    refusal = refusal_of(said, "500")
    if refusal.code == "500":
        return None
    if refusal.code and refusal.code.endswith(_AGAIN):
        return UnavailableError(f"Odoo is busy: {refusal}", reached=True)
    return refusal


def _part(pattern: re.Pattern[str], said: str) -> str:
    found = pattern.search(said)
    if found is None:
        return ""
    try:
        return msgspec.json.decode(found[1], type=str)
    except UNREADABLE:
        return ""
