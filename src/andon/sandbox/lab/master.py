"""What ERP, MES and WMS must hold of items: each revision engineering has released, once."""

__all__ = [
    "Held",
    "Routed",
    "Stored",
    "booked",
    "effective",
    "given",
    "happened",
    "made_by",
    "routed",
    "storable",
    "stored",
]

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from andon.sandbox.system import System
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.mes_a.items import Step as MesStep
from andon.sandbox.systems.plm import Plm, Step
from andon.sandbox.systems.wms import Wms

_FIRST = "01"
"""Every system had it before anybody looked."""


class Held(msgspec.Struct, frozen=True, order=True):
    """One revision of one item: from when it counts, and what one piece takes by it."""

    item: str
    revision: str
    counts_from: date
    parts: tuple[tuple[str, Decimal], ...]


class Stored(msgspec.Struct, frozen=True, order=True):
    """One revision of one item as it is stored: from when, and for how many days at most."""

    item: str
    revision: str
    counts_from: date
    days: int


class Routed(msgspec.Struct, frozen=True, order=True):
    """One revision of one item as a floor makes it: its operations, and their seconds a piece."""

    item: str
    revision: str
    steps: tuple[tuple[str, Decimal], ...]


def routed(plm: Plm) -> Sequence[Routed]:
    """All that was released and is made in house."""
    return sorted(
        Routed(item, one.revision, _steps(one.routing))
        for item, released in plm.revisions.items()
        for _, one in released
        if one.revision != _FIRST and one.routing
    )


def made_by(mes: MesA) -> Sequence[Routed]:
    """All by which the floor makes anything."""
    return sorted(
        Routed(item, name, _steps(one.steps))
        for item, revisions in mes.items.revisions.items()
        for name, one in revisions.items()
        if name != _FIRST and one.steps
    )


def _steps(routing: Iterable[Step | MesStep]) -> tuple[tuple[str, Decimal], ...]:
    return tuple((f"{one.operation} {one.work}", Decimal(one.seconds)) for one in routing)


def happened(plm: Plm) -> Sequence[Held]:
    """All that was released."""
    return sorted(
        Held(item, one.revision, day, tuple(sorted((part.item, part.quantity) for part in one.bom)))
        for item, released in plm.revisions.items()
        for day, one in released
        if one.revision != _FIRST
    )


def booked(erp: Erp) -> Sequence[Held]:
    """Bills of material; an item without one has no revisions to come there."""
    masters = erp.company.masters
    return sorted(
        Held(
            row["Material"],
            row["BillOfMaterialVersion"],
            row["HeaderValidityStartDate"].date(),
            tuple(sorted(masters.parts(row).items())),
        )
        for material in erp.company.units
        for row in masters.versions(material)
        if row["BillOfMaterialVersion"] != _FIRST
    )


def given(mes: MesA) -> Sequence[Held]:
    """All that the floor was given."""
    return sorted(
        Held(
            item,
            name,
            one.valid_from.date(),
            tuple(sorted((need.part, need.quantity) for need in one.needs)),
        )
        for item, revisions in mes.items.revisions.items()
        for name, one in revisions.items()
        if name != _FIRST
    )


def storable(plm: Plm) -> Sequence[Stored]:
    """All that was released, as a warehouse has to know it; 0 days for what does not age."""
    return sorted(
        Stored(item, one.revision, day, 365 * (one.shelf_life_years or 0))
        for item, released in plm.revisions.items()
        for day, one in released
        if one.revision != _FIRST
    )


def stored(wms: Wms) -> Sequence[Stored]:
    """All that the warehouse was given."""
    return sorted(
        Stored(one.item, one.revision, one.valid_from, one.shelf_life_days or 0)
        for one in wms.items.versions
        if one.revision != _FIRST
    )


def effective(system: System) -> Mapping[str, str]:
    """Which revision of each item counts in a system, as it believes itself."""
    return {one.subject: one.value for one in system.believes() if one.attribute == "effective"}
