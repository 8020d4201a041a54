"""What an OData system says when it does not do something, and who acts next."""

__all__ = ["Said", "StatusError", "refusal", "said_of"]

import re
from collections.abc import Collection, Mapping
from typing import Any, cast

import msgspec

from andon.connectors._http import UnauthorizedError
from andon.connectors._xml import Element, below, local, tree_of
from andon.core.errors import (
    AndonError,
    CredentialsError,
    MappingError,
    OutcomeUnknownError,
    RejectedError,
    ThrottledError,
    UnavailableError,
)
from andon.core.faults import UNREADABLE

_LONGEST = 2000
_MOST = 20


class StatusError(RejectedError):
    """A refusal that remembers the HTTP status it came with."""

    def __init__(self, text: str, code: str, status: int) -> None:
        super().__init__(text, code)
        self.status = status


class Said(msgspec.Struct, frozen=True):
    """An error answer read: its code, its sentence, and every further one."""

    code: str
    text: str
    details: tuple[tuple[str, str], ...] = ()
    """Code and sentence of each further message, in the system's order."""
    at: str = ""
    """Where in what was sent, as OData 4 says it: `operation 2, _MaterialDocumentItem/1`."""

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes said, the first one first."""
        return (self.code, *(code for code, _ in self.details))

    def __str__(self) -> str:
        text = f"{self.text} (at {self.at})" if self.at else self.text
        first = f"{self.code}: {text}" if self.code else text
        more = [f"{code}: {text}" for code, text in self.details if text and text != self.text]
        return "; ".join(dict.fromkeys([first, *more]))[:_LONGEST]


def refusal(
    status: int,
    body: bytes,
    what: str,
    *,
    reading: bool,
    no_effect: Collection[int],
    later: Collection[str],
    meanings: Mapping[str, str] | None = None,
    after: str = "",
) -> AndonError:
    """The error for an answer of 300 or more; `what` names the call, `reading` that it changes
    nothing, `meanings` are the codes that have one of ours, `after` is the answer's Retry-After."""
    said = said_of(body)
    match status:
        case 401:
            text = f"{what}: the system does not accept our credentials (401)."
            return UnauthorizedError(f"{text} Check them, then resume.", said.text)
        case 403 if not said.code or said.code.startswith("/IWFND/"):
            # The gateway's own no. A business object's no has a code of its own.
            return CredentialsError(
                f"{what}: our user may not use this service (403). {said.text}".strip()
            )
        case 429:
            return ThrottledError(
                f"{what}: the system asks us to slow down",
                float(after) if after.isdigit() else None,
            )
        case 412:
            text = f"{what}: changed there meanwhile, so ours is stale. {said}"
            return StatusError(text, "stale", status)
        case _ if status in no_effect:
            return UnavailableError(f"{what}: {status} {said}", reached=True)
        case _ if 300 <= status < 400:
            return CredentialsError(
                f"{what}: we are sent elsewhere ({status}), to a login page most likely. Check how"
                " the technical user signs in, then resume."
            )
        case _ if status < 500 and status != 408 and not set(said.codes).isdisjoint(later):
            return UnavailableError(f"{what}: not now. {said}", reached=True)
        case _ if status >= 500 or status == 408:
            text = f"{what}: {status} {said}"
            return UnavailableError(text, reached=True) if reading else OutcomeUnknownError(text)
        case _:
            text = str(said) or f"{what}: status {status}"
            meant = (meanings[code] for code in said.codes if meanings and code in meanings)
            return StatusError(text, next(meant, said.code or str(status)), status)


def said_of(body: bytes) -> Said:
    """The error in an answer: OData 2's JSON, OData 4's, XML, or whatever words there are."""
    try:
        told: Any = msgspec.json.decode(body)
    except UNREADABLE:
        return _from_xml(body) or Said("", _words(body))
    match told:
        case {"error": dict()}:
            return _from_json(told["error"])
        case _:
            return Said("", _words(body))


def _from_json(error: dict[str, Any]) -> Said:
    inner = error.get("innererror")
    inner_details = (
        cast("dict[str, Any]", inner).get("errordetails") if isinstance(inner, dict) else None
    )
    details: list[tuple[str, str]] = []
    for found in (error.get("details"), inner_details):
        if isinstance(found, list):
            details += [
                (_text(row.get("code")), _sentence(row.get("message")))
                for row in cast("list[dict[str, Any]]", found)[:_MOST]
                if isinstance(row, dict)  # pyright: ignore[reportUnnecessaryIsInstance] wire
            ]
    code, text = _text(error.get("code")), _sentence(error.get("message"))
    return Said(code, text, tuple(details), _place(error))


def _place(error: dict[str, Any]) -> str:
    """SAP writes the number of a change set's operation as an annotation, of whatever alias."""
    numbers = (value for name, value in error.items() if name.endswith(".ContentID"))
    number = _text(next(numbers, None))
    named = f"operation {number}" if number else ""
    return ", ".join(filter(None, (named, _text(error.get("target")))))


def _sentence(message: Any) -> str:
    """OData 2 wraps it with its language."""
    if isinstance(message, dict):
        return _text(cast("dict[str, Any]", message).get("value"))
    return _text(message)


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()[:_LONGEST]


def _from_xml(body: bytes) -> Said | None:
    try:
        root = tree_of(body, "the error")
    except MappingError:
        return None
    if local(root) != "error":
        return None
    details = tuple(
        (_child(node, "code"), _child(node, "message")) for node in below(root, "errordetail")
    )
    return Said(_child(root, "code"), _child(root, "message"), details[:_MOST])


def _child(node: Element, name: str) -> str:
    found = node.find(f"{{*}}{name}")
    return "" if found is None else _text(found.text)


def _words(body: bytes) -> str:
    """The words of a page of HTML or of plain text."""
    plain = re.sub(
        r"<(script|style)\b.*?</\1>|<[^>]*>",
        " ",
        body[:20_000].decode("utf-8", "replace"),
        flags=re.S,
    )
    return " ".join(plain.split())[:300]
