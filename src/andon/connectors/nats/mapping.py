"""Pieces for projects: gaps as findings, and what happened, published to a subject."""

__all__ = ["Publication", "mappings", "noted"]

from collections.abc import Iterable

from andon.connectors._publication import Publication
from andon.connectors.nats.items import GAP, Gap
from andon.core.connector import Item
from andon.core.mapping import Known, Said, inbound
from andon.core.message import Finding


@inbound(GAP)
def noted(item: Item, _: Known) -> Iterable[Said]:
    """People are told what the stream let go before we read it; nothing is held up."""
    said = item.read(Gap)
    yield Finding("stream-gap", f"{said.stream} {said.first}-{said.last}: {said.says}")


mappings = (noted,)
"""Put these beside your own: `[released, *nats.mappings]`."""
