"""Plant B, where the old systems stay: tables and batches on one side, B2MML files on the other."""

__all__ = ["AREA"]

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal, cast
from zoneinfo import ZoneInfo

import msgspec
from msgspec import structs

from andon.app.company.area import Area
from andon.app.company.units import require_unit
from andon.connectors import b2mml, files
from andon.connectors.b2mml import B2mml
from andon.connectors.b2mml.lots import LotItem
from andon.connectors.files import Files
from andon.connectors.opcua import OpcUa
from andon.connectors.opcua.mapping import Reading, equipment_states
from andon.connectors.sql import Sql, SqlSettings
from andon.core.connector import Item, Request
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Inbound, Known, Outbound, Said, inbound, outbound
from andon.core.message import LOT, Claims, ReadBack
from andon.core.plant import Connection, Ownership, Route
from andon.core.quantity import Quantity
from andon.model.holding import AllowUse, BlockStock, StopUse, UnblockStock
from andon.model.inventory import StockReported, StockUse
from andon.model.plant import EquipmentStateChanged
from andon.model.production import (
    AssignLots,
    CancelOrder,
    ChangeOrder,
    CompleteProduction,
    ConfirmOperation,
    DistributeOrder,
    OrderCancelled,
    OrderChanged,
    OrderEvent,
    OrderReleased,
    ReceiveOutput,
    amounts_of,
)

_SITE = "plant-b"
_TWO_BATCHES = timedelta(hours=4)
"""What is staged counts in its books from the next batch on; one that runs already may miss it."""


class _WorkOrder(msgspec.Struct, frozen=True):
    """A row of WORKORD; quantities are thousandths of a piece, a day lasts until its end."""

    ordno: str
    item: str
    qtym: int
    stat: Literal["R", "C", "X"]
    dued: str = ""

    def due_at(self, known: Known) -> datetime | None:
        """The end of its day, where the plant is."""
        if not self.dued:
            return None
        zone = ZoneInfo(cast(SqlSettings, known.settings).time_zone)
        return datetime.strptime(f"{self.dued}2359", "%Y%m%d%H%M").replace(tzinfo=zone)

    @property
    def planned(self) -> Quantity:
        return Quantity(Decimal(self.qtym) / 1000, "PCE")


@inbound("work-order")
def _work_order(item: Item, known: Known) -> Iterator[Said]:
    """A release, its changes, a cancellation and its end are news; that an order was closed is only
    read back. One that was cancelled before anybody heard of it never was."""
    row, before = item.read(_WorkOrder), known.before(_WorkOrder)
    stood = None if before is None else before.stat
    match row.stat:
        case "R" if stood in (None, "X"):
            yield OrderReleased(
                order_id=row.ordno,
                material_id=row.item,
                planned=row.planned,
                due_at=row.due_at(known),
            )
        case "R":
            if row != before:
                yield OrderChanged(
                    order_id=row.ordno,
                    material_id=row.item,
                    planned=row.planned,
                    due_at=row.due_at(known),
                )
        case "X":
            if stood not in (None, "X"):
                yield OrderCancelled(order_id=row.ordno, reason="cancelled in the ERP of plant B")
        case "C":
            holds: Claims = {"status": "Completed", "material": row.item}
            yield ReadBack(kind=OrderReleased.KIND, object_id=row.ordno, holds=holds)


def _thousandths(amount: Quantity) -> int:
    return int(amount.amount * 1000)


def _require_pieces(amounts: Mapping[str, Quantity]) -> None:
    require_unit("The ERP of plant B", "PCE", amounts)


def _staged(kind: str, known: Known, **values: object) -> Request:
    row = {"kind": kind, "order": known.local, "operation": None, "item": None, "lots": None}
    return Request(target="staging", body={**row, "amount": None, "scrap": None, **values})


def _lot(name: str) -> str:
    return name.rpartition(":")[2]


@outbound(AssignLots, proof="findable", local=True)
def _issue(command: AssignLots, known: Known) -> Request:
    """One row of its staging is one effect, with all lots of one material in it."""
    materials = {part.material_id for part in command.components}
    if len(materials) != 1:
        says = "The ERP of plant B is told of one material at a time"
        raise MappingError(says, [Fault("/components", says)])
    amounts = amounts_of(command.components)
    _require_pieces({f"components/{n}/quantity": one for n, (_, one) in enumerate(amounts)})
    lots = [f"{_lot(part.lot_id)}={_thousandths(amount)}" for part, amount in amounts]
    return _staged("ISSUE", known, item=materials.pop(), lots=";".join(lots))


@outbound(ConfirmOperation, proof="findable", local=True)
def _confirm(command: ConfirmOperation, known: Known) -> Request:
    """What an operation made and spoiled."""
    _require_pieces({"good": command.good, "scrap": command.scrap})
    return _staged(
        "CONFM",
        known,
        operation=command.operation,
        amount=_thousandths(command.good),
        scrap=_thousandths(command.scrap),
    )


@outbound(ReceiveOutput, proof="findable", local=True)
def _receive(command: ReceiveOutput, known: Known) -> Request:
    """The lot that came of it."""
    if command.lot_id is None:
        says = "The ERP of plant B receives lots, and nothing says which"
        raise MappingError(says, [Fault("/lot_id", says)])
    _require_pieces({"good": command.good})
    lot = f"{_lot(command.lot_id)}={_thousandths(command.good)}"
    return _staged("RECPT", known, item=command.material_id, lots=lot)


