"""Records of each format, as binary CloudEvents too, and positions."""

from collections.abc import Callable, Sequence
from typing import Literal

from andon.connectors.kafka import Topic
from andon.connectors.kafka.items import Taken, items_of
from andon.connectors.kafka.places import Places
from fuzz import Parser

_BINARY = [("ce_specversion", b"1.0"), ("ce_id", b"1"), ("ce_source", b"/7"), ("ce_type", b"t")]
_WHOLE = [("content-type", b"application/cloudevents+json")]
_BATCH = [("content-type", b"application/cloudevents-batch+json")]


def _record(
    form: Literal["json", "text", "bytes", "cloudevents"],
    headers: Sequence[tuple[str, bytes | None]] = (),
) -> Callable[[bytes], object]:
    key = "/id" if form == "json" else None
    topic = Topic(topic="orders", format=form, key=key)
    return lambda value: items_of(
        "order", topic, Taken("orders", 0, 1, 0, 0, value[:8], value, headers)
    )


_EVENT = b'{"specversion":"1.0","id":"1","source":"/7","type":"t","data":{"qty":1.50}}'

PARSERS = (
    Parser("json", _record("json"), [b'{"id":"E1","qty":1.50}']),
    Parser("text", _record("text"), ["Größe".encode()]),
    Parser("binary event", _record("cloudevents", _BINARY), [b'{"qty":1.50}']),
    Parser("structured event", _record("cloudevents", _WHOLE), [_EVENT]),
    Parser("batch", _record("cloudevents", _BATCH), [b"[" + _EVENT + b"]"]),
    Parser(
        "position",
        lambda text: Places.of(text.decode("utf-8", "replace")),
        [b'{"orders":{"0":[15,0],"1":[7]}}'],
    ),
)
