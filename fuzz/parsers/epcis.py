"""Capture documents, with the event's identity and what it means to us."""

from andon.connectors.epcis import MAPPINGS, Epcis, EpcisSettings
from andon.core.connector import Arrival, Push
from andon.core.mapping import Inbound, Known
from fuzz import Parser
from fuzz.samples import samples

_DOOR = next(door for door in Epcis("epcis", EpcisSettings()).doors() if isinstance(door, Push))
_MAPPINGS = {one.kind: one for one in MAPPINGS if isinstance(one, Inbound)}
_HEADERS = {"content-type": "application/ld+json"}


def _captured(body: bytes) -> object:
    items = list(_DOOR.items(Arrival({}, {}, _HEADERS, body)))
    return [
        list(mapping.reads(item, Known(EpcisSettings())))
        for item in items
        if (mapping := _MAPPINGS.get(item.kind)) is not None
    ]


PARSERS = (Parser("capture", _captured, samples("epcis-*/**/*.json*")),)
