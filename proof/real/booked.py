"""What Tryton booked, read from its own database file and not through anything of Andon's."""

import contextlib
import sqlite3
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec

__all__ = ["Booked", "Inspected", "Lot", "Move", "Work", "booked", "pending", "unfinished"]


class Move(msgspec.Struct, frozen=True):
    """One movement of stock into or out of an order."""

    order: str | None
    side: str
    """`in` or `out`."""
    product: str
    lot: str | None
    quantity: float
    state: str


class Work(msgspec.Struct, frozen=True):
    """One operation of an order, with the seconds of each of its cycles."""

    order: str | None
    operation: str
    state: str
    cycles: tuple[float | None, ...]


class Lot(msgspec.Struct, frozen=True):
    """One lot; its number need not be unique."""

    id: int
    number: str
    product: str


class Inspected(msgspec.Struct, frozen=True):
    """One inspection."""

    id: int
    order: str | None
    reference: str | None
    state: str


class Booked(msgspec.Struct, frozen=True):
    """One consistent look at the ERP."""

    orders: tuple[tuple[str, str], ...]
    """Number and state of every production order."""
    moves: tuple[Move, ...]
    works: tuple[Work, ...]
    lots: tuple[Lot, ...]
    inspections: tuple[Inspected, ...]


_MOVES = """
select o.number, case when m.production_input is null then 'out' else 'in' end, p.code, l.number,
       m.quantity, m.state
from stock_move m
join product_product p on p.id = m.product
left join stock_lot l on l.id = m.lot
left join production o on o.id = coalesce(m.production_input, m.production_output)
where m.production_input is not null or m.production_output is not null
order by m.id"""
_WORKS = """
select w.id, o.number, s.name, w.state
from production_work w
join production_routing_operation s on s.id = w.operation
left join production o on o.id = w.production
order by w.id"""
_LOTS = """
select l.id, l.number, p.code from stock_lot l join product_product p on p.id = l.product
order by l.id"""
_INSPECTIONS = """
select i.id, o.number, i.reference, i.state
from quality_inspection i
left join production o on i.origin = 'production,' || o.id
order by i.id"""

_PENDING = "select id from quality_inspection where state = 'pending' order by id"
_UNFINISHED = "select count(*) from production where number is not null and state <> 'done'"


def booked(database: Path) -> Booked:
    """All of it within one transaction."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as erp:
        erp.execute("begin")
        return Booked(
            tuple(_rows(erp, "select number, state from production where number is not null")),
            tuple(Move(*row) for row in _rows(erp, _MOVES)),
            tuple(_works(erp)),
            tuple(Lot(*row) for row in _rows(erp, _LOTS)),
            tuple(Inspected(*row) for row in _rows(erp, _INSPECTIONS)),
        )


def pending(database: Path) -> list[int]:
    """The inspections that wait for their decision."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as erp:
        return [id for (id,) in _rows(erp, _PENDING)]


def unfinished(database: Path) -> int:
    """How many orders are released and not done."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as erp:
        return _rows(erp, _UNFINISHED)[0][0]


def _works(erp: sqlite3.Connection) -> list[Work]:
    cycles: defaultdict[int, list[float | None]] = defaultdict(list)
    for work, seconds in _rows(erp, "select work, duration from production_work_cycle order by id"):
        cycles[work].append(seconds)
    return [
        Work(order, operation, state, tuple(cycles[work]))
        for work, order, operation, state in _rows(erp, _WORKS)
    ]


def _rows(erp: sqlite3.Connection, query: str) -> list[Any]:
    return erp.execute(query).fetchall()
