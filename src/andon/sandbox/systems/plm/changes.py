"""Engineering changes and the revisions they release, as the PLM keeps them."""

__all__ = ["FIRST", "Change", "Part", "Revision", "Step"]

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec

FIRST = date(2020, 1, 1)
"""Since when the first revisions count."""


class Part(msgspec.Struct, frozen=True):
    """What one piece takes of another item; engineers count in EA."""

    item: str
    quantity: Decimal
    unit: str = "EA"


class Step(msgspec.Struct, frozen=True):
    """One operation of how an item is made, and its seconds for one piece."""

    operation: str
    work: str
    seconds: int


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """What an item is, once the change that holds it is released and its day has come."""

    item: str
    revision: str
    specification: str
    bom: tuple[Part, ...] = ()
    routing: tuple[Step, ...] = ()
    unit: str = "EA"
    shelf_life_years: int | None = None
    """How long it may lie before it is built in; none for what does not age."""


class Change(msgspec.Struct, kw_only=True):
    """One engineering change. Only a draft can be withdrawn; what is released stays."""

    number: str
    title: str
    status: Literal["DRAFT", "RELEASED", "WITHDRAWN"] = "DRAFT"
    effective_from: date | None = None
    affected: tuple[Revision, ...]
    modified: datetime
