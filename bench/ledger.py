"""What QMS, ERP and WMS hold true: every effect once, and everything that was odd about it.

Pure: the clock comes in, a verdict goes out, so its rules are tested without a socket.
"""

import zlib
from collections import Counter
from typing import Literal, get_args

import msgspec

__all__ = [
    "Answered",
    "Call",
    "Effects",
    "Faults",
    "Ledger",
    "LedgerPage",
    "Silent",
    "System",
    "Unavailable",
    "Verdict",
]

System = Literal["qms", "erp", "wms"]
SYSTEMS: tuple[System, ...] = get_args(System)
_BEFORE: dict[System, System | None] = {"qms": None, "erp": "qms", "wms": "erp"}


class Call(msgspec.Struct, frozen=True, rename="camel"):
    """The body of a command; what the hub mapped from the event."""

    event_id: str
    order_no: str | None = None
    lot_no: str | None = None
    qty: object = None
    plant: str | None = None
    seq: int | None = None


class Faults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one system misbehaves.

    ``fail`` is the share answered 503 without an effect; ``hang`` is the share that takes
    effect and then never answers: the connection closes after ``hang_s``.
    """

    delay_ms: float = 5.0
    fail: float = 0.0
    hang: float = 0.0
    hang_s: float = 8.0


class Effects(msgspec.Struct, array_like=True):
    """One event in one system. More than one effect is a doubled booking."""

    effects: int = 0
    calls: int = 0
    first_answer_at: int = 0
    replays: int = 0


class LedgerPage(msgspec.Struct, frozen=True):
    """The whole ledger as ``GET /_ledger`` gives it."""

    events: dict[System, dict[str, Effects]]
    bad: dict[str, int]
    n503: int
    nhang: int


class Answered(msgspec.Struct, frozen=True):
    """It has taken effect, now or with an earlier call of the same key."""

    reference: str


class Unavailable(msgspec.Struct, frozen=True):
    """A 503, provably without effect."""


class Silent(msgspec.Struct, frozen=True):
    """It has taken effect and the caller will not hear of it."""


Verdict = Answered | Unavailable | Silent


class Ledger:
    """The books of the three systems, and the order in which they must be written."""

    def __init__(self, delay_ms: float = 5.0) -> None:
        self.faults: dict[System, Faults] = dict.fromkeys(SYSTEMS, Faults(delay_ms=delay_ms))
        self.seed = 1
        self.clear()

    def clear(self) -> None:
        """Forget every effect; faults and seed stay."""
        self.events: dict[System, dict[str, Effects]] = {name: {} for name in SYSTEMS}
        self.calls: Counter[System] = Counter()
        self.completed = 0
        names = ("no_key", "no_event", "bad_map", "out_of_order", "order_sequence")
        self.bad: dict[str, int] = dict.fromkeys(names, 0)
        self.n503 = self.nhang = 0
        self._references: dict[System, dict[str, str]] = {name: {} for name in SYSTEMS}
        self._sequences: dict[System, dict[str, int]] = {name: {} for name in SYSTEMS}

    def judge(self, system: System, key: str | None, call: Call, now: int) -> Verdict:
        """Book the call and say what the system answers. A known key has no second effect."""
        if not (call.order_no and call.lot_no and call.qty is not None):
            self.bad["bad_map"] += 1
        entry = self.events[system].setdefault(call.event_id, Effects())
        entry.calls += 1
        self.calls[system] += 1
        faults = self.faults[system]
        chance = _chance(self.seed, system, call.event_id, entry.calls)
        poisoned = system == "erp" and call.plant == "POISON"
        if poisoned or chance < faults.fail:
            self.n503 += 1
            return Unavailable()
        reference = self._booked(system, key, call, entry, now)
        if chance < faults.fail + faults.hang:
            self.nhang += 1
            return Silent()
        return Answered(reference)

    def page(self) -> LedgerPage:
        """Everything, for the reckoning after a run."""
        return LedgerPage(self.events, self.bad, self.n503, self.nhang)

    def _booked(self, system: System, key: str | None, call: Call, entry: Effects, now: int) -> str:
        if key is None:
            self.bad["no_key"] += 1
            key = f"nokey-{call.event_id}-{entry.calls}"
        references = self._references[system]
        if key in references:
            entry.replays += 1
            return references[key]
        reference = references[key] = f"{system}-{len(references) + 1:08d}"
        self._check_turn(system, call)
        entry.effects += 1
        if entry.effects == 1:
            entry.first_answer_at = now + int(self.faults[system].delay_ms * 1e6)
            self.completed += system == "wms"
        return reference

    def _check_turn(self, system: System, call: Call) -> None:
        before = _BEFORE[system]
        if before is not None:
            earlier = self.events[before].get(call.event_id)
            if earlier is None or not earlier.effects:
                self.bad["out_of_order"] += 1
        if call.seq is None:
            return
        order = call.order_no or ""
        last = self._sequences[system].get(order, 0)
        if call.seq != last + 1:
            self.bad["order_sequence"] += 1
        self._sequences[system][order] = max(last, call.seq)


def _chance(seed: int, system: System, event_id: str, attempt: int) -> float:
    """The same seed, event and attempt meet the same fault, whatever hub is measured."""
    return zlib.crc32(f"{seed}:{system}:{event_id}:{attempt}".encode()) / 2**32
