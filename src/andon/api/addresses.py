"""Ids in addresses: any text may be one."""

__all__ = ["addressed", "as_sent"]

from typing import Any, cast
from urllib.parse import quote, unquote_to_bytes

from andon.api.callers import Asked


def addressed(under: str, id: str) -> str:
    """Where an id is asked for."""
    return f"{under}/{quote(id, safe=':')}"


def as_sent(request: Asked, under: str, id: str) -> str:
    """The id that stands under an address: the router, which found `id`, folds double and trailing
    slashes, which may be part of one."""
    raw: bytes = cast(Any, request.scope).get("raw_path") or b""
    _, found, rest = raw.partition(f"{under}/".encode())
    if not found:
        return id.removeprefix("/")
    return unquote_to_bytes(rest.partition(b"?")[0]).decode("utf-8", "replace")
