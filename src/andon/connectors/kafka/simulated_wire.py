"""Requests as a small broker reads them: one version of each."""

__all__ = ["SPOKEN", "asked", "frame"]

import asyncio
import struct
from io import BytesIO
from typing import Any, cast

import aiokafka.protocol.admin as admin  # pyright: ignore[reportMissingTypeStubs] it has none
import aiokafka.protocol.commit as commit  # pyright: ignore[reportMissingTypeStubs]
import aiokafka.protocol.coordination as group  # pyright: ignore[reportMissingTypeStubs]
import aiokafka.protocol.fetch as fetch  # pyright: ignore[reportMissingTypeStubs]
import aiokafka.protocol.metadata as metadata  # pyright: ignore[reportMissingTypeStubs]
import aiokafka.protocol.offset as offset  # pyright: ignore[reportMissingTypeStubs]
import aiokafka.protocol.produce as produce  # pyright: ignore[reportMissingTypeStubs]
import aiokafka.protocol.transaction as transaction  # pyright: ignore[reportMissingTypeStubs]

SPOKEN: dict[int, Any] = {
    kind.API_KEY: kind
    for kind in (
        cast("Any", admin).ApiVersionRequest_v0,
        cast("Any", admin).SaslHandShakeRequest_v1,
        cast("Any", admin).SaslAuthenticateRequest_v0,
        cast("Any", metadata).MetadataRequest_v4,
        cast("Any", produce).ProduceRequest_v3,
        cast("Any", fetch).FetchRequest_v4,
        cast("Any", offset).OffsetRequest_v2,
        cast("Any", transaction).InitProducerIdRequest_v0,
        cast("Any", group).FindCoordinatorRequest_v0,
        cast("Any", commit).OffsetCommitRequest_v2,
    )
}
"""One version of each request, by its number."""


def asked(sent: bytes) -> tuple[Any, int]:
    """The request in a frame and its number. Raises KeyError for one that is not spoken here."""
    kind, version, number = struct.unpack("!hhi", sent[:8])
    name = struct.unpack("!h", sent[8:10])[0]
    shape = SPOKEN[kind]
    if version != shape.API_VERSION and kind != 18:
        raise KeyError(kind)
    return shape.decode(BytesIO(sent[10 + max(name, 0) :])), number


async def frame(reader: asyncio.StreamReader) -> bytes:
    """One request, whole."""
    size = struct.unpack("!i", await reader.readexactly(4))[0]
    if not 8 <= size <= 100_000_000:
        raise ConnectionError("no frame")
    return await reader.readexactly(size)
