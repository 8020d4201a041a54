"""A recorded session of an implementation that is not ours reads as another one decoded it."""

from pathlib import Path
from typing import Any, cast

import msgspec

from andon.connectors.sparkplug.datatypes import named
from andon.connectors.sparkplug.payloads import read_payload
from andon.connectors.sparkplug.schema import Holder, Metric
from andon.connectors.sparkplug.values import value_of

FOLDER = Path(__file__).parents[3] / "samples" / "sparkplug"


def test_a_recorded_session_is_decoded_as_by_others() -> None:
    lines = (FOLDER / "session_pysparkplug.jsonl").read_text().splitlines()
    decoded = msgspec.json.decode((FOLDER / "session_pysparkplug.decoded.json").read_bytes())
    ours = [as_decoded(msgspec.json.decode(line)) for line in lines]
    assert ours == decoded
    assert len(ours) == 8


def as_decoded(line: dict[str, Any]) -> dict[str, Any]:
    """In the form of the other decoder, which writes 64-bit numbers as texts."""
    payload = read_payload(bytes.fromhex(line["payload_hex"]), largest=1 << 20)
    found: dict[str, Any] = {
        "timestamp": str(payload.timestamp),
        "metrics": [metric_of(metric) for metric in payload.metrics],
    }
    if payload.HasField("seq"):
        found["seq"] = str(payload.seq)
    return {"topic": line["topic"], "decoded": found}


def metric_of(metric: Metric) -> dict[str, Any]:
    value = value_of(cast("Holder", metric), metric.datatype)
    return {
        "value": str(value) if named(metric.datatype) == "Int64" else value,
        "type": named(metric.datatype),
        "name": metric.name,
        "timestamp": str(metric.timestamp),
    }
