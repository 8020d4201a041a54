"""The terminal on the dock: it lists what is announced, what goes back and what is provided, a
clerk scans what came, and closes the count of a shipment."""

__all__ = ["ASIDE", "Counted", "Expected", "Provided", "Provision", "Receiving", "Return"]

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec
from aiohttp import web

from andon.sandbox.outbox import Outbox
from andon.sandbox.system import Belief, PostingSystem, json_answer
from andon.sandbox.systems.receiving.provisions import Provided, Provision, Provisions
from andon.sandbox.systems.receiving.returns import Return, Returns
from andon.sandbox.world import World

ASIDE = "R.ASIDE"
"""Where what came damaged stands until somebody decides."""


class Counted(msgspec.Struct, frozen=True):
    """One lot, by the line of the purchase order that the clerk chose."""

    line: str
    item: str
    lot: str
    quantity: Decimal
    """What is taken."""
    damaged: Decimal = Decimal(0)
    """What is set aside."""


class _Announced(msgspec.Struct, frozen=True):
    item: str
    lot: str
    quantity: Decimal


class _Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    order: str
    shipment: str
    lots: tuple[_Announced, ...]
    shipped_at: str | None = None
    replaces: str = ""
    reference: str = ""


class Expected(_Asked, kw_only=True):
    """One line of its list, which is as long as there were announcements."""

    id: str


class Receiving(PostingSystem):
    """It knows nothing but what is announced and scanned; it posts both, and sometimes twice. Told
    twice of a shipment it lists it twice."""

    name = "receiving"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.outbox = Outbox(f"{andon}/in/receiving/events", world.chance("receiving/secret"))
        self.counts: dict[tuple[str, str], Sequence[Counted]] = {}
        """(purchase order, shipment) -> what came."""
        self.expected: list[Expected] = []
        self.returns = Returns()
        self.provisions = Provisions()
        self.key = f"dock-{world.chance('receiving/key').getrandbits(64):016x}"

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {
            "COMPANY_RECEIVING_SECRET": self.outbox.secret,
            "COMPANY_RECEIVING_URL": self.address,
            "COMPANY_RECEIVING_KEY": self.key,
        }

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """`/expected`, `/returns`, `/provisions`."""
        if request.headers.get("X-Api-Key") != self.key:
            return json_answer({"detail": "unknown key"}, status=401)
        match request.method, request.path:
            case "POST", "/expected":
                return self._expects(await request.read())
            case "GET", "/expected":
                wanted = request.query.get("reference")
                found = [one for one in self.expected if one.reference == wanted]
                return json_answer({"expected": found})
            case "POST", "/returns":
                return self.returns.ask(await request.read())
            case "GET", "/returns":
                return self.returns.found(request.query.get("reference"))
            case "POST", "/provisions":
                return self.provisions.ask(await request.read())
            case "GET", "/provisions":
                return self.provisions.found(request.query.get("reference"))
            case _:
                return json_answer({"detail": f"no {request.path} here"}, status=404)

    def _expects(self, body: bytes) -> web.Response:
        try:
            asked = msgspec.json.decode(body, type=_Asked, strict=False)
        except msgspec.MsgspecError as error:
            return json_answer({"detail": str(error)}, status=400)
        if not asked.lots or any(lot.quantity <= 0 for lot in asked.lots):
            return json_answer({"detail": f"nothing is on {asked.shipment}"}, status=422)
        told = msgspec.structs.asdict(asked)
        one = Expected(id=f"E{len(self.expected) + 1:05}", **told)
        self.expected.append(one)
        self.outbox.say("shipment.expected", {**told, "id": one.id})
        return json_answer(one, status=201)

    def close(
        self, order: str, shipment: str, counted: Sequence[Counted], *, replaces: str = ""
    ) -> None:
        """The clerk has scanned the last lot of a shipment; the paper that came along names the
        return in whose place it comes."""
        self.counts[order, shipment] = counted
        for one in counted:
            self.returns.set_aside(one.lot, one.damaged)
        body: dict[str, object] = {
            "id": f"count-{len(self.counts)}",
            "order": order,
            "shipment": shipment,
            "at": self.world.now(),
            "lots": counted,
            "replaces": replaces,
        }
        self.outbox.say("shipment.counted", body)

    def gone(self, id: str, loaded: Mapping[str, Decimal]) -> None:
        """The clerk has given a driver what goes back, as far as it was there."""
        body = self.returns.gone(id, loaded)
        self.outbox.say("shipment.returned", {**body, "at": self.world.now()})

    def provided(self, id: str, loaded: Sequence[Provided]) -> None:
        """The clerk has given a driver what a supplier processes."""
        body = self.provisions.gone(id, loaded)
        self.outbox.say("components.provided", {**body, "at": self.world.now()})

    def believes(self) -> Iterable[Belief]:
        """What came of each lot."""
        for counted in self.counts.values():
            for one in counted:
                yield Belief(f"lot:{one.lot}", "came", f"{one.quantity.normalize():f}")
