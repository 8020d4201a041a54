"""CloudEvents 1.0 over HTTP: attributes travel as `ce-` headers, percent-encoded."""

__all__ = ["items_of"]

from collections.abc import Sequence

from andon.connectors._cloudevents import events_of, said_in
from andon.core.connector import Arrival, Item


def items_of(arrival: Arrival) -> Sequence[Item]:
    """All events of one post, in order. Raises MappingError when the post is no CloudEvent; one odd
    event of a batch is kept as an item no mapping reads, and the others go on."""
    attributes = said_in(arrival.headers)
    return events_of(arrival.headers.get("content-type", ""), attributes, arrival.body)
