"""Expediting: what is missing is asked for of the suppliers that still owe some of it."""

__all__ = ["CALM_FOR", "expedite_missing", "open_lines", "pressing"]

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from andon.capabilities.supply.earlier import earlier
from andon.capabilities.supply.ordering import promised
from andon.core.errors import LateError
from andon.core.insisting import insist
from andon.core.quantity import Quantity
from andon.core.workflow import Run, Workflow, workflow
from andon.model.completing import PurchaseLinesCompleted
from andon.model.expediting import RequestExpedite, SendExpedite, ShortageChecked
from andon.model.supply import (
    PackedLot,
    PurchaseLine,
    PurchaseOrderConfirmed,
    PurchaseOrderPlaced,
    ReceivedLot,
    ShipmentAnnounced,
    ShipmentCounted,
)

_NOTHING = Decimal(0)
_HEARD = (
    ShortageChecked,
    PurchaseOrderConfirmed,
    ShipmentAnnounced,
    ShipmentCounted,
    PurchaseLinesCompleted,
)
_Heard = (
    ShortageChecked
    | PurchaseOrderConfirmed
    | ShipmentAnnounced
    | ShipmentCounted
    | PurchaseLinesCompleted
)

CALM_FOR = timedelta(minutes=10)
"""Less is urgent for so long before a supplier is written to that it is: a shortage comes and goes
with every posting."""


def expedite_missing(*, fetched_by: Collection[str] = ()) -> Workflow:
    """Listens for shortages of what an order brings until nothing of it is owed, and begins with
    what is missing when it is placed. So much as is missing and still owed is wanted at once: it is
    noted with the order, where a supplier that fetches everything at our API reads it, and the
    others are written to. Of several orders that owe the item each is asked: it brings nothing more
    than was ordered, only sooner. Asked again is for more than before, or once there was enough in
    between; that less is urgent is noted at once, and written when it stays so."""

    @workflow(on=PurchaseOrderPlaced, name="expedite_missing", earlier=True)
    async def expediting(run: Run, placed: PurchaseOrderPlaced) -> None:
        order, times, calm = _Order(placed.lines), 0, False
        noted: tuple[PurchaseLine, ...] = ()
        written = placed.supplier_id not in fetched_by
        for said in await earlier(run, *_HEARD):
            order.hear(said)
        while order.still:
            order.press(by=run.now)
            more = _more(noted, order.wanted)
            if order.wanted != noted:
                noted = order.wanted
                await run.send(RequestExpedite(order_id=run.subject, wanted=noted))
            if written and (more or calm):
                times += 1
                await _written(run, placed, order.wanted, () if more else order.relieved, times)
                order.told = order.wanted
            heard = await _next(run, CALM_FOR if written and order.relieved else None)
            calm = heard is None
            if heard is not None:
                order.hear(heard)
        if noted:
            await run.send(RequestExpedite(order_id=run.subject, wanted=()))

    return expediting


def open_lines(
    lines: Sequence[PurchaseLine], sent: Mapping[str, Decimal]
) -> tuple[PurchaseLine, ...]:
    """What is still owed of each line, when so much of each material is sent: what comes counts for
    the first lines first."""
    left = dict(sent)
    found: list[PurchaseLine] = []
    for line in lines:
        came = min(left.get(line.material_id, _NOTHING), line.quantity.amount)
        left[line.material_id] = left.get(line.material_id, _NOTHING) - came
        if came < line.quantity.amount:
            found.append(_of(line, line.quantity.amount - came))
    return tuple(found)


def pressing(
    before: Sequence[PurchaseLine],
    still: Sequence[PurchaseLine],
    shortage: ShortageChecked,
    *,
    by: datetime,
) -> tuple[PurchaseLine, ...]:
    """What is wanted at once, after a shortage was said: of its item as much as is missing, in
    place of what was wanted before; what is asked for already keeps its day. In another unit than
    it was ordered in nobody can tell how much, so all of it is."""
    item = shortage.item_id.rpartition(":")[2]
    others = [line for line in before if line.material_id != item]
    was = {line.line: line for line in before if line.material_id == item}
    left = shortage.missing.amount
    mine: list[PurchaseLine] = []
    for line in still:
        if line.material_id != item or left <= 0:
            continue
        amount = line.quantity.amount
        if line.quantity.unit == shortage.missing.unit:
            amount = min(amount, left)
            left -= amount
        known = was.get(line.line)
        due_at = by if known is None or known.quantity.amount < amount else known.due_at
        mine.append(msgspec.structs.replace(_of(line, amount), due_at=due_at))
    return tuple(sorted((*others, *mine), key=lambda line: line.line))


