"""Payloads from bytes, compressed ones too, never larger than allowed."""

__all__ = ["COMPRESSED", "read_payload"]

import zlib

from andon.connectors.sparkplug.schema import ParseError, Payload, new_payload
from andon.core.errors import Fault, MappingError

COMPRESSED = "SPBV1.0_COMPRESSED"
"""The `uuid` of a payload whose `body` is another payload, by GZIP or DEFLATE."""

_ANY_HEADER = 47
"""zlib's window bits for either."""


def read_payload(data: bytes, *, largest: int) -> Payload:
    """One payload. Raises MappingError with what is wrong."""
    payload, uuid = _parsed(data, largest)
    if uuid != COMPRESSED:
        return payload
    try:
        inflating = zlib.decompressobj(_ANY_HEADER)
        inner = inflating.decompress(payload.body, largest + 1)
    except zlib.error as error:
        raise _refused(f"its compressed body cannot be read: {error}", "/body") from error
    if len(inner) <= largest and not inflating.eof:
        raise _refused("its compressed body breaks off", "/body")
    found, uuid = _parsed(inner, largest)
    if uuid == COMPRESSED:
        raise _refused("it is compressed twice", "/body")
    return found


def _parsed(data: bytes, largest: int) -> tuple[Payload, str]:
    """With its `uuid`, decoded now, so that a text that is none is found here."""
    if len(data) > largest:
        raise _refused(f"it is longer than {largest:,} bytes, the most this connection reads", "")
    payload = new_payload()
    try:
        payload.ParseFromString(data)
        return payload, payload.uuid
    except (ParseError, ValueError) as error:
        raise _refused(f"{error}", "") from error


def _refused(says: str, at: str) -> MappingError:
    return MappingError(f"This is no Sparkplug B payload: {says}", [Fault(at, says)])
