"""A mailbox without a folder: bytes in, rows out."""

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from andon.connectors._folders.rows import Broken, Row, Yielded
from andon.connectors.edi.agreement import Agreement
from andon.connectors.edi.documents import REFUSED, REPORT, Document, RefusedMessage, ReportItem
from andon.connectors.edi.reading import Mailbox
from andon.connectors.edi.settings import EdiSettings, Partner
from andon.connectors.edi.writing import bytes_of, outline_of
from andon.core.connector import Item

NOON = datetime(2025, 11, 25, 12, 0, tzinfo=UTC)
ACME = Partner(standard="x12", qualifier="ZZ", id="ACME", our_qualifier="ZZ", our_id="ANDON")
BETA = Partner(
    standard="edifact", qualifier="14", id="4000001", our_qualifier="14", our_id="4000002"
)


def turned(partner: Partner) -> Partner:
    """The same agreement as the partner sees it."""
    return msgspec.structs.replace(
        partner,
        id=partner.our_id,
        qualifier=partner.our_qualifier,
        our_id=partner.id,
        our_qualifier=partner.qualifier,
    )


def settings(most: int = 1_000_000, **partners: Partner) -> EdiSettings:
    """Settings of a mailbox, ACME's where nobody is named."""
    return EdiSettings(folder="/nowhere", partners=partners or {"acme": ACME}, item_bytes=most)


def rows(content: bytes, of: EdiSettings | None = None) -> list[Yielded]:
    """All that a file holds."""
    return list(Mailbox(of or settings()).rows(io.BytesIO(content)))


def written(partner: Partner, body: Any, number: int = 1) -> bytes:
    """An interchange to us, as the partner writes it with the same code."""
    agreed = Agreement("us", turned(partner))
    return bytes_of([outline_of(body, agreed)], agreed, number, NOON)


def document(row: Yielded) -> Document:
    """A row as a document."""
    assert isinstance(row, Row), row
    assert row.kind not in (REFUSED, REPORT), row
    return msgspec.json.decode(row.raw or b"", type=Document)


def refused(row: Yielded) -> RefusedMessage:
    """A row as a message that was refused."""
    assert isinstance(row, Row), row
    assert row.kind == REFUSED, row
    return msgspec.json.decode(row.raw or b"", type=RefusedMessage)


def report(row: Yielded) -> ReportItem:
    """A row as the report of an interchange."""
    assert isinstance(row, Row), row
    assert row.kind == REPORT, row
    return msgspec.json.decode(row.raw or b"", type=ReportItem)


def broken(row: Yielded) -> Broken:
    """A row as the end of what can be read."""
    assert isinstance(row, Broken), row
    return row


def item(row: Yielded) -> Item:
    """A row as the item of it."""
    assert isinstance(row, Row), row
    return Item(kind=row.kind, key=row.key, raw=row.raw or b"", position="1")


def x12(lines: Iterable[str], *, document: str, code: str, control: int = 1) -> bytes:
    """An interchange of ACME, written by hand."""
    body = list(lines)
    head = [
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{'ACME':15}*ZZ*{'ANDON':15}*251125*1200*U*00401"
        f"*{control:09}*0*P*>",
        f"GS*{code}*ACME*ANDON*20251125*1200*{control}*X*004010",
        f"ST*{document}*0001",
    ]
    tail = [f"SE*{len(body) + 2}*0001", f"GE*1*{control}", f"IEA*1*{control:09}"]
    return "".join(f"{line}~\n" for line in [*head, *body, *tail]).encode()


def edifact(lines: Iterable[str], *, document: str, control: int = 1) -> bytes:
    """An interchange of BETA, written by hand."""
    body = list(lines)
    head = [
        "UNA:+.? ",
        f"UNB+UNOC:3+4000001:14+4000002:14+251125:1200+{control}",
        f"UNH+1+{document}:D:96A:UN",
    ]
    tail = [f"UNT+{len(body) + 2}+1", f"UNZ+1+{control}"]
    return "".join(f"{line}'" for line in [*head, *body, *tail]).encode()
