"""From metrics to the canonical model: states of equipment, counts; and what nobody can read."""

__all__ = ["Presence", "Reading", "counted", "equipment_state", "mappings", "unreadable_metric"]

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from andon.connectors.sparkplug.items import UNREADABLE_ITEM
from andon.core.connector import Item
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Known, Said, inbound
from andon.model.isa95 import EquipmentLevel
from andon.model.plant import EquipmentState, EquipmentStateChanged


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A watched metric that says something new."""

    group: str
    node: str
    device: str | None
    metric: str
    type: str
    value: Any
    at: datetime
    stale: bool
    """Its node or device is gone; `value` is what it said last."""
    returned: bool
    """Its node or device was away: `value` holds anew, even where it is the same as before."""
    historical: bool
    """Told late, from the node's memory. It is not remembered as what the metric says now."""
    properties: dict[str, Any]
    """Unit, range, quality, as the birth or a later message says them."""
    beside: dict[str, Any]
    """Values of the metrics named in the settings' `beside`."""


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """A node or device came or went, or messages of it are missing."""

    group: str
    node: str
    device: str | None
    what: Literal["born", "dead", "silent", "gap"]
    """Silent: it was asked for a birth and did not answer, so it counts as dead."""
    at: datetime
    why: str


class _Unreadable(msgspec.Struct, frozen=True):
    at: str
    says: str


def equipment_state(
    reading: Reading,
    before: Reading | None,
    states: Mapping[Any, EquipmentState],
    *,
    equipment_id: str | None = None,
    reason: str | None = None,
    level: EquipmentLevel | None = None,
) -> EquipmentStateChanged | None:
    """The state this reading means; None when it means the same as `before`.

    What is stale or null is NotAvailable. The equipment is the device, or the node where there is
    none, unless it is named. Raises MappingError for a value that `states` does not name.
    """
    state = _state_of(reading, states)
    if before is not None and not reading.historical and not reading.returned:
        told = "NotAvailable" if _away(before) else states.get(before.value)
        if told == state and before.beside == reading.beside:
            return None
    return EquipmentStateChanged(
        equipment_id=equipment_id or reading.device or reading.node,
        state=state,
        level=level,
        reason="not connected" if reading.stale else reason,
        changed_at=reading.at,
    )


def counted(reading: Reading, before: Reading | None, *, rolls_at: int | None = None) -> int | None:
    """How much a counter went up since `before`; None where nobody can tell: at first sight, from
    the node's memory, or while it is away.

    A counter that reads less than before began anew, or rolled over at `rolls_at` if that is
    nearer.
    """
    if before is None or reading.historical or _away(reading) or before.value is None:
        return None
    now, then = int(reading.value), int(before.value)
    if now >= then:
        return now - then
    if rolls_at is not None and now + rolls_at - then < rolls_at // 2:
        return now + rolls_at - then
    return now


@inbound(UNREADABLE_ITEM)
def unreadable_metric(item: Item, _: Known) -> Iterable[Said]:
    """An exception that names topic or metric, with the bytes as they came."""
    found = item.read(_Unreadable)
    raise MappingError(f"{found.at}: {found.says}", [Fault(found.at, found.says)])


mappings = (unreadable_metric,)
"""Put these beside your own: `[machine_state, *sparkplug.mappings]`."""


def _away(reading: Reading) -> bool:
    return reading.stale or reading.value is None


def _state_of(reading: Reading, states: Mapping[Any, EquipmentState]) -> EquipmentState:
    if _away(reading):
        return "NotAvailable"
    state = states.get(reading.value)
    if state is None:
        says = f"is {reading.value!r}, which no state stands for; named are {list(states)}"
        raise MappingError(f"{reading.metric} of {reading.device or reading.node} {says}",
                           [Fault("/value", says)])  # fmt: skip
    return state
