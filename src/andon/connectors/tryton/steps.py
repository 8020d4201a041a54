"""Each call that changes something in Tryton, and what proves by a later read that it was done.

Tryton takes no key of ours, but every step is a transition or a value that can be read. `send`
reads first and adopts what is already so; the same reading finds out an unknown outcome.
"""

__all__ = ["Call", "OrderStep", "order_steps"]

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec

from andon.connectors.tryton.asked import Ask, AskLots, AskOperation, AskOutput, AskTime
from andon.connectors.tryton.rows import LotRow, Move, Order, Work
from andon.connectors.tryton.speech import typed
from andon.core.errors import RejectedError
from andon.core.quantity import plain

_ASSIGNED = ("assigned", "running", "done")

Lots = Callable[[str, str], LotRow]
"""Lot number and product code to the lot; refuses what is not there."""


class Call(msgspec.Struct, frozen=True):
    """One call, below `/model/`."""

    method: str
    path: str
    body: dict[str, Any] = {}


class OrderStep(msgspec.Struct, frozen=True):
    """One step of posting an order: is it so already, and the call that makes it so."""

    asks: type[Ask]
    proven: Callable[[Order, Any], bool]
    call: Callable[[Order, Any, Lots], Call]
    lots: Callable[[Any], Iterable[tuple[str, str]]] = lambda _: ()
    """The (lot, product) pairs to look up before the call."""


def order_steps() -> dict[str, OrderStep]:
    """By target, in the order of a posting."""
    return {
        "production.lots": OrderStep(AskLots, _lots_are_set, _set_lots, _lots_of),
        "production.assign_try": OrderStep(Ask, _in(*_ASSIGNED), _button("assign_try")),
        "production.run": OrderStep(Ask, _in("running", "done"), _button("run")),
        "production.work.start": OrderStep(AskOperation, _started, _work("start")),
        "production.work.time": OrderStep(AskTime, _timed, _write_time),
        "production.work.stop": OrderStep(AskOperation, _stopped, _work("stop")),
        "production.output": OrderStep(AskOutput, _output_is_set, _set_output, _output_lots),
        "production.do": OrderStep(Ask, _in("done"), _button("do")),
        "production.cancel": OrderStep(Ask, _in("cancelled"), _button("cancel")),
    }  # fmt: skip


def _in(*states: str) -> Callable[[Order, Ask], bool]:
    return lambda order, _: order.state in states


def _button(name: str) -> Callable[[Order, Ask, Lots], Call]:
    return lambda order, _, __: Call("POST", f"production/{order.id}/{name}")


def _lots_of(ask: AskLots) -> Iterable[tuple[str, str]]:
    return [(part.lot, part.product) for part in ask.components]


def _lots_are_set(order: Order, ask: AskLots) -> bool:
    """Sums per product and lot, because assigning may split a movement."""
    held = _sums((m.product.code, m.lot.number if m.lot else "", m.quantity) for m in order.inputs)
    asked = {part.product for part in ask.components}
    return {key: held[key] for key in held if key[0] in asked} == _wanted(order, ask)


def _wanted(order: Order, ask: AskLots) -> dict[tuple[str, str], Decimal]:
    parts = [
        (
            part.product,
            part.lot,
            _taken(order, part.product) if part.quantity is None else part.quantity,
        )
        for part in ask.components
    ]
    return _sums(parts)


def _taken(order: Order, product: str) -> Decimal:
    """All that the order takes of it."""
    return sum((move.quantity for move in _inputs(order, product)), Decimal(0))


def _inputs(order: Order, product: str) -> list[Move]:
    moves = [move for move in order.inputs if move.product.code == product]
    if not moves:
        raise RejectedError(f"{order.number} takes no {product}. Check the bill of material.")
    return moves


def _sums(rows: Iterable[tuple[str, str, Decimal]]) -> dict[tuple[str, str], Decimal]:
    sums: dict[tuple[str, str], Decimal] = {}
    for product, lot, amount in rows:
        sums[product, lot] = sums.get((product, lot), Decimal(0)) + amount
    return {key: round(amount, 6) for key, amount in sums.items() if amount}


