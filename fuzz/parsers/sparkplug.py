"""Payloads as a host hears them: a birth, data, a death, each watched metric read."""

from pathlib import Path

import msgspec

from andon.connectors.sparkplug.addresses import Address
from andon.connectors.sparkplug.device import Device, Moment
from andon.connectors.sparkplug.items import item_of
from andon.connectors.sparkplug.news import Watched
from andon.connectors.sparkplug.payloads import read_payload
from andon.connectors.sparkplug.said import Change, Life, Odd, Said
from fuzz import Parser

_SESSION = Path(__file__).parents[2] / "tests/samples/sparkplug/session_pysparkplug.jsonl"
_NOON = 1_795_500_000_000
_ALL = Watched("any", 0.5, 0.0, ("State",))


def _heard(data: bytes) -> object:
    payload = read_payload(data, largest=65_536)
    device = Device(Address("Plant1", "edge1"), lambda _address, _metric: _ALL)
    said: list[Said] = []
    device.birth(payload, Moment(1.0, _NOON), said)
    device.data(payload, Moment(2.0, _NOON), said)
    device.death(Moment(3.0, _NOON), said)
    return [item_of(one, "life") for one in said if isinstance(one, Change | Life | Odd)]


PARSERS = (
    Parser(
        "payload",
        _heard,
        [
            bytes.fromhex(msgspec.json.decode(line)["payload_hex"])
            for line in _SESSION.read_text().splitlines()
        ],
    ),
)
