"""A posting of which something is found when it is sent: all stock of a batch, wherever it lies;
the inspection that is open for it."""

__all__ = ["FieldOf", "LinesOf", "drawn"]

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

import msgspec

from andon.connectors.odata.catalogue import Catalogue
from andon.connectors.odata.gateway import Gateway
from andon.connectors.odata.pages import page_of
from andon.connectors.odata.values import plain_row
from andon.core.errors import DefectError, Fault, RejectedError


class LinesOf(msgspec.Struct, frozen=True, kw_only=True):
    """Stands in a body for a list: one line for each row that is found. What changes between the
    look and the posting is for the system to refuse."""

    entity_set: str
    where: str
    """As `$filter` says it."""
    each: Mapping[str, Any]
    """What every line says."""
    takes: Mapping[str, str]
    """Field of the line -> field of the row."""
    nothing: str = ""
    """Why it is refused where no row is found; empty, if nothing has to be done then."""


class FieldOf(msgspec.Struct, frozen=True, kw_only=True):
    """Stands in a body for a value: that of the last row which is found."""

    entity_set: str
    where: str
    """As `$filter` says it."""
    field: str
    nothing: str
    """Why it is refused where no row is found."""


async def drawn(body: Any, gateway: Gateway, catalogue: Catalogue) -> Any:
    """The body with what it draws in place; None where nothing has to be done. Raises RejectedError
    where there must be some, and are none."""
    if not isinstance(body, Mapping):
        return body
    whole = dict(cast("Mapping[str, Any]", body))
    for name, value in whole.items():
        if isinstance(value, LinesOf):
            whole[name] = await _lines(value, gateway, catalogue)
            if not whole[name]:
                return None
        elif isinstance(value, FieldOf):
            rows = await _rows(value, gateway, catalogue)
            whole[name] = rows[-1][value.field]
    return whole


async def _lines(of: LinesOf, gateway: Gateway, catalogue: Catalogue) -> list[dict[str, Any]]:
    rows = await _rows(of, gateway, catalogue)
    return [{**of.each, **{name: row[field] for name, field in of.takes.items()}} for row in rows]


async def _rows(
    of: LinesOf | FieldOf, gateway: Gateway, catalogue: Catalogue
) -> list[dict[str, Any]]:
    place = catalogue.place(of.entity_set)
    if isinstance(place, Fault):
        raise DefectError(f"{of.entity_set}: {place.says}")
    path = f"{place.name}?$filter={quote(of.where, safe=_QUOTE)}"
    found = page_of(await gateway.get(place.service, path), place.name).rows
    rows = [cast("dict[str, Any]", plain_row(row)) for row in found]
    if not rows and of.nothing:
        raise RejectedError(of.nothing)
    return rows


_QUOTE = "'"
