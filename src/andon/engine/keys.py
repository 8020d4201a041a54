"""Keys of items as a log can hold them: what another system sends may be of any length."""

__all__ = ["fitting"]

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from andon.core.connector import Item
from andon.store.ingest import kept

_MOST = 600
"""Letters; a key of more is its beginning and its digest, still the same at every sending."""
_SHOWN = 150


def fitting(items: Sequence[Item]) -> Sequence[Item]:
    """The items, those with a key or a mirror that no index holds under a shorter one."""
    if all(_fits(item.key) and _fits(item.mirror or "") for item in items):
        return items
    return [
        msgspec.structs.replace(
            item, key=_short(item.key), mirror=item.mirror and _short(item.mirror)
        )
        for item in items
    ]


def _fits(name: str) -> bool:
    return len(name) <= _MOST and "\x00" not in name


def _short(name: str) -> str:
    if _fits(name):
        return name
    digest = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{kept(name[:_SHOWN])}~{digest}"
