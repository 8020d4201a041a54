"""Items of a file: its rows, and what is wrong with it, each with its place. Pure."""

__all__ = ["FAULT", "FINDING", "Fault", "Finding", "ItemsOf", "reason_of"]

import base64
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from andon.connectors._folders.layout import Layout
from andon.connectors._folders.place import Place, row_place
from andon.connectors._folders.rows import Bad, Broken, Row
from andon.connectors._folders.work import Taken
from andon.core.connector import Item
from andon.core.errors import MappingError

FAULT = "file.fault"
"""Kind of an item that could not be read."""
FINDING = "file.finding"
"""Kind of an item that says something odd about a file."""

_encode = msgspec.json.Encoder().encode


class Fault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A row, or a whole file, that could not be read."""

    file: str
    says: str
    line: int = 0
    row: int = 0
    """0: the file."""
    text: str | None = None
    """What stands there, if it is not too long."""
    base64: str | None = None
    """The same, where it is no text."""
    bytes: int = 0
    digest: str = ""
    """Of the file; names it in the rejected folder or the archive."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something people should know about a file that was read, or left alone."""

    file: str
    code: str
    says: str


class ItemsOf:
    """One file's items; its sequence number is the last one seen when they are recorded."""

    def __init__(self, layout: Layout, most: int, taken: Taken, digest: str, place: Place) -> None:
        self._layout = layout
        self._most = most
        self._taken = taken
        self._digest = digest
        self.left_out: list[str] = []
        """Rows too long to lie beside their exceptions: the file itself is kept for them."""
        self._before = place.written()
        self._sequence = place.sequence
        self._changed_at = _moment(taken.entry.changed_at)
        match layout.identity:
            case "content":
                self._key = digest
            case "file":
                self._key = f"{taken.name}/{digest}"
            case "name":
                self._key = taken.name

    def row(self, row: Row, sequence: int | None) -> Item:
        """One row as its mapping wants it."""
        raw = row.raw
        if raw is None:
            raw = _encode({"@file": self._taken.name, "@line": row.line, **row.body})
        if len(raw) > self._most:
            says = f"the item has {len(raw)} bytes; `item_bytes` allows {self._most}"
            return self.bad(Bad(row.number, row.line, says, None), sequence)
        try:
            key = self._layout.key(row)
        except MappingError as error:
            return self.bad(Bad(row.number, row.line, str(error), raw.decode()), sequence)
        return Item(
            kind=row.kind or self._layout.kind,
            key=key or f"{self._key}/{row.number}",
            raw=raw,
            mirror=row.mirror or None,
            position=row_place(self._taken.number, row.number, sequence),
            occurred_at=row.occurred_at or self._changed_at,
        )

    def bad(self, bad: Bad, sequence: int | None) -> Item:
        """One row that could not be read."""
        text = None if bad.text is None else _printable(bad.text)
        if text is None or len(text) > self._most // 2:
            text = None
            self.left_out.append(f"line {bad.line}: {bad.says}")
        fault = Fault(
            file=self._taken.name,
            says=bad.says,
            line=bad.line,
            row=bad.number,
            text=text,
            digest=self._digest,
        )
        place = Place(self._taken.number, bad.number, sequence)
        return self._item(FAULT, f"{self._digest}/{bad.number}", _encode(fault), place.written())

    def broken(self, broken: Broken, rows: int, content: bytes, sequence: int | None) -> Item:
        """The file, from some place on. `content` is all of it, or empty when it is too long."""
        text = encoded = None
        if content:
            try:
                text = content.decode()
            except UnicodeDecodeError:
                encoded = base64.b64encode(content).decode()
        fault = Fault(
            file=self._taken.name,
            says=broken.says,
            line=broken.line,
            text=text,
            base64=encoded,
            bytes=self._taken.entry.size,
            digest=self._digest,
        )
        place = Place(self._taken.number, rows, sequence)
        return self._item(
            FAULT, f"{self._digest or self._taken.name}/file", _encode(fault), place.written()
        )

    def finding(self, code: str, says: str) -> Item:
        """About the file as a whole, said before its rows."""
        finding = Finding(file=self._taken.name, code=code, says=says)
        key = f"{self._taken.name}/{self._digest}"
        return self._item(FINDING, key, _encode(finding), self._before)

    def _item(self, kind: str, key: str, raw: bytes, position: str) -> Item:
        return Item(kind=kind, key=key, raw=raw, position=position, occurred_at=self._changed_at)


def reason_of(taken: Taken, broken: Sequence[str], rows: int, digest: str) -> str:
    """What lies beside a rejected file, for whoever opens the folder."""
    read = "Nothing was read from it."
    if rows:
        read = f"Of its rows up to number {rows}, those that could be read are recorded."
    return (
        f"{taken.name} was rejected.\n\n"
        + "\n".join(broken)
        + f"\n\n{read}\nIt has {taken.entry.size} bytes, digest {digest}."
        "\nCorrect it at its sender and send it again; this one is not looked at any more.\n"
    )


def _moment(seconds: float) -> datetime | None:
    """When a file was changed last; None where its clock is plainly wrong."""
    now = datetime.now(UTC)
    if not 0 < seconds < now.timestamp():
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _printable(text: str) -> str:
    """Bytes that were none of the encoding are shown as such."""
    try:
        return text.encode(errors="surrogateescape").decode(errors="backslashreplace")
    except UnicodeEncodeError:
        return text.encode("ascii", "backslashreplace").decode()
