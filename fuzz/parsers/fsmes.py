"""Confirmations as the MES posts them, what they are read as, and acknowledgments."""

from andon.connectors.fsmes import Fsmes, FsmesSettings, mappings
from andon.core.connector import Acknowledge, Arrival, Push
from andon.core.mapping import Inbound, Known
from fuzz import Parser
from fuzz.samples import recorded

_SETTINGS = FsmesSettings(units={"RAW-SUGAR": "kg"}, time_zone="Europe/Berlin")
_DOORS = Fsmes("mes", _SETTINGS).doors()
_READS = {one.kind: one for one in mappings if isinstance(one, Inbound)}
(_PUSHED,) = [one for one in _DOORS if isinstance(one, Push)]
(_ACKNOWLEDGED,) = [one for one in _DOORS if isinstance(one, Acknowledge)]


def _confirmed(body: bytes) -> object:
    known = Known(_SETTINGS)
    items = _PUSHED.items(Arrival({}, {}, {}, body))
    return [[*_READS[item.kind].reads(item, known)] for item in items if item.kind in _READS]


def _acknowledged(code: bytes) -> object:
    path = {"code": code.decode("utf-8", "replace")}
    return _ACKNOWLEDGED.read(Arrival(path, {}, {}, b"{}"))


PARSERS = (
    Parser(
        "confirmation",
        _confirmed,
        [*recorded("fsmes/*-completion.json"), *recorded("fsmes/*-op10.json")],
    ),
    Parser("acknowledgment", _acknowledged, [b"WO-EXACT", b"WO%2F7"]),
)
