"""How a long answer is cut into pages, and how the next one is asked for."""

__all__ = [
    "ByCursor",
    "ByLink",
    "ByNumber",
    "ByOffset",
    "ByTime",
    "Page",
    "Paging",
    "Whole",
    "next_query",
    "shifts",
    "text_at",
]

import re
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

import msgspec

from andon.connectors._pointer import parsed, raw_at
from andon.core.errors import SettingsError

_NEXT = re.compile(r'<([^>]*)>\s*;[^,]*\brel="?next"?')


class Whole(msgspec.Struct, frozen=True, tag="none", tag_field="style", forbid_unknown_fields=True):
    """Everything in one answer."""


class ByNumber(
    msgspec.Struct, frozen=True, tag="number", tag_field="style", forbid_unknown_fields=True
):
    """Numbered pages; the first empty one is the end."""

    parameter: str = "page"
    first: int = 1
    size_parameter: str | None = None
    size: int = 100


class ByOffset(
    msgspec.Struct, frozen=True, tag="offset", tag_field="style", forbid_unknown_fields=True
):
    """So many rows are skipped; the first empty answer is the end."""

    parameter: str = "offset"
    size_parameter: str | None = "limit"
    size: int = 100


class ByLink(
    msgspec.Struct, frozen=True, tag="link", tag_field="style", forbid_unknown_fields=True
):
    """The answer holds the next page's address: at a pointer, or in its Link header."""

    at: str = ""


class ByCursor(
    msgspec.Struct, frozen=True, tag="cursor", tag_field="style", forbid_unknown_fields=True
):
    """The answer holds what the next call must say; none, null or empty is the end."""

    at: str = "/next"
    parameter: str = "cursor"


class ByTime(
    msgspec.Struct, frozen=True, tag="time", tag_field="style", forbid_unknown_fields=True
):
    """Oldest change first; the next page begins at the last row's time, so that nothing shifts."""

    size_parameter: str = "limit"
    size: int = 100
    offset_parameter: str | None = None
    """Skips rows, where one page does not hold all of one time. Without it more of them are asked
    for at once, up to 10,000."""

    def __post_init__(self) -> None:
        """Raises ValueError where no page could go on from the last row of the one before it."""
        if self.offset_parameter is not None and self.size < 2:
            raise ValueError("pages by time with an offset_parameter need a size of 2 at least")


Paging = Whole | ByNumber | ByOffset | ByLink | ByCursor | ByTime


class Page(msgspec.Struct, frozen=True):
    """One answer, and what was asked for it."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    rows: list[bytes]


def shifts(paging: Paging) -> bool:
    """Whether a row that leaves an earlier page moves one that was not read yet out of sight."""
    return isinstance(paging, ByNumber | ByOffset)


def next_query(paging: Paging, page: Page | None, base: str) -> tuple[str | None, dict[str, str]]:
    """Another path with its query (None: the same path) and what to add; both empty at the end.

    With no page yet it is what the first one needs.
    """
    match paging:
        case Whole():
            return None, {}
        case ByNumber():
            at = paging.first if page is None else int(page.query[paging.parameter]) + 1
            if page is not None and not page.rows:
                return None, {}
            size = {paging.size_parameter: str(paging.size)} if paging.size_parameter else {}
            return None, {paging.parameter: str(at), **size}
        case ByOffset():
            if page is not None and not page.rows:
                return None, {}
            at = 0 if page is None else int(page.query[paging.parameter]) + len(page.rows)
            size = {paging.size_parameter: str(paging.size)} if paging.size_parameter else {}
            return None, {paging.parameter: str(at), **size}
        case ByCursor():
            said = text_at(page.body, paging.at) if page is not None else ""
            return None, {paging.parameter: said} if said else {}
        case ByLink():
            return _linked(paging, page, base)
        case ByTime():
            return None, {paging.size_parameter: str(paging.size)} if page is None else {}


def _linked(paging: ByLink, page: Page | None, base: str) -> tuple[str | None, dict[str, str]]:
    if page is None:
        return None, {}
    if paging.at:
        link = text_at(page.body, paging.at)
    else:
        found = _NEXT.search(page.headers.get("link", ""))
        link = found[1] if found else ""
    if not link:
        return None, {}
    whole, root = urlsplit(urljoin(f"{base}{page.path}", link)), urlsplit(base)
    if (whole.scheme, whole.netloc) != (root.scheme, root.netloc):
        raise SettingsError(
            f"{base} says its next page is at {whole.scheme}://{whole.netloc}, another system."
            " We do not carry our credentials there; correct url, or the system's own address."
        )
    below = root.path.rstrip("/")
    if not whole.path.startswith(f"{below}/"):
        raise SettingsError(
            f"{base} says its next page is at {whole.path}, which is not below url."
        )
    return f"{whole.path.removeprefix(below)}?{whole.query}", {}


def text_at(body: bytes, pointer: str) -> str:
    """The text or number there; empty where nothing stands."""
    raw = raw_at(body, parsed(pointer))
    found = None if raw is None else msgspec.json.decode(raw)
    return "" if found is None or found is False else str(found)
