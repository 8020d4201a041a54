"""Reach: from stock that systems hold to be different to orders, customers and the journal."""

__all__ = ["MOST", "Price", "StockWords", "gaps_of", "reach"]

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

import msgspec

from andon.core.quantity import plain
from andon.visibility.exceptions import hurts
from andon.visibility.identity import Identity, identity_of
from andon.visibility.reading import Asks
from andon.visibility.reached import Gap, PlaceWord, Reach, ReachedOrder, ReachedSale
from andon.visibility.sql import statement

MOST = 50
_NONE = Decimal(0)


class StockWords(msgspec.Struct, frozen=True):
    """What one system says of one lot at one place, over all uses, in one unit."""

    lot: str
    item: str
    system: str
    location: str
    unit: str
    amount: Decimal
    said_at: datetime
    recorded_at: datetime


class Price(msgspec.Struct, frozen=True):
    """What one unit was worth when it moved last."""

    entry: str
    value: Decimal
    currency: str


async def reach(db: Asks, any_id: str, *, sites: frozenset[str], now: datetime) -> Reach:
    """Of the item that an id means, or that its lot, order, purchase or delivery is about. Raises
    UnknownIdError, or AmbiguousError."""
    who = await identity_of(db, any_id, sites)
    items = [row["local"] for row in await db.fetch(statement("reach_items"), who.name)]
    names: dict[str, Sequence[str]] = {}
    for item in items:
        names[item] = [row["name"] for row in await db.fetch(statement("item_names"), item)]
    prices = await _prices(db, items, sites)
    gaps: list[Gap] = []
    for item in items:
        rows = await db.fetch(statement("stock_words"), names[item], sorted(sites))
        words = [StockWords(item=item, **row) for row in rows]
        gaps += gaps_of(words, prices.get(item), now)
    gaps = _about(who, gaps)[:MOST]
    everything = [name for item in items for name in names[item]]
    return Reach(
        items=items,
        gaps=gaps,
        valued_by={item: price.entry for item, price in prices.items()},
        orders=await _orders(db, who, items, everything, sites),
        sales=await _sales(db, everything, [gap.lot for gap in gaps], sites),
        generated_at=now,
    )


def gaps_of(words: Iterable[StockWords], price: Price | None, now: datetime) -> list[Gap]:
    """Lots of one item, in their order. A system is compared at each place of which it speaks, of
    whatever lot: what it says nothing of there, it does not have."""
    lots = [list(one) for _, one in groupby(words, key=lambda word: (word.lot, word.unit))]
    keeps: defaultdict[str, set[str]] = defaultdict(set)
    for lot in lots:
        for word in lot:
            keeps[word.location].add(word.system)
    found = (_gap(lot, keeps, price, now) for lot in lots)
    return [gap for gap in found if gap is not None]


def _gap(
    lot: Sequence[StockWords], keeps: Mapping[str, set[str]], price: Price | None, now: datetime
) -> Gap | None:
    said = {(word.location, word.system): word for word in lot}
    amounts = {at: word.amount for at, word in said.items()}
    differ: list[PlaceWord] = []
    for place in sorted({word.location for word in lot}):
        if len({amounts.get((place, one), _NONE) for one in keeps[place]}) > 1:
            differ += (_word(place, one, said.get((place, one)), now) for one in sorted(keeps[place]))
    if not differ:
        return None
    off = _off(amounts, keeps)
    worth = None if price is None else f"{plain(off * price.value)} {price.currency}"
    return Gap(lot[0].lot, lot[0].unit, differ, plain(off), worth)


def _word(place: str, system: str, word: StockWords | None, now: datetime) -> PlaceWord:
    if word is None:
        return PlaceWord(place, system, "0", None, None)
    age = max(0.0, (now - word.recorded_at).total_seconds())
    return PlaceWord(place, system, plain(word.amount), word.said_at, age)


def _off(amounts: Mapping[tuple[str, str], Decimal], keeps: Mapping[str, set[str]]) -> Decimal:
    """Between who has most and who has least where several speak, without what the latter has
    somewhere of which nobody else speaks: a carrying that is not posted is no loss."""
    shared: defaultdict[str, Decimal] = defaultdict(Decimal)
    alone: defaultdict[str, Decimal] = defaultdict(Decimal)
    for place in {place for place, _ in amounts}:
        for system in keeps[place]:
            side = shared if len(keeps[place]) > 1 else alone
            side[system] += amounts.get((place, system), _NONE)
    if len(shared) < 2:
        return _NONE
    least, most = (pick(shared, key=lambda one: (shared[one], one)) for pick in (min, max))
    return max(_NONE, shared[most] - shared[least] - alone[least])


def _about(who: Identity, gaps: list[Gap]) -> list[Gap]:
    """Asked of a lot, it is that lot's; the others of its item are not at issue."""
    return [gap for gap in gaps if gap.lot == who.name] if who.kind == "material-lot" else gaps


async def _prices(db: Asks, items: Sequence[str], sites: frozenset[str]) -> dict[str, Price]:
    rows = await db.fetch(statement("reach_prices"), list(items), sorted(sites))
    return {
        row["item"]: Price(row["entry"], abs(row["value"] / row["quantity"]), row["currency"])
        for row in rows
    }


async def _orders(
    db: Asks, who: Identity, items: Sequence[str], names: Sequence[str], sites: frozenset[str]
) -> list[ReachedOrder]:
    rows = await db.fetch(
        statement("reach_orders"), list(names), list(items), who.name, sorted(sites), MOST
    )
    return [ReachedOrder(**row) for row in rows]


async def _sales(
    db: Asks, names: Sequence[str], lots: Sequence[str], sites: frozenset[str]
) -> list[ReachedSale]:
    """Each once: by its lot if it has one of these, else by the order that cannot be made for it."""
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
    return sale.wanted_by is None, sale.wanted_by or datetime.max, sale.order
