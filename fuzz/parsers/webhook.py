"""CloudEvents in their three HTTP modes, and signatures in headers."""

from collections.abc import Callable

from andon.connectors.webhook.cloudevents import items_of
from andon.core.connector import Arrival
from fuzz import Parser

_EVENT = b'{"specversion":"1.0","id":"A-1","source":"/plants/7","type":"done","data":{"good":12.5}}'
_SAYS = {"ce-specversion": "1.0", "ce-id": "A-1", "ce-source": "/plants/7", "ce-type": "done"}


def _post(kind: str, **headers: str) -> Callable[[bytes], object]:
    named = {**headers, "content-type": kind}
    return lambda body: items_of(Arrival({}, {}, named, body))


PARSERS = (
    Parser("structured", _post("application/cloudevents+json"), [_EVENT]),
    Parser("batch", _post("application/cloudevents-batch+json"), [b"[" + _EVENT + b"]"]),
    Parser("binary", _post("application/json", **_SAYS), [b'{"good":12.5}']),
)
