"""A contract manufacturer: it makes something of what we provide, reads its orders at Andon's API
with a key of its own, and posts how far it is."""

__all__ = ["WORKSHOP", "ContractManufacturer"]

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from andon.sandbox.outbox import Outbox
from andon.sandbox.system import Belief
from andon.sandbox.systems.receiving import Provided
from andon.sandbox.systems.supplier_portal.seller import Order, Seller
from andon.sandbox.world import World

WORKSHOP = "C.WORKSHOP"
"""Where it keeps what is provided."""


class ContractManufacturer(Seller):
    """It believes what its people have taken in. A shaft that it has plated is another item to it
    as to us, under a lot number of its own."""

    name = "contract-manufacturer"
    number = "17300004"
    party = f"party/company:{number}"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.outbox = Outbox(
            f"{andon}/in/contract-manufacturer/events",
            world.chance("contract-manufacturer/secret"),
        )
        self.taken_in: dict[str, Sequence[Provided]] = {}
        """Order -> what a driver has brought for it."""
        self.stop_asked: dict[str, frozenset[str]] = {}
        """Order -> lots that shall not be processed, of the youngest that it sees."""
        self._stopped: dict[str, set[str]] = {}
        self._said = 0

    async def start(self) -> None:
        """Works, and posts what it has to say."""
        await super().start()
        self.outbox.start()

    async def stop(self) -> None:
        """Ends both; what was not taken is said again."""
        await self.outbox.stop()
        await super().stop()

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {"COMPANY_CONTRACT_MANUFACTURER_SECRET": self.outbox.secret}

    def notice(self, order: Order) -> None:
        """What of it shall not be processed."""
        stop = order.value("stop")
        self.stop_asked[order.local] = frozenset(stop.split(", ") if stop else ())
        self._stops(order.local)

    def stops(self, order: str, lot: str) -> bool:
        """Whether nobody works on it."""
        return lot in self.stop_asked.get(order, ())

    def take_in(self, order: str, lots: Sequence[Provided]) -> None:
        """Its people have counted what a driver brought."""
        self.taken_in[order] = lots
        self._report(order, "received", lots)
        self._stops(order)

    def begin(self, order: str, lot: Provided) -> None:
        """Its people work on it from now on."""
        self._report(order, "started", [lot])

    def finish(self, order: str, lot: Provided, made: str, item: str) -> None:
        """What they have made of so much of it; the lot has their own number."""
        self._say(
            "lot.processed", order=order, line=lot.line, item=item, lot=made, good=lot.quantity,
            consumed=[lot],
        )  # fmt: skip

    def spoil(self, order: str, lot: Provided, reason: str) -> None:
        """So much of it is no more."""
        self._say("components.scrapped", order=order, reason=reason, lots=[lot])

    def _stops(self, order: str) -> None:
        """What it has, and shall not process, is put aside; once for each time it is asked."""
        asked = self.stop_asked.get(order, frozenset[str]())
        aside = self._stopped.setdefault(order, set())
        aside &= asked
        lots = [
            one for one in self.taken_in.get(order, ()) if one.lot in asked and one.lot not in aside
        ]
        if lots:
            aside.update(one.lot for one in lots)
            self._report(order, "stopped", lots)

    def _report(self, order: str, progress: str, lots: Sequence[Provided]) -> None:
        self._say("processing.reported", order=order, progress=progress, lots=lots)

    def _say(self, kind: str, **body: object) -> None:
        self._said += 1
        self.outbox.say(kind, {"id": f"C{self._said:06}", "at": self.now(), **body})

    def believes(self) -> Iterable[Belief]:
        """What it has of ours."""
        yield from super().believes()
        for lot, amount in self.world.truth.at(WORKSHOP):
            yield Belief(f"lot:{lot.lot}@{self.name}", "provided", _text(amount))


def _text(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
