"""Mailing: finished lots go to the laboratory with a slip, and what quality decides goes by e-mail
to accounting, to the warehouse and to the floor. Everybody reads it when they come to it."""

__all__ = ["begin"]

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from andon.connectors.odata.simulated.movement_types import BLOCKED, UNRESTRICTED
from andon.connectors.odata.simulated.stocks import Stock
from andon.sandbox.before.desk import Desk, every
from andon.sandbox.system import System
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.qms import Qms
from andon.sandbox.systems.wms import Wms
from andon.sandbox.truth import Fact, Finished
from andon.sandbox.world import Steps, World

_ROUND = timedelta(minutes=30)
_LOOKS = timedelta(minutes=1)
_READ = timedelta(minutes=10), timedelta(minutes=90)
_OVERLOOKED = 0.1
"""Share of mails that nobody opens before the end of the shift."""
_SHIFT = timedelta(hours=8)
_ACCOUNTS = timedelta(minutes=30)
"""What accounting has read it posts as soon as the books have the lot."""

_Acts = Callable[[str, str], None]
"""Does what a mail says of a lot: hold, rework, scrap or release."""


def begin(world: World, systems: Mapping[str, System], desk: Desk) -> None:
    """One laboratory, three readers."""
    qms, erp = systems.get("qms"), systems.get("erp")
    mes, wms = systems.get("mes-a"), systems.get("wms")
    if not isinstance(qms, Qms) or not isinstance(erp, Erp):
        return
    if not isinstance(mes, MesA) or not isinstance(wms, Wms):
        return
    world.lives(_takes_in(world, qms, desk))
    books = _Books(erp, desk)
    world.lives(every(world, _ACCOUNTS, books.post))
    readers: Mapping[str, _Acts] = {
        "accounting": books.read,
        "floor": partial(_on_the_floor, mes, desk),
        "warehouse": partial(_on_the_shelves, wms, desk),
    }
    inboxes = [_Inbox(world, name, acts) for name, acts in readers.items()]
    world.lives(_sends(world, qms, inboxes))


def _takes_in(world: World, qms: Qms, desk: Desk) -> Steps:
    slips: list[Finished] = []

    def slip(fact: Fact) -> None:
        if isinstance(fact, Finished) and fact.good:
            slips.append(fact)

    world.truth.tell(slip)
    while True:
        yield world.wait(_ROUND)
        for done in slips:
            qms.inspect(done.lot, done.material, done.order)
        desk.typed["inspection"] += len(slips)
        slips.clear()


class _Inbox:
    """One reader's; who reads of a lot reads the older mail first."""

    def __init__(self, world: World, name: str, acts: _Acts) -> None:
        self._world, self._acts = world, acts
        self._chance = world.chance(f"mails/{name}")
        self._read: dict[str, datetime] = {}

    def comes(self, lot: str, says: str) -> None:
        """It is opened after a while."""
        overlooked = self._chance.random() < _OVERLOOKED
        soonest, latest = (_READ[1], _SHIFT) if overlooked else _READ
        opened = self._world.now() + soonest + (latest - soonest) * self._chance.random()
        self._read[lot] = max(opened, self._read.get(lot, opened))
        self._world.lives(self._opens(lot, says, self._read[lot] - self._world.now()))

    def _opens(self, lot: str, says: str, after: timedelta) -> Steps:
        yield self._world.wait(after)
        self._acts(lot, says)


def _sends(world: World, qms: Qms, inboxes: Iterable[_Inbox]) -> Steps:
    held: set[str] = set()
    disposed = 0
    while True:
        yield world.wait(_LOOKS)
        new = [hold for hold in qms.holds if hold.id not in held]
        held |= {hold.id for hold in new}
        mails = [(hold.lot, "hold") for hold in new]
        mails += [(one.lot, one.usage) for one in qms.dispositions[disposed:]]
        disposed = len(qms.dispositions)
        for inbox in inboxes:
            for lot, says in mails:
                inbox.comes(lot, says)


def _on_the_floor(mes: MesA, desk: Desk, lot: str, says: str) -> None:
    desk.typed["hold"] += 1
    match says:
        case "release":
            mes.free(lot)
        case "rework" | "scrap":
            mes.hold(lot, "mail of quality")
            mes.hold(lot, "mail of quality", says)
        case _:
            mes.hold(lot, "mail of quality")


def _on_the_shelves(wms: Wms, desk: Desk, lot: str, says: str) -> None:
    desk.typed["hold"] += 1
    match says:
        case "release":
            wms.free(lot)
        case "rework" | "scrap":
            wms.bind(lot, "Q", "mail of quality")
            wms.bind(lot, "R" if says == "rework" else "S", "mail of quality")
        case _:
            wms.bind(lot, "Q", "mail of quality")


class _Books:
    """Accounting: blocks what it has read of, as far as the books have it, and keeps the mail for
    what they have not."""

    def __init__(self, erp: Erp, desk: Desk) -> None:
        self._erp, self._desk = erp, desk
        self._says: dict[str, str] = {}

    def read(self, lot: str, says: str) -> None:
        """The newest word on a lot counts."""
        self._says[lot] = says

    def post(self) -> None:
        """What is still to be posted of all that was read."""
        for there, amount in list(self._erp.company.movements.stocks.all()):
            says = self._says.get(there.batch)
            wrong = UNRESTRICTED if says != "release" else BLOCKED
            if says is not None and amount > 0 and there.stock_type == wrong and there.store:
                self._posts(there, amount, "344" if wrong == UNRESTRICTED else "343")

    def _posts(self, there: Stock, amount: Decimal, kind: str) -> None:
        item = {
            "GoodsMovementType": kind,
            "Material": there.material,
            "Batch": there.batch,
            "StorageLocation": there.store,
            "QuantityInEntryUnit": amount,
        }
        self._erp.company.movements.post({}, [item], "ACCOUNTING")
        self._desk.typed["hold"] += 1