class _Order:
    """What of an order is still owed, what of that is wanted at once, and what its supplier was
    told of it."""

    def __init__(self, ordered: Sequence[PurchaseLine]) -> None:
        self.wanted: tuple[PurchaseLine, ...] = ()
        self.told: tuple[PurchaseLine, ...] = ()
        self._ordered, self._owed = ordered, ordered
        self._sent = _Sent()
        self._completed: frozenset[str] = frozenset()
        self._checked: dict[str, ShortageChecked] = {}

    def hear(self, said: _Heard) -> None:
        """What was said of an item last counts; no shortage is looked at before `press`."""
        match said:
            case PurchaseOrderConfirmed():
                self._owed = promised(self._ordered, said.lines)
            case ShipmentAnnounced() | ShipmentCounted():
                self._sent.hear(said)
            case ShortageChecked():
                self._checked[said.item_id] = said
            case PurchaseLinesCompleted():
                self._completed = frozenset(said.lines)
                self.wanted = tuple(one for one in self.wanted if one.line not in self._completed)

    def press(self, *, by: datetime) -> None:
        """What is wanted at once, after what was said of shortages."""
        for said in self._checked.values():
            self.wanted = pressing(self.wanted, self.still, said, by=by)
        self._checked.clear()

    @property
    def still(self) -> tuple[PurchaseLine, ...]:
        """What is owed: of what is completed nothing is, though it never came."""
        left = open_lines(self._owed, self._sent.amounts)
        return tuple(one for one in left if one.line not in self._completed)

    @property
    def relieved(self) -> tuple[PurchaseLine, ...]:
        """What its supplier holds for urgent, still owes, and may send on its day after all."""
        wanted = {line.line: line.quantity.amount for line in self.wanted}
        told = {line.line: line.quantity.amount for line in self.told}
        amounts = [
            (line, min(told.get(line.line, _NOTHING), line.quantity.amount)) for line in self.still
        ]
        return tuple(
            _of(line, known - wanted.get(line.line, _NOTHING))
            for line, known in amounts
            if known > wanted.get(line.line, _NOTHING)
        )


class _Sent:
    """What has left the supplier: what a shipment is said to hold, or what came of one that nobody
    announced. What came short or broken is a claim, and not asked for again here."""

    def __init__(self) -> None:
        self._announced: dict[str, dict[str, Decimal]] = {}
        self._counted: dict[str, dict[str, Decimal]] = {}

    def hear(self, said: ShipmentAnnounced | ShipmentCounted) -> None:
        """Either may be heard first, and twice. What comes in place of a return was sent before."""
        if said.replaces:
            return
        into = self._announced if isinstance(said, ShipmentAnnounced) else self._counted
        into.setdefault(said.shipment_id, _amounts(said.lots))

    @property
    def amounts(self) -> Mapping[str, Decimal]:
        """By material."""
        found: dict[str, Decimal] = {}
        for one in (self._counted | self._announced).values():
            for material, amount in one.items():
                found[material] = found.get(material, _NOTHING) + amount
        return found


def _amounts(lots: Sequence[PackedLot] | Sequence[ReceivedLot]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for lot in lots:
        found[lot.material_id] = found.get(lot.material_id, _NOTHING) + lot.quantity.amount
    return found


def _more(before: Sequence[PurchaseLine], wanted: Sequence[PurchaseLine]) -> bool:
    """Whether more of any line is wanted than the supplier knows."""
    known = {line.line: line.quantity.amount for line in before}
    return any(line.quantity.amount > known.get(line.line, _NOTHING) for line in wanted)


def _of(line: PurchaseLine, amount: Decimal) -> PurchaseLine:
    return msgspec.structs.replace(line, quantity=Quantity(amount, line.quantity.unit))


async def _next(run: Run, within: timedelta | None) -> _Heard | None:
    """What is said next; None when nothing came within the time."""
    try:
        return await run.wait(*_HEARD, within=within)
    except LateError:
        return None


async def _written(
    run: Run,
    placed: PurchaseOrderPlaced,
    wanted: tuple[PurchaseLine, ...],
    relieved: tuple[PurchaseLine, ...],
    times: int,
) -> None:
    request = SendExpedite(
        order_id=run.subject,
        supplier_id=placed.supplier_id,
        request_id=f"{run.local.rpartition(':')[2]}-{times}",
        asked_at=run.now,
        wanted=wanted,
        relieved=relieved,
    )
    await insist(
        run,
        request,
        team="purchasing",
        says=lambda error: (
            f"{placed.supplier_id} cannot be asked to send what is missing of"
            f" {run.local} sooner: {error} Mend the cause and send it again, or call the supplier."
            if not relieved
            else f"{placed.supplier_id} cannot be told that less of {run.local} is urgent:"
            f" {error} Mend the cause and send it again, or call the supplier."
        ),
        again="send again",
        by_hand="it is told",
    )
