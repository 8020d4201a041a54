"""Headers of mails as people meant them, and what our own server said about the sender."""

__all__ = ["addresses", "moment_of", "verdicts", "words"]

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from andon.connectors.mail.charsets import decoded
from andon.core.faults import placeable_time

_LONGEST = 4_000
_MOST = 50
_COMMENT = re.compile(r"\([^()]*\)")
_METHOD = re.compile(r"\s*([a-z0-9-]{1,30})\s*=\s*([a-z]{1,20})", re.IGNORECASE)
_PROPERTY = re.compile(r"([a-z]{1,20}\.[a-z0-9-]{1,30})\s*=\s*([^\s;]{1,200})", re.IGNORECASE)


def words(mail: Message, name: str) -> str:
    """One header in plain words; empty when there is none."""
    return _plain(str(mail.get(name, "")))


def addresses(mail: Message, name: str) -> list[dict[str, str]]:
    """Everybody in headers of this name: `{"name", "address"}`."""
    raw = [str(value)[:_LONGEST] for value in mail.get_all(name, [])][:_MOST]
    found = getaddresses(raw, strict=True) if _STRICT else getaddresses(raw)
    return [
        {"name": _plain(name), "address": address.lower()}
        for name, address in found[:_MOST]
        if address
    ]


def _strict() -> bool:
    """Newer Pythons refuse addresses that two readers read apart."""
    try:
        getaddresses([], strict=True)
    except TypeError:
        return False
    return True


_STRICT = _strict()


def moment_of(text: str) -> datetime | None:
    """A date header's moment, None for none or one without a zone."""
    try:
        at = parsedate_to_datetime(text[:200])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at.astimezone(UTC) if at.tzinfo is not None and placeable_time(at) else None


def verdicts(mail: Message, trusted: str) -> Mapping[str, str]:
    """What the server of that name said (RFC 8601): `{"dmarc": "pass", "header.from": ...}`.
    Anybody can write such a header, so only the topmost of our own server counts."""
    for value in _results(mail):
        text = _COMMENT.sub(" ", value[:_LONGEST])
        server, _, rest = text.partition(";")
        if server.split()[:1] != [trusted] or not trusted:
            continue
        found: dict[str, str] = {}
        for part in rest.split(";")[:_MOST]:
            method = _METHOD.match(part)
            if method is None:
                continue
            name = method[1].lower()
            found.setdefault(name, method[2].lower())
            for property in _PROPERTY.finditer(part):
                found.setdefault(f"{name} {property[1].lower()}", property[2].lower())
        return found
    return {}


def _results(mail: Message) -> Sequence[str]:
    return [str(value) for value in mail.get_all("Authentication-Results", [])][:_MOST]


def _plain(text: str) -> str:
    """Decoded words joined; what cannot be decoded stays as it is written."""
    text = text[:_LONGEST]
    try:
        parts = decode_header(text)
    except (ValueError, IndexError, TypeError):
        parts = [(text, None)]
    joined = "".join(
        part if isinstance(part, str) else decoded(part, charset or "ascii")[0]
        for part, charset in parts
    )
    return " ".join(joined.replace("\0", "").split())
