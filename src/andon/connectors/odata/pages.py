"""One page of rows as OData 2 and 4 write it."""

__all__ = ["Page", "etag_of", "page_of", "row_of"]

from typing import Any, cast

import msgspec

from andon.core.errors import UnavailableError


class Page(msgspec.Struct, frozen=True):
    """Rows as they came, and the links behind them."""

    rows: list[Any]
    next: str | None = None
    delta: str | None = None


def page_of(answer: Any, what: str) -> Page:
    """The rows of an answer. Raises UnavailableError for anything that is no list of rows."""
    match answer:
        case {"d": {"results": list(), **links} as page}:
            return Page(page["results"], _link(links, "__next"), _link(links, "__delta"))
        case {"d": list()}:
            return Page(answer["d"])
        case {"value": list(), **links}:
            return Page(answer["value"], _at(links, "nextLink"), _at(links, "deltaLink"))
        case _:
            said = str(cast(object, answer))[:120]
            raise UnavailableError(f"{what} answered no list of rows: {said}", reached=True)


def row_of(answer: Any, function: str = "") -> dict[str, Any]:
    """The one entity of an answer, also where a function's name is wrapped around it."""
    found = cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}
    for wrap in ("d", function):
        inner = found.get(wrap) if list(found) == [wrap] else None
        if isinstance(inner, dict):
            found = cast("dict[str, Any]", inner)
    return found


def etag_of(row: Any) -> str:
    """The version of a row, empty where the system has none."""
    match row:
        case {"__metadata": {"etag": str(tag)}} | {"@odata.etag": str(tag)}:
            return tag
        case _:
            return ""


def _link(links: dict[str, Any], name: str) -> str | None:
    link = links.get(name)
    return link if isinstance(link, str) and link else None


def _at(links: dict[str, Any], name: str) -> str | None:
    return _link(links, f"@odata.{name}") or _link(links, f"@{name}")
