"""One order in Tryton's books, held against what the MES confirmed of it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from proof.real.booked import Booked, Move
from proof.real.confirmed import Confirmation
from proof.real.difference import Difference, counted, summed
from proof.real.people import Ordered

__all__ = ["order_books"]


def order_books(
    order: Ordered, said: Sequence[Confirmation], books: Booked
) -> Iterator[Difference]:
    """The order, what went in, its operations, what came out, its lot, its inspection."""
    number = order.number
    states = [state for one, state in books.orders if one == number]
    yield from counted(number, "the order itself", len(states))
    for state in states:
        if state != "done":
            yield Difference("lost", number, f"the order is {state}, not done")
    moves = [move for move in books.moves if move.order == number]
    for move in moves:
        if move.state != "done":
            yield Difference("lost", number, f"not booked: {move}")
    yield from _consumption(number, said, [move for move in moves if move.side == "in"])
    yield from _operations(number, said, books)
    for end in said:
        if end.kind == "order_completion":
            yield from _output(order, end, [m for m in moves if m.side == "out"], books)


def _consumption(
    number: str, said: Sequence[Confirmation], moves: Sequence[Move]
) -> Iterator[Difference]:
    wanted: defaultdict[tuple[str, str | None], float] = defaultdict(float)
    for one in said:
        for part in one.content.components:
            wanted[part.material, part.lot] += part.quantity
    yield from summed(number, "consumption of", _sums(moves), wanted)


def _sums(moves: Sequence[Move]) -> dict[tuple[str, str | None], float]:
    sums: defaultdict[tuple[str, str | None], float] = defaultdict(float)
    for move in moves:
        sums[move.product, move.lot] += move.quantity
    return sums


def _operations(number: str, said: Sequence[Confirmation], books: Booked) -> Iterator[Difference]:
    works = [work for work in books.works if work.order == number]
    confirmed = [one.content for one in said if one.kind == "operation_confirmation"]
    for work in works:
        if work.operation not in {one.operation for one in confirmed} and work.cycles:
            yield Difference("doubled", number, f"{work.operation} was never confirmed: {work}")
    for one in confirmed:
        mine = [work for work in works if work.operation == one.operation]
        yield from counted(number, f"operation {one.operation}", len(mine))
        for work in mine:
            if work.state not in ("finished", "done"):
                yield Difference("lost", number, f"{work.operation} is {work.state}")
            yield from counted(number, f"cycles of {work.operation}", len(work.cycles))
            for seconds in work.cycles:
                if one.machine_seconds is not None and not _close(seconds, one.machine_seconds):
                    yield Difference(
                        "wrong",
                        number,
                        f"{work.operation} took {seconds} s, {one.machine_seconds} s confirmed",
                    )


def _close(seconds: float | None, wanted: float) -> bool:
    return seconds is not None and abs(seconds - wanted) < 1e-3


def _output(
    order: Ordered, end: Confirmation, moves: Sequence[Move], books: Booked
) -> Iterator[Difference]:
    number, lot = order.number, end.content.lot
    yield from counted(number, "movements of output", len(moves))
    wanted = {(order.product, lot): end.content.good_qty}
    yield from summed(number, "output of", _sums(moves), wanted)
    lots = [one for one in books.lots if one.number == lot and one.product == order.product]
    yield from counted(number, f"lot {lot}", len(lots))
    inspections = [one for one in books.inspections if one.order == number]
    yield from counted(number, "inspections", len(inspections), int(order.inspected))
    for one in inspections:
        if one.state != "passed":
            yield Difference("lost", number, f"inspection {one.reference} is {one.state}")
