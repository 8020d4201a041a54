"""The carrier's TMS: it carries what is handed over, says each milestone by signed webhook, and
shows whoever asks when it expects to be there."""

__all__ = ["Expected", "Tms"]

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from aiohttp import web

from andon.sandbox.outbox import Outbox
from andon.sandbox.system import Belief, PostingSystem, feed_page
from andon.sandbox.world import World


class Expected(msgspec.Struct, frozen=True):
    """One line of the tracking feed."""

    seq: int
    shipment: str
    eta: datetime
    at: datetime
    """When the dispatcher said so."""


class Tms(PostingSystem):
    """Shipments by the number of our delivery. It posts in its own order, and sometimes twice; what
    it expects it posts nowhere."""

    name = "tms"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.outbox = Outbox(f"{andon}/in/tms/events", world.chance("tms/secret"))
        self.key = f"{world.chance('tms').getrandbits(128):032x}"
        self.passed: dict[str, dict[str, datetime]] = {}
        """Delivery -> milestone -> when."""
        self.expected: list[Expected] = []
        """Every estimate, as it was made."""
        self._said = 0

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {
            "COMPANY_TMS_SECRET": self.outbox.secret,
            "COMPANY_TMS_URL": self.address,
            "COMPANY_TMS_KEY": self.key,
        }

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """`GET /tracking/<delivery>`, its milestones; `GET /tracking?after=<last>`, what has been
        expected since. Both with its key."""
        if request.headers.get("X-Api-Key") != self.key:
            return web.json_response({"detail": "unknown key"}, status=401)
        folder, _, delivery = request.path.strip("/").partition("/")
        if (request.method, folder, delivery) == ("GET", "tracking", ""):
            return feed_page("tracking", self.expected, request.query.get("after", ""))
        if request.method != "GET" or folder != "tracking" or delivery not in self.passed:
            return web.json_response({"detail": "not found"}, status=404)
        passed = self.passed[delivery]
        return web.json_response({name: at.isoformat() for name, at in passed.items()})

    def expects(self, delivery: str, eta: datetime) -> None:
        """The dispatcher's word of when the truck will be there; a later one is worth more."""
        seq = len(self.expected) + 1
        self.expected.append(Expected(seq, delivery, eta, self.world.now()))

    def passes(self, delivery: str, milestone: str) -> None:
        """A driver presses the button; the office learns of it, and tells."""
        at = self.world.now()
        self.passed.setdefault(delivery, {})[milestone] = at
        self.say(delivery, milestone)

    def say(self, delivery: str, milestone: str) -> None:
        """Says a milestone under a new number, also one that was said before."""
        self._said += 1
        body: dict[str, object] = {
            "id": f"milestone-{self._said}",
            "delivery": delivery,
            "milestone": milestone,
            "at": self.passed[delivery][milestone],
        }
        self.outbox.say("shipment.milestone", body)

    def believes(self) -> Iterable[Belief]:
        """How far each delivery is."""
        for delivery, passed in self.passed.items():
            yield Belief(f"delivery:{delivery}", "milestone", list(passed)[-1])