def _set_lots(order: Order, ask: AskLots, lots: Lots) -> Call:
    """Old movements out, new ones in, at once.

    A repeat that arrives late fails on the movements that are gone, so nothing is consumed twice.
    """
    changes: list[list[Any]] = []
    for product in dict.fromkeys(part.product for part in ask.components):
        old = _inputs(order, product)
        units = {part.unit for part in ask.components if part.product == product and part.unit}
        _same_unit(order, old[0], units)
        amounts = {k[1]: v for k, v in _wanted(order, ask).items() if k[0] == product}
        if order.state == "assigned":
            changes.append(["write", *_lot_of_reserved(order, old, amounts, product, lots)])
            continue
        changes.append(["delete", [move.id for move in old]])
        new = [_move(order, old[0], lots(lot, product), amount) for lot, amount in amounts.items()]
        changes.append(["create", new])
    return Call("PUT", f"production/{order.id}", {"inputs": changes})


def _lot_of_reserved(
    order: Order, moves: list[Move], amounts: dict[str, Decimal], product: str, lots: Lots
) -> tuple[list[int], dict[str, Any]]:
    """Once reserved, a movement takes another lot and nothing else."""
    reserved = round(sum((move.quantity for move in moves), Decimal(0)), 6)
    if list(amounts.values()) != [reserved]:
        raise RejectedError(
            f"{order.number} has {plain(reserved)} of {product} reserved, and Tryton changes no"
            " amount after that. Say the lots before the components are assigned, or take the"
            " order back to waiting in Tryton."
        )
    (lot,) = amounts
    return [move.id for move in moves], {"lot": lots(lot, product).id}


def _move(order: Order, like: Move, lot: LotRow, amount: Decimal) -> dict[str, Any]:
    return {
        "product": like.product.id,
        "unit": like.unit.id,
        "quantity": float(amount),
        "lot": lot.id,
        "from_location": like.from_location,
        "to_location": like.to_location,
        "company": order.company,
    }


def _same_unit(order: Order, move: Move, units: Iterable[str]) -> None:
    for unit in units:
        if unit != move.unit.symbol:
            raise RejectedError(
                f"{order.number} counts {move.product.code} in {move.unit.symbol}, not in {unit}."
                " Convert it in the mapping of the system that said it."
            )


def _work_of(order: Order, ask: AskOperation) -> Work:
    for work in order.works:
        if work.operation.name == ask.operation:
            return work
    names = ", ".join(work.operation.name for work in order.works) or "none"
    raise RejectedError(f"{order.number} has no operation {ask.operation!r}; it has {names}.")


def _work(button: str) -> Callable[[Order, AskOperation, Lots], Call]:
    return lambda order, ask, _: Call("POST", f"production.work/{_work_of(order, ask).id}/{button}")


def _started(order: Order, ask: AskOperation) -> bool:
    return _work_of(order, ask).state in ("running", "finished", "done")


def _stopped(order: Order, ask: AskOperation) -> bool:
    return _work_of(order, ask).state in ("finished", "done")


def _timed(order: Order, ask: AskTime) -> bool:
    cycles = _work_of(order, ask).cycles
    spent = sum(cycle.duration.seconds for cycle in cycles if cycle.duration is not None)
    return abs(spent - ask.seconds) < 1e-3


def _write_time(order: Order, ask: AskTime, _: Lots) -> Call:
    work = _work_of(order, ask)
    running = [cycle for cycle in work.cycles if cycle.state == "running"]
    if not running:
        raise RejectedError(
            f"{ask.operation} of {order.number} is {work.state}."
            " A time can be written only while it runs; start it first."
        )
    body = {"duration": typed(timedelta(seconds=ask.seconds))}
    return Call("PUT", f"production.work.cycle/{running[0].id}", body)


def _output(order: Order, ask: AskOutput) -> Move:
    for move in order.outputs:
        if move.product.code == ask.product:
            return move
    raise RejectedError(f"{order.number} gives no {ask.product}. Check the bill of material.")


def _output_lots(ask: AskOutput) -> Iterable[tuple[str, str]]:
    return [] if ask.lot is None else [(ask.lot, ask.product)]


def _output_is_set(order: Order, ask: AskOutput) -> bool:
    move = _output(order, ask)
    lot = move.lot.number if move.lot else None
    return round(move.quantity, 6) == round(ask.quantity, 6) and lot == ask.lot


def _set_output(order: Order, ask: AskOutput, lots: Lots) -> Call:
    move = _output(order, ask)
    _same_unit(order, move, [ask.unit])
    values: dict[str, Any] = {"quantity": float(ask.quantity)}
    if ask.lot is not None:
        values["lot"] = lots(ask.lot, ask.product).id
    return Call("PUT", f"production/{order.id}", {"outputs": [["write", [move.id], values]]})
