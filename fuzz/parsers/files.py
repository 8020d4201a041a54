"""Rows of each format, and archives they come in."""

import asyncio
import gzip
import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from andon.connectors._folders.content import content_of
from andon.connectors._folders.threads import Threads
from andon.connectors.files.reading import rows_of
from andon.connectors.files.shapes import Column, Csv, Fixed, Format, JsonLines, Trailer, Xml
from fuzz import Parser

_CSV = Csv(
    encoding="cp1252",
    delimiter=";",
    decimal=",",
    thousands=".",
    zone="Europe/Berlin",
    columns={
        "Auftrag": Column(name="order"),
        "Menge": Column(name="good", type="number"),
        "Fertig": Column(name="done_at", type="time", format="%d.%m.%Y %H:%M:%S"),
    },
)
_FIXED = Fixed(
    code=(1, 2),
    records={
        "10": {"order": (3, 6), "good": (9, 7)},
        "20": {"lot": (3, 8)},
        "99": {"count": (3, 6)},
    },
    columns={"good": Column(type="number", implied=2)},
    trailer=Trailer(first="99"),
)
_XML = Xml(record="order", columns={"good": Column(type="number")})


def _rows(form: Format) -> Callable[[bytes], object]:
    return lambda content: list(rows_of(io.BytesIO(content), form))


_FOLDER = tempfile.TemporaryDirectory(prefix="andon-fuzz-")
_THREADS = Threads("fuzz")
_MOST = 1_000_000
_WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_PLAIN = b"order;good\n1;2\n" * 100


async def _unpack(content: bytes, name: str) -> int:
    packed = Path(_FOLDER.name) / name
    packed.write_bytes(content)
    async with content_of(packed, name, "0", most=_MOST, threads=_THREADS) as found:
        size = found.path.stat().st_size
        assert size <= _MOST, f"{size} bytes were unpacked"
        return size


def _unpacked(name: str) -> Callable[[bytes], object]:
    return lambda content: asyncio.run(_unpack(content, name))


def _zip(way: int, *members: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", way) as archive:
        for member in members:
            archive.writestr(member, _PLAIN)
    return packed.getvalue()


PARSERS = (
    Parser(
        "csv",
        _rows(_CSV),
        [b'Auftrag;Menge;Fertig\r\n1;1.234,50;24.12.2025 07:30:00\r\n"2""";x;\r\n'],
    ),
    Parser("json lines", _rows(JsonLines()), [b'{"a":1}\n{"b":[1,2,{"c":null}]}\n']),
    Parser("fixed", _rows(_FIXED), [b"101001  0001250\n20LOT00001\n99000002\n"]),
    Parser(
        "xml",
        _rows(_XML),
        [b'<?xml version="1.0"?><orders><order id="1"><good>5</good></order></orders>'],
    ),
    Parser(
        "gz",
        _unpacked("rows.csv.gz"),
        [gzip.compress(_PLAIN), gzip.compress(_PLAIN)[:40], gzip.compress(b"") * 2 + b"\0" * 9],
    ),
    Parser(
        "zip",
        _unpacked("rows.zip"),
        [
            *(_zip(way, "rows.csv") for way in _WAYS),
            _zip(zipfile.ZIP_STORED, "rows.csv", "more.csv"),
            _zip(zipfile.ZIP_STORED, "folder/"),
        ],
    ),
)
