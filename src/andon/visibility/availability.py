"""How much there is of an item: what books and shelves say of its lots, and what is held."""

__all__ = ["MOST_LOTS", "Told", "availability", "totals_of"]

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from andon.core.quantity import plain
from andon.visibility.identity import UnknownIdError
from andon.visibility.reading import Asks
from andon.visibility.sql import statement
from andon.visibility.views import Availability, HoldWord, LotStock, StockTotal, StockWord

MOST_LOTS = 500
"""So many lots are shown, the youngest first; totals count all of them."""
_HOLD = "hold"
_STOCK = "stock."


class Told(msgspec.Struct, frozen=True):
    """What one system says of one lot; nothing where nobody says anything of it."""

    name: str
    local: str
    site: str
    attribute: str | None = None
    system: str | None = None
    value: str | None = None
    since: datetime | None = None
    occurred_at: datetime | None = None
    recorded_at: datetime | None = None


async def availability(
    db: Asks, item: str, *, sites: frozenset[str], site: str | None, lot: str | None, now: datetime
) -> Availability:
    """Of the lots at these sites, or at one of them, or of one lot. Raises UnknownIdError where no
    lot of the item is known there."""
    rows: list[Told] = []
    if not any("\0" in text for text in (item, site or "", lot or "")):
        names = [row["name"] for row in await db.fetch(statement("item_names"), item)]
        found = await db.fetch(statement("stock"), names, sorted(sites), site, lot)
        rows = [Told(**row) for row in found]
    if not rows:
        raise UnknownIdError(f"You have no lot of {item!r} there. Check the spelling.")
    lots = _lots(rows, now)
    return Availability(
        item=item,
        totals=totals_of(lots),
        lots=[one for one in lots if one.stock][:MOST_LOTS],
        more=sum(1 for one in lots if one.stock) > MOST_LOTS,
        generated_at=now,
    )


def totals_of(lots: Sequence[LotStock]) -> list[StockTotal]:
    """Of each system, and each unit, how much there is; what is on hold or in inspection by
    anybody's word, or blocked by the system's own, is not free."""
    sums: dict[tuple[str, str], tuple[Decimal, Decimal, float]] = {}
    for lot in lots:
        bound = bool(lot.holds) or any(map(_inspected, lot.stock))
        for word in lot.stock:
            amount = Decimal(word.amount)
            free = amount if word.use == "unrestricted" and not bound else Decimal(0)
            key = word.source, word.unit
            all_, of_it, age = sums.get(key, (Decimal(0), Decimal(0), 0.0))
            sums[key] = all_ + amount, of_it + free, max(age, word.age_s)
    return [
        StockTotal(
            source=source,
            unit=unit,
            amount=plain(amount),
            free=plain(free),
            held=plain(amount - free),
            oldest_age_s=age,
        )
        for (source, unit), (amount, free, age) in sorted(sums.items())
    ]


def _inspected(word: StockWord) -> bool:
    """Shelves know nothing of an inspection: whoever does says it for all of them."""
    return word.use == "inspection" and Decimal(word.amount) > 0


def _lots(rows: Iterable[Told], now: datetime) -> list[LotStock]:
    found: dict[str, LotStock] = {}
    for row in rows:
        lot = found.setdefault(row.name, LotStock(row.name, row.local, row.site, [], []))
        if row.attribute is None or row.system is None or row.value is None:
            continue
        assert row.since is not None
        assert row.occurred_at is not None
        assert row.recorded_at is not None
        age = max(0.0, (now - row.recorded_at).total_seconds())
        if row.attribute == _HOLD:
            lot.holds.append(HoldWord(row.system, row.since, row.occurred_at, age))
        else:
            location, _, use = row.attribute.removeprefix(_STOCK).rpartition(".")
            amount, _, unit = row.value.partition(" ")
            lot.stock.append(
                StockWord(row.system, location, use, amount, unit, row.occurred_at, age)
            )
    return list(found.values())
