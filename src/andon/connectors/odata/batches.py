"""`$batch`: several changes as one, written and read (multipart, as OData 2 and 4 both know it)."""

__all__ = ["Change", "Part", "change_set", "in_turn", "parts_of"]

import re
from collections.abc import Mapping, Sequence

import msgspec

from andon.core.errors import MappingError

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})"?', re.IGNORECASE)
_MOST = 1000


class Change(msgspec.Struct, frozen=True):
    """One operation of a change set."""

    method: str
    path: str
    """Below the service's root."""
    body: bytes | None
    headers: Mapping[str, str] = {}


class Part(msgspec.Struct, frozen=True):
    """The answer to one operation, or to the whole set when it was refused."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    number: str = ""
    """The `Content-ID` of the operation it answers, where that is said."""


def change_set(changes: Sequence[Change], boundary: str, *, json: str) -> tuple[str, bytes]:
    """Content type and body of a batch with one change set: all of it happens, or nothing.

    `json` is what a body is written in, and what each answer shall be: the headers of the whole
    count for none of its operations, and a gateway that is told nothing answers in XML.
    """
    inner = f"changeset_{boundary}"
    lines: list[bytes] = [
        f"--batch_{boundary}".encode(),
        f"Content-Type: multipart/mixed; boundary={inner}".encode(),
        b"",
    ]
    for number, change in enumerate(changes, start=1):
        lines += [
            f"--{inner}".encode(),
            b"Content-Type: application/http",
            b"Content-Transfer-Encoding: binary",
            f"Content-ID: {number}".encode(),
            b"",
            f"{change.method} {change.path} HTTP/1.1".encode(),
            *(f"{name}: {value}".encode() for name, value in change.headers.items()),
            f"Accept: {json}".encode(),
        ]
        if change.body is None:
            lines += [b"", b"", b""]
        else:
            lines += [f"Content-Type: {json}".encode()]
            lines += [f"Content-Length: {len(change.body)}".encode(), b"", change.body]
    lines += [f"--{inner}--".encode(), f"--batch_{boundary}--".encode(), b""]
    return f"multipart/mixed; boundary=batch_{boundary}", b"\r\n".join(lines)


def parts_of(content_type: str, body: bytes) -> list[Part]:
    """Every answer inside a batch's answer, in order. Raises MappingError where there is none."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise MappingError(f"a batch answered without parts: {content_type[:100] or 'no type'}")
    return list(_parts(body, found[1], nested=False))


def in_turn(parts: Sequence[Part]) -> Sequence[Part]:
    """The answers in the order of their operations. A service may give them in any other, and then
    says of each which one it answers; one that says nothing keeps the order."""
    numbered = {part.number: part for part in parts}
    wanted = [str(number) for number in range(1, len(parts) + 1)]
    if numbered.keys() != set(wanted):
        return parts
    return [numbered[number] for number in wanted]


def _parts(body: bytes, boundary: str, *, nested: bool) -> list[Part]:
    parts: list[Part] = []
    for piece in _pieces(body, boundary):
        head, rest = _head(piece)
        kind = head.get("content-type", "")
        inner = _BOUNDARY.search(kind)
        if kind.lower().startswith("multipart/") and inner is not None and not nested:
            parts += _parts(rest, inner[1], nested=True)
        else:
            parts.append(_answer(rest, head.get("content-id", "")))
        if len(parts) > _MOST:
            raise MappingError(f"a batch answered with more than {_MOST} parts")
    return parts


def _pieces(body: bytes, boundary: str) -> list[bytes]:
    """What stands between the boundary's lines; the closing line must be there."""
    mark = b"--" + boundary.encode()
    pieces: list[bytes] = []
    began: int | None = None
    at = 0
    for line in body.splitlines(keepends=True):
        bare = line.rstrip()
        if bare in (mark, mark + b"--"):
            if began is not None:
                pieces.append(body[began:at])
            began = at + len(line)
            if bare != mark:
                return pieces
        at += len(line)
    raise MappingError("a batch's answer ends before its last part")


def _answer(piece: bytes, number: str) -> Part:
    line, _, rest = piece.lstrip(b"\r\n").partition(b"\n")
    status = _STATUS.match(line)
    if status is None:
        raise MappingError(f"a part of a batch is no answer: {line[:60]!r}")
    headers, body = _head(rest)
    length = headers.get("content-length", "")
    if length.isdigit():
        body = body[: int(length[:9])]
    # Older services write it among the headers of the answer itself.
    number = number or headers.get("content-id", "")
    return Part(int(status[1]), headers, body.strip(), number)


def _head(piece: bytes) -> tuple[dict[str, str], bytes]:
    headers: dict[str, str] = {}
    rest = piece
    while rest:
        line, _, rest = rest.partition(b"\n")
        line = line.rstrip(b"\r")
        if not line:
            break
        name, _, value = line.decode("utf-8", "replace").partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers, rest
