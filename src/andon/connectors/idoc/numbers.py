"""One number, one document; and SAP's way of writing numbers with zeros before them."""

__all__ = ["Head", "bare", "padded", "refuse_other_content"]

from typing import Any

import msgspec

from andon.core.connector import Item
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Known


class Head(msgspec.Struct, frozen=True, rename="upper"):
    """The part of a control record that mappings read."""

    docnum: str
    mestyp: str
    idoctyp: str
    mandt: str = ""
    sndprn: str = ""
    credat: str = ""
    cretim: str = ""


def refuse_other_content(item: Item, known: Known) -> None:
    """Raises MappingError when this number came before with another content. Every mapping of
    IDocs begins with it; the same document once more is no mistake."""
    before = known.before(dict[str, Any])
    if before is None:
        return
    now = item.read(dict[str, Any])
    head, first = (one.get("EDI_DC40", {}) for one in (now, before))
    if head.get("DOCNUM") != first.get("DOCNUM") or _content(now) == _content(before):
        return
    number = head.get("DOCNUM")
    raise MappingError(
        f"{item.kind} {number} came before with another content ({first.get('CREDAT')}"
        f" {first.get('CRETIM')}). Nothing was recorded from this one. Was SAP restored or copied,"
        " or a number range set back? Ask its operator which of the two counts",
        [Fault("/EDI_DC40/DOCNUM", f"{number} is used twice")],
    )


def bare(text: str) -> str:
    """`000000001234` as people write it; other names stay as they are."""
    name = text.strip()
    return name.lstrip("0") or "0" if name.isascii() and name.isdigit() else name


def padded(text: str, length: int) -> str:
    """As SAP keeps it: digits are filled with zeros, other names are not."""
    name = text.strip()
    return name.zfill(length) if name.isascii() and name.isdigit() else name


def _content(body: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in body.items() if name != "EDI_DC40"}
