"""The books, the outbox and the log held against each other; pure, so that it can be doubted."""

from collections.abc import Iterable, Iterator, Sequence

from proof.real.booked import Booked
from proof.real.confirmed import Confirmation
from proof.real.difference import Difference
from proof.real.order_books import order_books
from proof.real.order_log import LAST, order_log
from proof.real.people import Ordered
from proof.real.recorded import Recorded

__all__ = ["at_rest", "differences", "strays"]


def differences(
    ordered: Sequence[Ordered], said: Sequence[Confirmation], books: Booked, log: Recorded
) -> list[Difference]:
    """Everything that is not as the MES confirmed it, exactly once, in all three places."""
    found: list[Difference] = []
    for order in ordered:
        mine = [one for one in said if one.content.order == order.number]
        found += outbox(order, mine)
        found += order_books(order, mine, books)
        found += order_log(order, mine, log, books)
    return found


def strays(
    ordered: Iterable[Ordered], said: Sequence[Confirmation], books: Booked, log: Recorded
) -> list[Difference]:
    """What belongs to no order that was planned: booked, recorded or made out of nothing."""
    numbers = {order.number for order in ordered}
    made = {one.content.lot for one in said if one.content.lot}
    keys = {one.key for one in said}
    found: list[Difference] = []
    for move in books.moves:
        if move.order not in numbers:
            found.append(Difference("doubled", str(move.order), f"a movement of nobody: {move}"))
    for lot in books.lots:
        if lot.product.startswith("FG-") and lot.number not in made:
            found.append(Difference("doubled", lot.number, "a lot that the MES never made"))
    for one in books.inspections:
        if one.order not in numbers:
            found.append(Difference("doubled", str(one.reference), "an inspection of nobody"))
    for record in log.records:
        if record.kind == "event" and record.source == "mes" and record.id not in keys:
            found.append(Difference("doubled", record.order, f"the MES never said {record.id}"))
    if log.undelivered:
        says = f"{log.undelivered} commands have neither receipt nor refusal"
        found.append(Difference("lost", "", says))
    return found


def outbox(order: Ordered, mine: Sequence[Confirmation]) -> Iterator[Difference]:
    """The floor has finished, and the MES has an answer for each of its messages."""
    wanted = {f"{order.number}:{step}" for step in ("op10", "op20", "completion")}
    for key in sorted(wanted - {one.key for one in mine}):
        yield Difference("lost", order.number, f"the MES has not confirmed {key}")
    for one in mine:
        if one.status != "sent":
            yield Difference("lost", order.number, f"{one.key} is {one.status} in the MES's outbox")
    ends = [one for one in mine if one.kind == "order_completion"]
    for end in ends:
        if (end.content.good_qty, end.content.scrap_qty) != (order.good, order.scrap):
            yield Difference("wrong", order.number, f"the floor made {order}, {end.key} differs")


def at_rest(order: Ordered, said: Sequence[Confirmation], books: Booked, log: Recorded) -> bool:
    """Whether all three say that nothing more will come."""
    mine = [one for one in said if one.content.order == order.number]
    return (
        (order.number, "done") in books.orders
        and any(one.kind == "order_completion" for one in mine)
        and all(one.status == "sent" for one in mine)
        and any(
            record.order == order.number
            and record.kind == "receipt"
            and record.data["command"] == LAST
            for record in log.records
        )
    )
