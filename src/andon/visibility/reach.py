"""Reach: from stock that systems hold to be different to orders, customers and the journal."""

__all__ = ["MOST", "Price", "StockWords", "gaps_of", "reach", "reach_of"]

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

import msgspec

from andon.core.quantity import plain
from andon.visibility.identity import identity_of
from andon.visibility.reached import Gap, PlaceWord, Reach, ReachedOrder, ReachedSale
from andon.visibility.reading import Asks
from andon.visibility.shortage import hurts
from andon.visibility.sql import statement

MOST = 50
_NONE = Decimal(0)
_Keeps = defaultdict[str, set[str]]
"""Place -> the systems that speak of it."""
_NEVER = datetime.max.replace(tzinfo=UTC)


class StockWords(msgspec.Struct, frozen=True):
    """What one system says of one lot at one place, over all uses, in one unit."""

    lot: str
    system: str
    location: str
    unit: str
    amount: Decimal
    said_at: datetime
    recorded_at: datetime


class Price(msgspec.Struct, frozen=True):
    """What one of a unit was worth when it moved last."""

    entry: str
    value: Decimal
    currency: str
    unit: str


async def reach(db: Asks, any_id: str, *, sites: frozenset[str], now: datetime) -> Reach:
    """Of the items that an id is about, or of the lot that it means. Raises UnknownIdError, or
    AmbiguousError."""
    who = await identity_of(db, any_id, sites)
    return await reach_of(db, who.name, sites=sites, now=now)


async def reach_of(db: Asks, subject: str, *, sites: frozenset[str], now: datetime) -> Reach:
    """Of a subject by its full name; of one that is about no item, nothing."""
    items = [row["local"] for row in await db.fetch(statement("reach_items"), subject)]
    prices = await _prices(db, items, sites)
    names: list[str] = []
    gaps: list[Gap] = []
    for item in items:
        mine = [row["name"] for row in await db.fetch(statement("item_names"), item)]
        rows = await db.fetch(statement("stock_words"), mine, sorted(sites), subject)
        gaps += gaps_of((StockWords(**row) for row in rows), prices.get(item), now)
        names += mine
    if subject.startswith("material-lot/"):
        gaps = [gap for gap in gaps if gap.lot == subject]
    gaps = gaps[:MOST]
    return Reach(
        items=items,
        gaps=gaps,
        valued_by={item: price.entry for item, price in prices.items()},
        orders=await _orders(db, subject, items, names, sites),
        sales=await _sales(db, names, [gap.lot for gap in gaps], sites),
        generated_at=now,
    )


def gaps_of(words: Iterable[StockWords], price: Price | None, now: datetime) -> list[Gap]:
    """Lots of one item, in their order. A system is compared at each place of which it speaks in
    that unit, of whatever lot: what it says nothing of there, it does not have."""
    lots = [list(one) for _, one in groupby(words, key=lambda word: (word.lot, word.unit))]
    keeps: defaultdict[str, _Keeps] = defaultdict(lambda: defaultdict(set))
    for lot in lots:
        for word in lot:
            keeps[word.unit][word.location].add(word.system)
    found = (_gap(lot, keeps[lot[0].unit], price, now) for lot in lots)
    return [gap for gap in found if gap is not None]


def _gap(
    lot: Sequence[StockWords], keeps: _Keeps, price: Price | None, now: datetime
) -> Gap | None:
    said = {(word.location, word.system): word for word in lot}
    amounts = {at: word.amount for at, word in said.items()}
    differ: list[PlaceWord] = []
    for place in sorted({word.location for word in lot}):
        if len({amounts.get((place, one), _NONE) for one in keeps[place]}) > 1:
            differ += (
                _word(place, one, said.get((place, one)), now) for one in sorted(keeps[place])
            )
    if not differ:
        return None
    off, unit = _off(amounts, keeps), lot[0].unit
    worth = f"{plain(off * price.value)} {price.currency}" if price and price.unit == unit else None
    return Gap(lot[0].lot, unit, differ, plain(off), worth)


def _word(place: str, system: str, word: StockWords | None, now: datetime) -> PlaceWord:
    if word is None:
        return PlaceWord(place, system, "0", None, None)
    age = max(0.0, (now - word.recorded_at).total_seconds())
    return PlaceWord(place, system, plain(word.amount), word.said_at, age)


def _off(amounts: Mapping[tuple[str, str], Decimal], keeps: _Keeps) -> Decimal:
    """Between who has most and who has least where several speak, without what the latter has
    somewhere of which nobody else speaks: a carrying that is not posted is no loss."""
    shared: defaultdict[str, Decimal] = defaultdict(Decimal)
    alone: defaultdict[str, Decimal] = defaultdict(Decimal)
    for place in {place for place, _ in amounts}:
        for system in keeps[place]:
            side = shared if len(keeps[place]) > 1 else alone
            side[system] += amounts.get((place, system), _NONE)
    least, most = (pick(shared, key=lambda one: (shared[one], one)) for pick in (min, max))
    return max(_NONE, shared[most] - shared[least] - alone[least])


async def _prices(db: Asks, items: Sequence[str], sites: frozenset[str]) -> dict[str, Price]:
    rows = await db.fetch(statement("reach_prices"), list(items), sorted(sites))
    return {
        row["item"]: Price(
            row["entry"], abs(row["value"] / row["quantity"]), row["currency"], row["unit"]
        )
        for row in rows
    }


async def _orders(
    db: Asks, subject: str, items: Sequence[str], names: Sequence[str], sites: frozenset[str]
) -> list[ReachedOrder]:
    rows = await db.fetch(
        statement("reach_orders"), list(names), list(items), subject, sorted(sites), MOST
    )
    return [ReachedOrder(**row) for row in rows]


async def _sales(
    db: Asks, names: Sequence[str], lots: Sequence[str], sites: frozenset[str]
) -> list[ReachedSale]:
    """Each once: by its lot if it has one of these, else by the order that is not made for it."""
    rows = await db.fetch(statement("reach_sales"), list(names), list(lots), sorted(sites))
    found = {row["order"]: _sale(row, row["lot"]) for row in rows if row["lot"] is not None}
    for name in names:
        for hurt in await hurts(db, name, sites=sites):
            sale = ReachedSale(hurt.order, hurt.customer, hurt.wanted_by, hurt.missing_for)
            found.setdefault(hurt.order, sale)
    for row in rows:
        found.setdefault(row["order"], _sale(row, None))
    return sorted(found.values(), key=_wanted)[:MOST]


def _sale(row: Mapping[str, Any], through: str | None) -> ReachedSale:
    return ReachedSale(row["order"], row["customer"], row["wanted_by"], through)


def _wanted(sale: ReachedSale) -> tuple[Any, ...]:
    return sale.wanted_by is None, sale.wanted_by or _NEVER, sale.order
