"""SOAP faults and other refusals, as errors sorted by who acts next."""

__all__ = ["ENVELOPES", "FaultError", "SoapFault", "body_of", "error_of", "fault_in", "refusal_in"]

from typing import Any, cast

import msgspec

from andon.connectors._pointer import MISSING, at, parsed
from andon.connectors._xml import Element, local
from andon.connectors.soap.call import Verdict
from andon.core.errors import (
    AndonError,
    CredentialsError,
    OutcomeUnknownError,
    RejectedError,
    UnavailableError,
)

ENVELOPES = (
    "http://schemas.xmlsoap.org/soap/envelope/",
    "http://www.w3.org/2003/05/soap-envelope",
)
_LONGEST = 1000
_DENIES = frozenset(
    {
        "FailedAuthentication",
        "FailedCheck",
        "InvalidSecurity",
        "InvalidSecurityToken",
        "MessageExpired",
        "SecurityTokenUnavailable",
        "UnsupportedSecurityToken",
    }
)
"""What WS-Security says of credentials it does not take."""


class SoapFault(msgspec.Struct, frozen=True):
    """What a service says when it refuses."""

    words: str
    codes: tuple[str, ...]
    """Names in the detail, then its own from the general to the special: `Client`, `NoOrder`."""


class FaultError(RejectedError):
    """A refusal by a fault, with all its codes."""

    def __init__(self, fault: SoapFault) -> None:
        super().__init__(fault.words, fault.codes[-1] if fault.codes else None)
        self.codes = frozenset(fault.codes)


def body_of(root: Element) -> Element | None:
    """What stands in the envelope's body; None when this is no envelope."""
    for space in ENVELOPES:
        if root.tag == f"{{{space}}}Envelope":
            body = root.find(f"{{{space}}}Body")
            return None if body is None or not len(body) else body[0]
    return None


def fault_in(content: Element | None) -> SoapFault | None:
    """The fault that a body holds; None when it holds something else."""
    if content is None or content.tag not in {f"{{{space}}}Fault" for space in ENVELOPES}:
        return None
    parts = {local(one): one for one in content}
    if "Code" in parts:
        words, codes = _text(parts.get("Reason")), [*_values(parts["Code"])]
    else:
        words = _text(parts.get("faultstring"))
        codes = [_text(parts.get("faultcode")).rpartition(":")[2]]
    detail = parts.get("detail", parts.get("Detail"))
    inside = [] if detail is None else [*detail]
    said = _text(detail)
    if said and said not in words:
        words = f"{words} ({said})" if words else said
    names = [local(one) for one in inside]
    return SoapFault(words or "a fault without words", (*names, *filter(None, codes)))


def error_of(
    fault: SoapFault, later: tuple[str, ...], unclear: tuple[str, ...], where: str
) -> AndonError:
    """Whose hands are needed after a fault."""
    codes = set(fault.codes)
    if codes & _DENIES:
        return CredentialsError(
            f"{where} does not accept our credentials: {fault.words}. Check them, then resume."
        )
    if codes & set(later):
        return UnavailableError(fault.words, reached=True)
    if codes & set(unclear):
        return OutcomeUnknownError(fault.words)
    return FaultError(fault)


def refusal_in(answer: Any, verdict: Verdict) -> RejectedError | None:
    """The refusal inside an answer that is no fault."""
    found = at(answer, parsed(verdict.at))
    rows = cast("list[Any]", found) if isinstance(found, list) else [found]
    refusing = [row for row in rows if _field(row, verdict.field) in verdict.refused]
    if not refusing:
        return None
    words = "; ".join(filter(None, (_field(row, verdict.words) for row in refusing)))
    code = _field(refusing[0], verdict.code) if verdict.code else ""
    return RejectedError(words or "refused without words", code or None)


def _field(row: Any, name: str) -> str:
    value = at(row, (name,))
    if value is True or value is False:
        return "true" if value else "false"
    return "" if value is MISSING or value is None else str(value).strip()


def _values(code: Element) -> list[str]:
    """Codes of SOAP 1.2, the outer first."""
    found = [_text(one).rpartition(":")[2] for one in code.iter("{*}Value")]
    return [one for one in found if one]


def _text(node: Element | None) -> str:
    """All words below, in order, with single spaces."""
    if node is None:
        return ""
    pieces = " ".join(str(piece) for piece in node.itertext())
    words = " ".join(pieces.split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]} ..."
