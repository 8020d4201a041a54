"""Pieces of mappings: machine states and counters. Those of jobs are in `jobmapping`."""

__all__ = ["Reading", "equipment_states", "growth"]

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from andon.core.connector import Item
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Inbound, Known, Said, inbound
from andon.model.plant import EquipmentState, EquipmentStateChanged

_STATES: Mapping[str, EquipmentState] = {
    "NotAvailable": "NotAvailable", "OutOfService": "OutOfService",
    "NotExecuting": "NotExecuting", "Executing": "Executing",
}  # fmt: skip


class Reading(msgspec.Struct, frozen=True):
    """One value of one variable."""

    node: str
    type: str
    value: Any
    status: str
    source_at: datetime | None = None
    server_at: datetime | None = None


def equipment_states(
    kind: str,
    machines: Mapping[str, str],
    words: Mapping[str, EquipmentState] = _STATES,
) -> Inbound:
    """Node id -> equipment, the value's word (`Executing`, `3`, `true`) -> its state.

    A reading of bad quality says that nobody knows: the machine is NotAvailable.
    """

    @inbound(kind)
    def state(item: Item, _: Known) -> Iterator[Said]:
        reading = item.read(Reading)
        bad = reading.status.startswith("Bad")
        found = "NotAvailable" if bad else words.get(_word(reading.value))
        if found is None or reading.node not in machines:
            at, odd = ("/node", reading.node) if found else ("/value", reading.value)
            named = machines if found else words
            raise MappingError(
                f"{kind} is not understood",
                [Fault(at, f"{odd!r} is none of {', '.join(named)}")],
            )
        yield EquipmentStateChanged(
            equipment_id=machines[reading.node],
            state=found,
            reason=reading.status if bad else None,
            changed_at=reading.source_at or reading.server_at,
        )

    return state


def _word(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def growth(item: Item, known: Known) -> Decimal | None:
    """By how much a counter grew since the reading before (`remember = true`); None at first sight
    and where its quality is bad. A counter that fell was reset: it counts from zero again."""
    now, before = item.read(Reading), known.before(Reading)
    if before is None or now.status.startswith("Bad") or before.status.startswith("Bad"):
        return None
    amount, earlier = _amount(now), _amount(before)
    return amount - earlier if amount >= earlier else amount


def _amount(reading: Reading) -> Decimal:
    try:
        amount = Decimal(str(reading.value))
    except InvalidOperation:
        amount = Decimal("nan")
    if not amount.is_finite() or isinstance(reading.value, bool):
        raise MappingError(
            f"{reading.node} is no counter", [Fault("/value", f"{reading.value!r} is no number")]
        )
    return amount
