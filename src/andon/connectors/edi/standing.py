"""What is known of an interchange by its number, and what follows for its messages. Pure."""

__all__ = ["Named", "Standing", "has_reached", "refused_of", "standing_of"]

from typing import Literal

import msgspec

from andon.connectors._folders.place import Place
from andon.connectors.edi.documents import REFUSED, Document, RefusedMessage
from andon.connectors.edi.notes import Received
from andon.connectors.edi.segments import Flaw
from andon.core.connector import Item

Standing = Literal["new", "repeated", "other"]
"""Of an interchange: its number is new, or came with the same content, or with another one."""


class Named(msgspec.Struct, frozen=True):
    """Which interchange an item is of."""

    partner: str
    interchange: str
    digest: str


def standing_of(known: Received | None, digest: str, file: int) -> Standing:
    """By what is noted of its number; a file that is read again is no repeat."""
    if known is None:
        return "new"
    if known.digest != digest:
        return "other"
    return "new" if known.file == file else "repeated"


def refused_of(item: Item, named: Named) -> Item:
    """A message of an interchange whose number came with other content: kept, and not taken."""
    flaw = Flaw(
        "repeated-number",
        f"interchange {named.interchange} came before, with other content. Ask {named.partner}"
        " which of the two counts",
    )
    if item.kind == REFUSED:
        refused = item.read(RefusedMessage)
        refused = msgspec.structs.replace(refused, flaws=[flaw, *refused.flaws])
        return msgspec.structs.replace(item, raw=msgspec.json.encode(refused))
    document = item.read(Document)
    fields = {name: getattr(document, name) for name in Document.__struct_fields__}
    refused = RefusedMessage(**fields, number=0, flaws=[flaw])
    key = f"{item.key}/refused/{named.digest}"
    raw = msgspec.json.encode(refused)
    return msgspec.structs.replace(item, kind=REFUSED, key=key, raw=raw)


def has_reached(committed: Place, place: Place) -> bool:
    """Whether everything up to `place` is in the log."""
    if committed.number != place.number:
        return committed.number > place.number
    return committed.rows is None or (place.rows is not None and place.rows <= committed.rows)
