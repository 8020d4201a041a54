"""A mail as JSON: who, when, its text, its attachments by digest; bounded in every direction."""

__all__ = ["happened_at", "parsed"]

import email
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import datetime
from email import policy
from email.message import Message
from hashlib import sha256
from typing import Any, cast

from andon.connectors.mail.charsets import decoded
from andon.connectors.mail.headers import addresses, moment_of, verdicts, words
from andon.connectors.mail.markup import text_of
from andon.connectors.mail.settings import MailSettings

_MOST_PARTS = 500
_DEEPEST = 20
_MOST_HEADERS = 200_000
_BOUNDARIES = 5_000
_NESTING = re.compile(rb"(?i)content-type:\s*(?:multipart/|message/)")
_BROKEN = (ValueError, TypeError, LookupError, AttributeError, RecursionError, AssertionError)
"""What the standard library lets through on mails nobody meant to be read."""


def parsed(raw: bytes, settings: MailSettings, *, size: int | None = None) -> Mapping[str, Any]:
    """Never raises. What was left out or could not be read stands in `faults`; a mail that was not
    read at all has `unreadable` with the reason, and its headers."""
    why = ""
    if size is not None and size > settings.most_bytes:
        why = f"it has {size} bytes, and {settings.most_bytes} are read"
    elif raw.count(b"\n--") > _BOUNDARIES or len(_NESTING.findall(raw)) > _MOST_PARTS:
        why = "it has too many parts"
    head = _head(raw)
    said: dict[str, Any] = {**_headers(head, settings), "size": size or len(raw)}
    if why:
        return {**said, "unreadable": why, "faults": []}
    try:
        mail = email.message_from_bytes(raw, policy=policy.compat32)
        return {**said, **_body(mail, settings)}
    except _BROKEN as error:
        return {**said, "unreadable": f"{type(error).__name__}: {error}"[:200], "faults": []}


def _head(raw: bytes) -> Message:
    ends = [place for mark in (b"\r\n\r\n", b"\n\n") if (place := raw.find(mark)) >= 0]
    return email.message_from_bytes(
        raw[: min([*ends, _MOST_HEADERS])] + b"\r\n\r\n", policy=policy.compat32
    )


def _headers(mail: Message, settings: MailSettings) -> dict[str, Any]:
    at = moment_of(words(mail, "Date"))
    senders = addresses(mail, "From")
    return {
        "message_id": words(mail, "Message-ID")[:500],
        "from": senders,
        "sender": _sender(mail, senders, settings),
        "to": addresses(mail, "To"),
        "cc": addresses(mail, "Cc"),
        "subject": words(mail, "Subject"),
        "date": None if at is None else at.isoformat(),
        "in_reply_to": words(mail, "In-Reply-To")[:500],
        "automatic": words(mail, "Auto-Submitted").lower() not in ("", "no"),
    }


def _sender(mail: Message, senders: list[dict[str, str]], settings: MailSettings) -> dict[str, Any]:
    """How far we know who wrote this. Verified: our own server says that the domain of the one
    address in the one From header stands behind it (DMARC)."""
    said = verdicts(mail, settings.trusted)
    one = len(senders) == 1 and len(mail.get_all("From", [])) == 1
    address = senders[0]["address"] if one else ""
    domain = address.rpartition("@")[2]
    aligned = said.get("dmarc header.from", domain) == domain
    listed = any(
        address.endswith(each.lower()) if each.startswith("@") else address == each.lower()
        for each in settings.senders
    )
    return {
        "address": address,
        "listed": bool(address) and listed,
        "verified": bool(address) and said.get("dmarc") == "pass" and aligned,
        "said": said,
    }


def _body(mail: Message, settings: MailSettings) -> dict[str, Any]:
    plain: list[str] = []
    marked: list[str] = []
    attachments: list[dict[str, Any]] = []
    faults: list[str] = []
    for n, part in enumerate(_parts(mail, 0, faults)):
        if n == _MOST_PARTS:
            faults.append(f"only the first {_MOST_PARTS} parts are read")
            break
        kind = part.get_content_type()
        content = _content(part, faults)
        if kind in ("text/plain", "text/html") and not _is_attached(part):
            text, wrong = decoded(content, str(part.get_content_charset("utf-8")))
            if wrong:
                faults.append(f"{kind}: {wrong}")
            (plain if kind == "text/plain" else marked).append(text)
        else:
            attachments.append(_attachment(part, kind, content, settings))
    text = "\n".join(plain).replace("\0", "").replace("\r\n", "\n")
    if not text.strip() and marked:
        text = text_of("\n".join(marked), settings.most_text)
    if len(text) > settings.most_text:
        faults.append(f"only the first {settings.most_text} characters are kept")
    read_from = "plain" if any(each.strip() for each in plain) else "html" if marked else None
    return {
        "text": text[: settings.most_text],
        "text_from": read_from,
        "attachments": attachments,
        "faults": list(dict.fromkeys(faults))[:20],
    }


def _parts(mail: Message, depth: int, faults: list[str]) -> Iterator[Message]:
    """Leaves in the order they stand; a mail inside a mail is one of them."""
    payload: Any = mail.get_payload()
    if mail.get_content_maintype() == "multipart" and isinstance(payload, list):
        if depth == _DEEPEST:
            faults.append(f"parts below {_DEEPEST} levels are not read")
            return
        for part in cast("list[Any]", payload):
            if isinstance(part, Message):
                yield from _parts(cast("Message", part), depth + 1, faults)
        return
    yield mail


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _content(part: Message, faults: list[str]) -> bytes:
    payload: Any = part.get_payload()
    if isinstance(payload, list):  # a mail inside this one, kept as it came
        inner = cast("list[Any]", payload)
        return b"".join(each.as_bytes() for each in inner if isinstance(each, Message))
    try:
        content = part.get_payload(decode=True)
    except _BROKEN as error:
        faults.append(f"{part.get_content_type()}: {error}"[:200])
        return str(payload).encode("utf-8", "surrogateescape")
    return content if isinstance(content, bytes) else b""


def _attachment(part: Message, kind: str, content: bytes, settings: MailSettings) -> dict[str, Any]:
    name = " ".join(str(part.get_filename() or "").replace("\0", "").split())[:300]
    said: dict[str, Any] = {
        "name": name,
        "type": kind[:100],
        "size": len(content),
        "sha256": sha256(content).hexdigest(),
    }
    if len(content) <= settings.most_attachment:
        said["content_base64"] = b64encode(content).decode()
    return said


def happened_at(said: Mapping[str, Any]) -> datetime | None:
    """When the mail says it was written."""
    return None if said["date"] is None else datetime.fromisoformat(said["date"])
