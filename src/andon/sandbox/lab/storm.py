"""A storm over the company: which faults strike, how often, spread over its business time."""

__all__ = ["KINDS", "Kind", "Storm"]

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

import msgspec

from andon.sandbox.company import Company
from andon.sandbox.faults import Striking
from andon.sandbox.mailbox import MailboxSystem
from andon.sandbox.outbox import Odd, Outbox
from andon.sandbox.system import HttpSystem
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_b import MesB
from andon.sandbox.world import Steps

T = TypeVar("T")

_OUTAGE = timedelta(hours=8)
_PLANT = ("mes-a", "machines")
"""What nobody reaches while plant A is cut off."""
_EVER = date(9999, 1, 1)
_CLOSED = "M7/053"


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of fault."""

    name: str
    times: int
    """How often it is set in a storm of size 1."""
    least: int = 20
    """So often it must have struck in one, or nothing was shown."""
    within: float = 1.0
    """It is over in this first part of the storm."""
    lasts: timedelta = timedelta()
    apart: bool = False
    """One in each equal part of the storm, and none at once behind another: what has not got up
    again cannot be struck."""
    inject: Callable[["Storm"], Steps | None]
    """Sets it; what takes business time is steps."""
    struck: Callable[["Storm"], int]
    """How often it really happened."""


class Storm:
    """Begins with `rage`. Everything is set right again when its time is over."""

    def __init__(self, company: Company, *, kill: Callable[[], bool], size: float = 1.0) -> None:
        self.company = company
        self.chance: Random = company.world.chance("storm")
        self.size = size
        self.kill = kill
        """Kills Andon, unless it is dead or has only begun again."""
        self.kills = 0
        self.outages = 0
        self.cut_off = False
        self.skews = 0
        self.expired = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def rage(self, kinds: Mapping[str, Kind], span: timedelta) -> None:
        """Each kind strikes at times of its own in the first five sixths of the span."""
        for kind in kinds.values():
            chance = self.company.world.chance(f"storm/{kind.name}")
            until = span.total_seconds() / 1.2 * kind.within - kind.lasts.total_seconds()
            times = max(1, round(kind.times * self.size))
            if kind.apart:
                moments = [(n + chance.uniform(0.1, 0.6)) * until / times for n in range(times)]
            else:
                moments = sorted(chance.uniform(0.03, 1.0) * until for _ in range(times))
            self.company.world.lives(self._strikes(kind, moments))

    def ends(self) -> None:
        """What was set and has not struck by now does not strike any more."""
        for system in self.company.systems.values():
            system.faults.due.clear()

    def injected(self, kinds: Mapping[str, Kind]) -> dict[str, int]:
        """How often each has struck so far."""
        return {name: kind.struck(self) for name, kind in kinds.items()}

    def _strikes(self, kind: Kind, moments: list[float]) -> Steps:
        for moment in moments:
            ahead = moment - self.company.world.time.now
            if ahead > 0:
                yield self.company.world.wait(timedelta(seconds=ahead))
            steps = kind.inject(self)
            if steps is not None:
                self.company.world.lives(steps)

    def soon(self, work: Coroutine[Any, Any, None]) -> None:
        """Real work that a step of the world begins."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def called(self) -> HttpSystem:
        """One of the systems that are called, the busier the likelier."""
        systems = [one for one in self.company.systems.values() if isinstance(one, HttpSystem)]
        return self.busy(systems, lambda one: one.faults.effects)

    def busy(self, some: Sequence[T], done: Callable[[T], int]) -> T:
        """One of them, the more it has done the likelier."""
        return self.chance.choices(some, [done(one) + 1 for one in some])[0]

    def pushing(self) -> list[Outbox]:
        """Of all systems that post."""
        found = (getattr(one, "outbox", None) for one in self.company.systems.values())
        return [one for one in found if isinstance(one, Outbox)]


def _answers(name: str, fault: Striking, times: int, *, each: int = 1, least: int = 20) -> Kind:
    def inject(storm: Storm) -> None:
        storm.called().faults.add(fault, each)

    def struck(storm: Storm) -> int:
        systems = storm.company.systems.values()
        return sum(one.faults.struck[fault] for one in systems)

    return Kind(name=name, times=times, least=least, inject=inject, struck=struck)


def _posts(name: str, odd: Odd, times: int) -> Kind:
    def inject(storm: Storm) -> None:
        outbox = storm.chance.choice(storm.pushing())
        outbox.odd[odd] += 1

    def struck(storm: Storm) -> int:
        return sum(outbox.struck[odd] for outbox in storm.pushing())

    return Kind(name=name, times=times, inject=inject, struck=struck)


