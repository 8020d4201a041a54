"""How and where the warehouse stores items: what engineering says, and what is its own to say."""

__all__ = ["STORAGE"]

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from andon.core.connector import Item, Request
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.message import Claims, ReadBack
from andon.core.quantity import Quantity
from andon.model.location import LocationChanged
from andon.model.master import DistributeStorage, ItemRevised

_UNITS = {"PC": "PCE"}
"""Our units, and the WMS's."""
_DAYS = "DAY"


class _Stored(msgspec.Struct, frozen=True):
    """An item as it is stored today."""

    item: str
    revision: str
    pieces_per_case: int


@inbound("stored")
def _stored(item: Item, known: Known) -> Iterator[Said]:
    """Which revision counts there today, and in what cases it lies: no news of engineering's."""
    row = item.read(_Stored)
    if row != known.before(_Stored):
        cases = Quantity(Decimal(row.pieces_per_case), "PC")
        holds: Claims = {"effective_revision": row.revision, "pieces_per_case": str(cases)}
        yield ReadBack(kind=ItemRevised.KIND, object_id=row.item, holds=holds)


class _Bin(msgspec.Struct, frozen=True):
    bin: str
    hall: str


@inbound("bin")
def _bin(item: Item, known: Known) -> Iterator[Said]:
    """The warehouse divides its halls as it likes, and nobody else does."""
    row = item.read(_Bin)
    if row != known.before(_Bin):
        yield LocationChanged(location_id=row.bin, level="StorageUnit", part_of=row.hall)


@outbound(DistributeStorage, proof="findable", local=True)
def _store(command: DistributeStorage, known: Known) -> Request:
    """One more version of the item; the WMS keeps our key as a reference and does not look at it.
    It counts shelf lives in days, and from the day, not the hour, that a version counts."""
    life = command.shelf_life
    if command.unit not in _UNITS:
        says = f"The WMS has no unit for {command.unit}"
        raise MappingError(says, [Fault("/unit", says)])
    if life is not None and life.unit != _DAYS:
        says = f"The WMS counts shelf lives in days, not {life.unit}"
        raise MappingError(says, [Fault("/shelf_life/unit", says)])
    return Request(
        target="store",
        body={
            "item": known.local,
            "revision": command.revision,
            "from": command.effective_at.date(),
            "unit": _UNITS[command.unit],
            "days": None if life is None else int(life.amount),
        },
    )


STORAGE = (_stored, _bin, _store)
