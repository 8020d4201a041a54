"""The carrier's TMS: it carries what is handed over, and says each milestone by signed webhook."""

__all__ = ["Tms"]

from collections.abc import Iterable, Mapping
from datetime import datetime

from aiohttp import web

from andon.sandbox.outbox import Outbox
from andon.sandbox.system import Belief, PostingSystem
from andon.sandbox.world import World


class Tms(PostingSystem):
    """Shipments by the number of our delivery. It posts in its own order, and sometimes twice."""

    name = "tms"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.outbox = Outbox(f"{andon}/in/tms/events", world.chance("tms/secret"))
        self.key = f"{world.chance('tms').getrandbits(128):032x}"
        self.passed: dict[str, dict[str, datetime]] = {}
        """Delivery -> milestone -> when."""
        self._said = 0

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {"COMPANY_TMS_SECRET": self.outbox.secret}

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """`GET /tracking/<delivery>`, with its key."""
        if request.headers.get("X-Api-Key") != self.key:
            return web.json_response({"detail": "unknown key"}, status=401)
        folder, _, delivery = request.path.strip("/").partition("/")
        if request.method != "GET" or folder != "tracking" or delivery not in self.passed:
            return web.json_response({"detail": "not found"}, status=404)
        passed = self.passed[delivery]
        return web.json_response({name: at.isoformat() for name, at in passed.items()})

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