@outbound(BlockStock, proof="findable", local=True)
def _block(_: BlockStock, known: Known) -> Request:
    """A row about a lot, and no order. The next batch takes it out of use; it knows no reason."""
    return _staged("BLOCK", known, order=None, lots=known.local)


@outbound(UnblockStock, proof="findable", local=True)
def _unblock(_: UnblockStock, known: Known) -> Request:
    """The same, back into use."""
    return _staged("UNBLK", known, order=None, lots=known.local)


@outbound(CompleteProduction, proof="findable", local=True)
def _close(_: CompleteProduction, known: Known) -> Request:
    """The next batch closes it."""
    return _staged("CLOSE", known)


def _named(number: str) -> str:
    """Plant B's orders are known by its ERP's numbers, at every machine and on every paper."""
    return f"production-order/erp-b:{number}"


def _of_the_erp(reads: Inbound) -> Inbound:
    """The same reader, for an MES that speaks of orders by the ERP's numbers."""

    def read(item: Item, known: Known) -> Iterator[Said]:
        for said in reads.reads(item, known):
            match said:
                case OrderEvent():
                    yield structs.replace(said, order_id=_named(said.order_id))
                case ReadBack(kind=OrderReleased.KIND):
                    yield structs.replace(said, object_id=_named(said.object_id))
                case _:
                    yield said

    return Inbound(reads.kind, read)


_DOCUMENTS = {one.command: one for one in b2mml.mappings if isinstance(one, Outbound)}
_DISTRIBUTES = _DOCUMENTS[DistributeOrder]


@outbound(DistributeOrder, proof=_DISTRIBUTES.proof)
def _distribute(command: DistributeOrder, known: Known) -> Request:
    """As any MES gets it, under the ERP's number."""
    number = command.order_id.rpartition(":")[2]
    return _DISTRIBUTES.writes(structs.replace(command, order_id=number), known)


@inbound("MaterialLot")
def _set_aside(item: Item, _: Known) -> Iterator[Said]:
    """What the floor believes, whoever told it; a hold is quality's to place."""
    row = item.read(LotItem)
    yield ReadBack(kind=LOT, object_id=row.body.id, holds={"hold": row.held})


class _Stock(msgspec.Struct, frozen=True):
    item: str
    lot: str
    quantity: Decimal
    at: datetime
    blocked: Literal["X", ""] = ""


@inbound("stock")
def _stock(item: Item, _: Known) -> Iterator[Said]:
    """A line of the export: what the ERP believed when its batch ran. It has one store, and knows
    two uses: any, and none."""
    row = item.read(_Stock)
    blocked, quantity = row.blocked == "X", Quantity(row.quantity, "PCE")
    holds: Claims = {"material": row.item, "book": str(quantity), "hold": blocked}
    yield ReadBack(kind=LOT, object_id=row.lot, holds=holds)
    none = Quantity(Decimal(0), "PCE")
    uses: tuple[tuple[StockUse, Quantity], ...] = (
        ("unrestricted", none if blocked else quantity),
        ("blocked", quantity if blocked else none),
    )
    for use, amount in uses:
        yield StockReported(
            lot_id=row.lot,
            material_id=row.item,
            location="plant-b",
            use=use,
            quantity=amount,
        )


_LINE = "equipment/company:LINE-B1"
_STATE = equipment_states("state", {"nsu=http://acme.example/press;s=State": _LINE})


@inbound("counter")
def _counter(item: Item, _: Known) -> Iterator[Said]:
    """How many good pieces the line has made since it was built: a belief, as nobody acts on it.
    One that nobody can read stays as it was; the state says that it is not available."""
    reading = item.read(Reading)
    if not reading.status.startswith("Bad"):
        good = Quantity(Decimal(str(reading.value)), "PCE")
        yield ReadBack(kind=EquipmentStateChanged.KIND, object_id=_LINE, holds={"good": str(good)})


AREA = Area(
    connections=(
        Connection(
            "erp-b",
            Sql,
            (_work_order, _issue, _confirm, _receive, _close, _block, _unblock),
            site=_SITE,
        ),
        Connection("erp-b-exports", Files, (_stock, *files.mappings), site=_SITE),
        Connection(
            "mes-b",
            B2mml,
            (
                *(
                    _of_the_erp(one)
                    for one in b2mml.mappings
                    if isinstance(one, Inbound) and one.kind != _set_aside.kind
                ),
                _set_aside,
                _distribute,
                *(_DOCUMENTS[command] for command in (ChangeOrder, CancelOrder, StopUse, AllowUse)),
            ),
            site=_SITE,
        ),
        Connection("machines-b", OpcUa, (_STATE, _counter), site=_SITE),
    ),
    routes=(
        *(
            Route(command, "mes-b", site=_SITE)
            for command in (DistributeOrder, ChangeOrder, CancelOrder, StopUse, AllowUse)
        ),
        *(
            Route(command, "erp-b", site=_SITE)
            for command in (
                AssignLots,
                ConfirmOperation,
                ReceiveOutput,
                CompleteProduction,
                BlockStock,
                UnblockStock,
            )
        ),
    ),
    ownership=(
        Ownership(
            subject=LOT,
            attribute="hold",
            owner="qms-events-b",
            followers={
                **dict.fromkeys(("mes-b", "erp-b"), timedelta(minutes=30)),
                "erp-b-exports": _TWO_BATCHES,
            },
            steward="quality",
        ),
    ),
)
