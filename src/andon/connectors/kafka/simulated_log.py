"""What a small broker keeps of one partition."""

__all__ = ["Kept", "Partition"]

import asyncio
import struct

from andon.connectors.kafka.library import crc32c

_LOG_APPEND_TIME = 0x08


class Kept:
    """Records as one producer sent them, with its times, or with that of their arrival."""

    def __init__(self, first: int, raw: bytes, arrived: int | None = None) -> None:
        if arrived is not None:
            raw = _stamped(raw, arrived)
        self.first = first
        self.raw = struct.pack("!q", first) + raw[8:]
        self.last = first + struct.unpack("!i", raw[23:27])[0]
        self.newest: int = struct.unpack("!q", raw[35:43])[0]
        self.sender: tuple[int, int, int] = struct.unpack("!qhi", raw[43:57])


class Partition:
    """A log with a beginning that retention moves."""

    def __init__(self) -> None:
        self.begin = self.end = 0
        self.batches: list[Kept] = []
        self.arrived = asyncio.Event()
        self._sent: dict[tuple[int, int, int], Kept] = {}

    def append(self, raw: bytes, arrived: int | None = None) -> Kept:
        """Once for each sequence number of a producer."""
        batch = Kept(self.end, raw, arrived)
        if batch.sender[0] >= 0:
            known = self._sent.setdefault(batch.sender, batch)
            if known is not batch:
                return known
        self.batches.append(batch)
        self.end = batch.last + 1
        self.arrived.set()
        self.arrived.clear()
        return batch

    def read(self, after: int, most: int) -> bytes:
        """Whole batches, one at least."""
        found = b""
        low, high = 0, len(self.batches)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.batches[middle].last < after else (low, middle)
        for batch in self.batches[low:]:
            if found and len(found) + len(batch.raw) > most:
                break
            found += batch.raw
        return found

    def forget(self, before: int) -> None:
        """What retention does."""
        self.begin = before
        self.batches = [batch for batch in self.batches if batch.last >= before]
        self._sent = {batch.sender: batch for batch in self.batches if batch.sender[0] >= 0}


def _stamped(raw: bytes, moment: int) -> bytes:
    """The batch as a topic with `message.timestamp.type=LogAppendTime` keeps it (Kafka's record
    batch, version 2: the checksum covers all from the attributes on)."""
    (attributes,) = struct.unpack("!h", raw[21:23])
    kept = struct.pack("!h", attributes | _LOG_APPEND_TIME) + raw[23:35]
    kept += struct.pack("!q", moment) + raw[43:]
    return raw[:17] + struct.pack("!I", crc32c(kept)) + kept
