"""Refusals in the system's own words."""

__all__ = ["RestHttp", "StatusRejectedError", "refusal_in"]

from typing import Any, cast

import aiohttp
import msgspec

from andon.connectors._http import Http
from andon.connectors._pointer import MISSING, Pointer, at
from andon.core.errors import RejectedError
from andon.core.faults import UNREADABLE

_USUAL = ("detail", "message", "error_description", "error", "title", "errors")


class StatusRejectedError(RejectedError):
    """A refusal and the status it came with, whatever the system's own code is."""

    def __init__(self, text: str, code: str | None, status: int) -> None:
        super().__init__(text, code)
        self.status = status


class RestHttp(Http):
    """One session that knows where this system puts its words and codes."""

    words: Pointer = ()
    code: Pointer = ()

    def _judge(
        self, response: aiohttp.ClientResponse, body: bytes, method: str
    ) -> tuple[int, bytes]:
        try:
            return super()._judge(response, body, method)
        except RejectedError as error:
            words, code = _said(body, self.words, self.code)
            raise StatusRejectedError(
                words or str(error), code or error.code, response.status
            ) from None


def refusal_in(
    answer: Any, pointer: Pointer, words: Pointer, code: Pointer
) -> RejectedError | None:
    """The refusal inside an answer that says 200 all the same."""
    found = at(answer, pointer)
    if found is MISSING or found in (None, False, "", [], {}):
        return None
    said = _text(at(answer, words)) if words else _text(found)
    return RejectedError(said or str(found), _text(at(answer, code)) if code else None)


def _said(body: bytes, words: Pointer, code: Pointer) -> tuple[str, str]:
    try:
        document = msgspec.json.decode(body)
    except UNREADABLE:
        return "", ""
    said = _text(at(document, words)) if words else ""
    return said or _text(document), _text(at(document, code)) if code else ""


def _text(value: Any) -> str:
    """The words in a refusal: a text, or what stands in the usual places."""
    match value:
        case str():
            return value.strip()
        case int() | float():
            return str(value)
        case dict():
            fields = cast("dict[str, Any]", value)
            return next((text for name in _USUAL if (text := _text(fields.get(name)))), "")
        case list():
            return "; ".join(filter(None, map(_text, cast("list[Any]", value))))
        case _:
            return ""
