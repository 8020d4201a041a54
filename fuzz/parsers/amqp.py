"""Messages of each format, and headers as a broker packs them."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from pamqp import decode

from andon.connectors._topics import AMQP, Template
from andon.connectors.amqp.items import Arrived, Reader, items_of
from fuzz import Parser

_EVENT = {
    "cloudEvents:specversion": "1.0", "cloudEvents:id": "1", "cloudEvents:source": "/7",
    "cloudEvents:type": "t",
}  # fmt: skip


def _message(
    form: Literal["json", "text", "bytes", "cloudevents"], headers: Mapping[str, Any] | None = None
) -> Callable[[bytes], object]:
    key = "/id" if form == "json" else None
    reader = Reader("state", "q", Template("acme.{rest...}", AMQP), form, key, None)
    return lambda payload: items_of(
        [reader], Arrived("q", "acme", "acme.a", {}, headers or {}, payload, 1)
    )


def _headers(packed: bytes) -> object:
    """What the library cannot unpack never reaches us."""
    try:
        _, table = decode.field_table(packed)
    except Exception:
        return None
    return _message("cloudevents", table)(b"{}")


PARSERS = (
    Parser("json", _message("json"), [b'{"id":"E1","qty":1.50}']),
    Parser("text", _message("text"), ["Größe".encode()]),
    Parser("binary event", _message("cloudevents", _EVENT), [b'{"qty":1.50}']),
    Parser("headers", _headers, [b"\0\0\0\7\1at\1\1bt\0", b"\0\0\0\x0b\1aT" + bytes(8)]),
)