def _skew(storm: Storm) -> None:
    system = storm.chance.choice(list(storm.company.systems.values()))
    system.skew = timedelta(seconds=storm.chance.uniform(-60, 60))
    storm.skews += 1


def _mailboxes(storm: Storm) -> list[MailboxSystem]:
    found = storm.company.systems.values()
    return [one for one in found if isinstance(one, MailboxSystem)]


def _posting(storm: Storm) -> MailboxSystem:
    """One of the mailboxes, the busier the likelier: what is due in an idle one never strikes."""
    return storm.busy(_mailboxes(storm), lambda one: one.posted)


def _half(storm: Storm) -> None:
    if storm.chance.random() < 0.5:
        storm.company.the(MesB).halves["due"] += 1
    else:
        _posting(storm).odd["halves"] += 1


def _halves(storm: Storm) -> int:
    mailboxes = sum(one.struck["halves"] for one in _mailboxes(storm))
    return storm.company.the(MesB).halves["struck"] + mailboxes


def _repeat(storm: Storm) -> None:
    _posting(storm).odd["twice"] += 1


def _expire(storm: Storm) -> None:
    gateway = storm.company.the(Erp).gateway
    storm.expired += bool(gateway.sessions)
    gateway.expire_tokens()


def _lock(storm: Storm) -> Steps:
    """Somebody has an order, what it is of, and a purchase order open on a screen."""
    erp = storm.company.the(Erp).company
    number = storm.chance.choice(list(erp.parts_of) or [""])
    bought = erp.purchases.last()
    material = storm.chance.choice(list(erp.units))
    erp.locked[number] = erp.movements.locked[material] = erp.purchases.locked[bought] = "HUBER"
    yield storm.company.world.wait(timedelta(minutes=storm.chance.uniform(2, 5)))
    erp.locked.pop(number, None)
    erp.movements.locked.pop(material, None)
    erp.purchases.locked.pop(bought, None)


def _close(storm: Storm) -> Steps:
    """Finance has closed the month, and opens the next one a while after somebody complained."""
    erp = storm.company.the(Erp).company
    movements, complaints = erp.movements, erp.refusals[_CLOSED]
    before, movements.open_from = movements.open_from, _EVER
    for _ in range(20):
        yield storm.company.world.wait(timedelta(minutes=storm.chance.uniform(3, 6)))
        if erp.refusals[_CLOSED] > complaints:
            break
    if movements.open_from == _EVER:
        movements.open_from = min(before, date(1970, 1, 1))


def _cut_off(storm: Storm) -> Steps:
    """The plant works on, and nobody hears of it. It cannot be cut off twice at once."""
    if storm.cut_off:
        return
    systems = [storm.company.systems[name] for name in _PLANT]
    storm.cut_off, storm.outages = True, storm.outages + 1
    for system in systems:
        storm.soon(system.stop())
    yield storm.company.world.wait(_OUTAGE)
    for system in systems:
        storm.soon(system.start())
    storm.cut_off = False


def _kill(storm: Storm) -> Steps:
    """As soon as it lives again after the last time."""
    while not storm.kill():
        yield storm.company.world.wait(timedelta(minutes=2))


def _refused(*codes: str) -> Callable[[Storm], int]:
    return lambda storm: sum(storm.company.the(Erp).company.refusals[code] for code in codes)


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        _answers("lost answer after commit", "lose", 420, least=300),
        _answers("delayed request", "late", 60),
        _answers("5xx burst", "fail", 12, each=5),
        _answers("429", "throttle", 40),
        _answers("slow target", "delay", 60),
        _posts("duplicate delivery", "twice", 60),
        _posts("reordered delivery", "swapped", 60),
        Kind(name="clock skew", times=30, inject=_skew, struck=lambda storm: storm.skews),
        Kind(name="half-written file", times=50, inject=_half, struck=_halves),
        Kind(
            name="EDI duplicate control number",
            times=40,
            inject=_repeat,
            struck=lambda storm: sum(one.struck["twice"] for one in _mailboxes(storm)),
        ),
        Kind(name="CSRF expiry", times=30, inject=_expire, struck=lambda storm: storm.expired),
        Kind(name="lock", times=200, inject=_lock, struck=_refused("M3/024", "CO/469", "ME/006")),
        Kind(name="period closed", times=24, inject=_close, struck=_refused(_CLOSED)),
        Kind(
            name="plant outage of 8 hours",
            times=1,
            least=1,
            within=0.75,
            lasts=_OUTAGE,
            inject=_cut_off,
            struck=lambda storm: storm.outages,
        ),
        Kind(
            name="kill -9 of Andon",
            times=24,
            apart=True,
            inject=_kill,
            struck=lambda storm: storm.kills,
        ),
    )
}
