"""What is kept of what a system sent: its bytes, or of too many of them a digest and a size."""

__all__ = ["KEPT_WHOLE", "measured", "said_of", "whole"]

from collections.abc import Mapping
from hashlib import sha256

KEPT_WHOLE = 1 << 20
"""Bytes that are kept as they came; of more of them the digest and the size."""


def whole(raw: bytes) -> bytes | None:
    """The bytes, None when they are too many to be kept."""
    return raw if len(raw) <= KEPT_WHOLE else None


def measured(raw: bytes) -> Mapping[str, object]:
    """For the detail of an exception: digest and size of what is not kept, else nothing."""
    if len(raw) <= KEPT_WHOLE:
        return {}
    return {"sha256": sha256(raw).hexdigest(), "bytes": len(raw)}


def said_of(raw: bytes) -> str:
    """For the text of an exception: what is kept."""
    if len(raw) <= KEPT_WHOLE:
        return "is kept"
    return f"has {len(raw):,} bytes, of which only the digest is kept"
