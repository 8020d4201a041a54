"""PLM, ERP, MES and WMS: what engineering releases is what is planned, made and stored by."""

__all__ = ["AREA"]

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from andon.app.company.area import Area
from andon.capabilities.master import distribute_revision, distribute_storage
from andon.connectors.rest import Rest
from andon.core.connector import Item
from andon.core.mapping import Known, Said, inbound
from andon.core.message import Claims, Finding, ReadBack
from andon.core.plant import Connection, Ownership, Route
from andon.core.quantity import Quantity
from andon.model.master import (
    ChangeReleased,
    Component,
    DistributeRevision,
    DistributeStorage,
    ItemRevised,
    ReleaseRevision,
    RoutingOperation,
    UpdateBom,
    UpdateItem,
)

_UNITS = {"EA": "PC"}
"""Engineers' units, and the ERP's."""


class _Part(msgspec.Struct, frozen=True):
    item: str
    quantity: Decimal
    unit: Literal["EA"]


class _Step(msgspec.Struct, frozen=True):
    operation: str
    work: str
    seconds: int


class _Revision(msgspec.Struct, frozen=True):
    item: str
    revision: str
    specification: str
    bom: tuple[_Part, ...]
    routing: tuple[_Step, ...]
    unit: Literal["EA"]
    shelf_life_years: int | None


class _Change(msgspec.Struct, frozen=True):
    number: str
    title: str
    status: Literal["DRAFT", "RELEASED", "WITHDRAWN"]
    effective_from: date | None
    affected: tuple[_Revision, ...]


@inbound("change")
def _change(item: Item, known: Known) -> Iterator[Said]:
    """A change is news once it is released. Whatever is done to its title later is none."""
    row, before = item.read(_Change), known.before(_Change)
    if row.status != "RELEASED":
        return
    if row.effective_from is None:
        yield Finding("no-day", f"{row.number} is released and does not say from when it counts")
        return
    if before is not None and before.status == "RELEASED":
        if (before.affected, before.effective_from) != (row.affected, row.effective_from):
            yield Finding(
                "changed-after-release",
                f"{row.number} is not what was released: ask engineering for a change of its own",
            )
        return
    counts_from = datetime.combine(row.effective_from, time(), tzinfo=UTC)
    yield ChangeReleased(
        change_id=row.number,
        effective_at=counts_from,
        items=tuple(one.item for one in row.affected),
        title=row.title or None,
    )
    for one in row.affected:
        yield ItemRevised(
            item_id=one.item,
            revision=one.revision,
            effective_at=counts_from,
            components=tuple(
                Component(
                    material_id=part.item, quantity=Quantity(part.quantity, _UNITS[part.unit])
                )
                for part in one.bom
            ),
            specification=one.specification or None,
            change_id=row.number,
            unit=_UNITS[one.unit],
            shelf_life=_days(one.shelf_life_years),
            routing=tuple(
                RoutingOperation(
                    operation=step.operation,
                    work=step.work,
                    per_piece=timedelta(seconds=step.seconds),
                )
                for step in one.routing
            ),
        )


def _days(years: int | None) -> Quantity | None:
    """A year on the shelf has 365 days: one that is leap brings nothing to its end sooner."""
    return None if years is None else Quantity(Decimal(365 * years), "DAY")


class _Counts(msgspec.Struct, frozen=True):
    item: str
    revision: str


@inbound("item")
def _counts(item: Item, known: Known) -> Iterator[Said]:
    """The list of items says which revision counts today; its release was said before."""
    row = item.read(_Counts)
    if row != known.before(_Counts):
        holds: Claims = {"effective_revision": row.revision}
        yield ReadBack(kind=ItemRevised.KIND, object_id=row.item, holds=holds)


AREA = Area(
    connections=(Connection("plm", Rest, (_change, _counts)),),
    workflows=(distribute_revision, distribute_storage),
    routes=(
        Route(UpdateBom, "erp"),
        Route(UpdateItem, "erp"),
        Route(DistributeRevision, "mes-a-orders"),
        Route(ReleaseRevision, "mes-a-orders"),
        Route(DistributeStorage, "wms"),
    ),
    ownership=(
        Ownership(
            subject="item",
            attribute="revision",
            owner="plm",
            followers={
                "erp": timedelta(minutes=30),
                "mes-a-orders": timedelta(minutes=30),
                "wms": timedelta(minutes=30),
            },
            steward="engineering",
        ),
        Ownership(
            subject="item",
            attribute="effective_revision",
            owner="plm",
            followers={"erp": timedelta(hours=1), "wms": timedelta(hours=1)},
            steward="engineering",
        ),
        Ownership(
            subject="item",
            attribute="routing",
            owner="plm",
            followers={"mes-a-orders": timedelta(minutes=30)},
            steward="engineering",
        ),
        Ownership(
            subject="item",
            attribute="shelf_life",
            owner="plm",
            followers={"wms": timedelta(minutes=30)},
            steward="engineering",
        ),
    ),
)
