"""Rows of each format."""

import io
from collections.abc import Callable

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
)
