"""CloudEvents 1.0 over HTTP: attributes travel as `ce-` headers, percent-encoded."""

__all__ = ["headers_of", "items_of"]

from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote

from andon.connectors._cloudevents import events_of
from andon.core.connector import Arrival, Item

_PREFIX = "ce-"
_PLAIN = "!#$&'()*+,-./:;<=>?@[\\]^_`{|}~"


def items_of(arrival: Arrival) -> Sequence[Item]:
    """All events of one post, in order. Raises MappingError when the post is no CloudEvent; one odd
    event of a batch is kept as an item no mapping reads, and the others go on."""
    attributes = {
        name.removeprefix(_PREFIX): unquote(value.strip('"'))
        for name, value in arrival.headers.items()
        if name.startswith(_PREFIX)
    }
    return events_of(arrival.headers.get("content-type", ""), attributes, arrival.body)


def headers_of(attributes: Mapping[str, str]) -> Mapping[str, str]:
    """Attributes as the headers of the binary mode."""
    return {f"{_PREFIX}{name}": quote(value, safe=_PLAIN) for name, value in attributes.items()}
