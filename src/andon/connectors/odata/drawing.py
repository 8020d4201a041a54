"""A posting of which something is found when it is sent: all stock of a batch, wherever it lies;
the inspection that is open for it."""

__all__ = ["AllShares", "FieldOf", "Found", "LinesOf", "SharesOf", "drawn"]

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast
from urllib.parse import quote

import msgspec

from andon.connectors.odata.catalogue import Catalogue
from andon.connectors.odata.gateway import Gateway
from andon.connectors.odata.pages import page_of
from andon.connectors.odata.values import plain_row
from andon.core.errors import DefectError, Fault, RejectedError
from andon.model.inventory import STOCK_DEFICIT


class Found(msgspec.Struct, frozen=True):
    """Whether any such row is there."""

    entity_set: str
    where: str
    """As `$filter` says it."""


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
    unless: Found | None = None
    """Where this is found, nothing has to be done all the same."""


class FieldOf(msgspec.Struct, frozen=True, kw_only=True):
    """Stands in a body for a value: that of the last row which is found."""

    entity_set: str
    where: str
    """As `$filter` says it."""
    field: str
    nothing: str
    """Why it is refused where no row is found."""


class SharesOf(msgspec.Struct, frozen=True, kw_only=True):
    """Stands in a body for a list: one amount, as it is spread over rows of several kinds. Taken,
    it is a line for each kind that has some, until all of it is found; added, it is one line of the
    first kind that is there. What changes between the look and the posting is for the system to
    refuse."""

    entity_set: str
    where: str
    """As `$filter` says it."""
    kind: str
    """Field of the row that tells kinds apart."""
    has: str
    """Field of the row that says how much it has."""
    each: Mapping[str, Mapping[str, Any]]
    """Kind -> what its line says; in the order in which they are taken from. Empty: what that
    kind has needs no line."""
    amount: Decimal
    """Above zero."""
    says: str
    """Field of the line that says how much."""
    adds: bool = False
    else_where: str = ""
    """Where nothing is found: rows that say of which kind it is added."""


class AllShares(msgspec.Struct, frozen=True):
    """Stands in a body for a list: the lines of several amounts. Nothing has to be done where none
    of them needs one."""

    of: tuple[SharesOf, ...]


async def drawn(body: Any, gateway: Gateway, catalogue: Catalogue) -> Any:
    """The body with what it draws in place; None where nothing has to be done. Raises RejectedError
    where there must be some, and are none or too few."""
    if not isinstance(body, Mapping):
        return body
    whole = dict(cast("Mapping[str, Any]", body))
    for name, value in whole.items():
        if isinstance(value, LinesOf):
            whole[name] = await _lines(value, gateway, catalogue)
            if not whole[name]:
                return None
        elif isinstance(value, SharesOf):
            whole[name] = await _shares(value, gateway, catalogue)
        elif isinstance(value, AllShares):
            shares = [await _shares(one, gateway, catalogue) for one in value.of]
            whole[name] = [line for lines in shares for line in lines]
            if not whole[name]:
                return None
        elif isinstance(value, FieldOf):
            rows = await _rows(value, gateway, catalogue)
            if not rows:
                raise RejectedError(value.nothing)
            whole[name] = rows[-1][value.field]
    return whole


async def _lines(of: LinesOf, gateway: Gateway, catalogue: Catalogue) -> list[dict[str, Any]]:
    # first: what comes between the two looks is then among the rows
    needless = of.unless is not None and bool(await _rows(of.unless, gateway, catalogue))
    rows = await _rows(of, gateway, catalogue)
    if not rows and of.nothing and not needless:
        raise RejectedError(of.nothing)
    return [{**of.each, **{name: row[field] for name, field in of.takes.items()}} for row in rows]


async def _shares(of: SharesOf, gateway: Gateway, catalogue: Catalogue) -> list[dict[str, Any]]:
    there: defaultdict[str, Decimal] = defaultdict(Decimal)
    rows = await _rows(of, gateway, catalogue)
    if not rows and of.else_where:
        rows = await _rows(Found(of.entity_set, of.else_where), gateway, catalogue)
    for row in rows:
        there[row[of.kind]] += Decimal(row[of.has])
    if of.adds:
        kind = next((kind for kind in of.each if there[kind]), next(iter(of.each)))
        return [{**of.each[kind], of.says: of.amount}]
    left, lines = of.amount, list[dict[str, Any]]()
    for kind, line in of.each.items():
        if share := min(left, there[kind]):
            left -= share
            if line:
                lines.append({**line, of.says: share})
    if left:
        raise RejectedError(
            f"Of {of.amount:f} there are {of.amount - left:f}, of whatever kind: {of.where}",
            STOCK_DEFICIT,
        )
    return lines


async def _rows(
    of: LinesOf | FieldOf | SharesOf | Found, gateway: Gateway, catalogue: Catalogue
) -> list[dict[str, Any]]:
    place = catalogue.place(of.entity_set)
    if isinstance(place, Fault):
        raise DefectError(f"{of.entity_set}: {place.says}")
    path = f"{place.name}?$filter={quote(of.where, safe=_QUOTE)}"
    found = page_of(await gateway.get(place.service, path), place.name).rows
    return [cast("dict[str, Any]", plain_row(row)) for row in found]


_QUOTE = "'"
