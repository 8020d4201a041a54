"""Events as items with a key of their own, and marked with ours on the way out."""

__all__ = ["item_of", "listed", "with_id"]

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any, cast
from uuid import NAMESPACE_URL, uuid5

import msgspec

from andon.connectors.epcis.document import Captured
from andon.connectors.epcis.identity import content_id
from andon.core.connector import Item, Position
from andon.core.errors import MappingError
from andon.core.moments import aware


def item_of(captured: Captured, *, position: Position | None = None) -> Item:
    """An event as an item; its key is its eventID, or the id of its content."""
    event = captured.event
    said = event.get("eventID")
    declared = event.get("errorDeclaration")
    key = said if isinstance(said, str) and said else _content_key(captured)
    if isinstance(declared, dict) and declared:  # the same id, taken back: that is another fact
        key = f"{key}?declared={cast('dict[str, Any]', declared).get('declarationTime', '')}"
    kind = event.get("type")
    return Item(
        kind=kind if isinstance(kind, str) else "event",
        key=key,
        raw=captured.raw,
        position=position,
        occurred_at=aware(event.get("eventTime")),
    )


def _content_key(captured: Captured) -> str:
    try:
        return content_id(captured.event, captured.context)
    except MappingError:
        # kept whole under a key of its bytes: the mapping will refuse it with every fault
        return blake2b(captured.raw, digest_size=16).hexdigest()


def with_id(event: Mapping[str, Any], key: str, *, at: datetime) -> dict[str, Any]:
    """The event with our key in an extension, and the id of all that as its eventID.

    One that says no time has happened now. A hash would cover the time, which differs at each
    attempt, so such an event is known by an UUID made of key and content.
    """
    context = [{"andon": "urn:andon:epcis:"}, *listed(event.get("@context", []))]
    marked = {**event, "@context": context, "andon:key": key}
    if "eventTime" not in marked:
        content = msgspec.json.encode(marked, order="sorted").decode()
        marked.setdefault("eventID", f"urn:uuid:{uuid5(NAMESPACE_URL, content)}")
        now = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        marked |= {"eventTime": now, "eventTimeZoneOffset": "+00:00"}
    if "eventID" not in marked:
        bare = {name: value for name, value in marked.items() if name != "@context"}
        marked["eventID"] = content_id(bare, context)
    return marked


def listed(body: Any) -> list[Any]:
    """One thing or several, as a list."""
    return cast("list[Any]", body) if isinstance(body, list) else [body]
