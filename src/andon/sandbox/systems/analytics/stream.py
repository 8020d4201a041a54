"""The topic that analytics offers: whoever has the password appends, and its loader reads on."""

__all__ = ["TOPIC", "Stream"]

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from andon.connectors.kafka.library import records_of
from andon.connectors.kafka.simulated import Broker
from andon.sandbox.systems.analytics.rows import Told

TOPIC = "acme.analytics"


class Stream:
    """CloudEvents in binary mode. It knows an event again by its id: told twice, stored once."""

    def __init__(self, password: str, clock: Callable[[], datetime]) -> None:
        self.broker = Broker([TOPIC], username="andon", password=password, clock=clock)
        self.store: dict[str, Told] = {}
        """By id, in the order in which each partition holds them."""
        self.repeated = 0
        """Records that were there already."""
        self.refused: list[bytes] = []
        """Values of records that are no CloudEvents."""
        self._read = [0] * len(self.broker.topics[TOPIC])

    def load(self) -> None:
        """On from where each partition was read to."""
        for n, partition in enumerate(self.broker.topics[TOPIC]):
            for batch in partition.batches[self._read[n] :]:
                for record in records_of(batch.raw):
                    self._take(record.value or b"", record.headers)
            self._read[n] = len(partition.batches)

    def _take(self, value: bytes, headers: Sequence[tuple[str, bytes]]) -> None:
        said = {name: text.decode() for name, text in headers}
        try:
            id, row = _event(said, value)
        except (KeyError, ValueError):
            self.refused.append(value)
            return
        self.repeated += id in self.store
        self.store.setdefault(id, row)


def _event(said: Mapping[str, str], value: bytes) -> tuple[str, Told]:
    """Raises KeyError or ValueError for what is no CloudEvent with a subject and JSON data."""
    if said["ce_specversion"] != "1.0" or said["content-type"] != "application/json":
        raise ValueError("no CloudEvent of version 1.0 in JSON")
    row = Told(
        said["ce_type"],
        said["ce_subject"],
        datetime.fromisoformat(said["ce_time"]),
        msgspec.json.decode(value, type=dict[str, Any]),
    )
    return said["ce_id"], row
