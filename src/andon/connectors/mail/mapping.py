"""Pieces for projects: a hold that is written about becomes a proposal, a command a mail."""

__all__ = ["MAIL", "hold_proposals", "mailed"]

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

import msgspec

from andon.connectors.mail.settings import MailSettings
from andon.core.connector import Item, Request
from andon.core.errors import MappingError
from andon.core.mapping import Known, Outbound, Said, inbound, outbound
from andon.core.message import Command, Finding
from andon.model.quality import HoldProposed

MAIL = "mail"
"""Kind of every mail."""

_MOST_LOTS = 20
_MOST_LINES, _LONGEST_LINE = 400, 500
_QUOTED = re.compile(r"^\s*(?:>|-{2,}\s*(?:original|forwarded|ursprüngliche)|from:\s.*@)", re.I)


class _Sender(msgspec.Struct, frozen=True):
    address: str
    listed: bool
    verified: bool


class _Mail(msgspec.Struct, frozen=True):
    message_id: str
    sender: _Sender
    subject: str
    automatic: bool
    text: str = ""
    unreadable: str | None = None


@inbound(MAIL)
def hold_proposals(item: Item, known: Known) -> Iterable[Said]:
    """A mail that asks for a hold proposes one for each lot it names; a person confirms it. What is
    not clear, or not from somebody who may ask, is a finding with the mail beside it."""
    mail = item.read(_Mail)
    if mail.unreadable is not None:
        raise MappingError(f"The mail was not read: {mail.unreadable}")
    settings = cast("MailSettings", known.settings)
    lines = list(_lines(mail))
    if mail.automatic or not _found([settings.hold.about], lines, whole=True):
        return
    doubt = _doubt(mail, settings)
    lots = _found(settings.hold.lots, lines)
    if doubt is None and not lots:
        orders = ", ".join(_found(settings.hold.orders, lines)) or "none"
        doubt = Finding(
            "hold-unclear",
            f"{mail.sender.address} asks for a hold and names no lot we know how to read (orders:"
            f" {orders}). Nothing is held. Read the mail and place the hold.",
        )
    if doubt is None and len(lots) > _MOST_LOTS:
        doubt = Finding(
            "hold-unclear",
            f"{mail.sender.address} names {len(lots)} lots in one mail. Nothing is proposed; read"
            " the mail and place the holds.",
        )
    if doubt is not None:
        yield doubt
        return
    reasons = _found(settings.hold.reasons, lines)
    reason = reasons[0] if reasons else mail.subject or "no reason given"
    for lot in lots:
        yield HoldProposed(lot_id=lot, reason=reason[:500], proposed_by=mail.sender.address)


def _doubt(mail: _Mail, settings: MailSettings) -> Finding | None:
    """Why this sender's word does not count."""
    who = mail.sender.address or "Somebody who cannot be told"
    if not mail.sender.listed:
        why = f"{who} is not in `senders`"
    elif not (mail.sender.verified or settings.unverified):
        why = f"nobody verified that this mail is from {who}"
    else:
        return None
    return Finding(
        "hold-not-believed",
        f"A mail asks for a hold, and {why}. Nothing is held or proposed. Ask them by another way.",
    )


def _lines(mail: _Mail) -> Iterator[str]:
    """Subject and what was newly written: quoted mails were read when they came."""
    yield mail.subject[:_LONGEST_LINE]
    for line in mail.text.splitlines()[:_MOST_LINES]:
        if _QUOTED.match(line[:100]):
            if not line.lstrip().startswith(">"):
                return
            continue
        yield line[:_LONGEST_LINE]


def _found(patterns: Sequence[str], lines: Sequence[str], *, whole: bool = False) -> list[str]:
    found = [
        (match[0] if whole else match[1]).strip()
        for pattern in patterns
        for line in lines
        for match in re.finditer(pattern, line)
        if whole or match[1]
    ]
    return list(dict.fromkeys(each for each in found if each))


def mailed(command: type[Command], template: str) -> Outbound:
    """A command as one mail; its fields are the template's. Nobody can tell whether a mail whose
    answer was lost arrived, so a person decides."""

    def writes(said: Command, _: Known) -> Request:
        fields: Any = msgspec.to_builtins(said)
        return Request(target=template, body=fields)

    return outbound(command, proof="none")(writes)
