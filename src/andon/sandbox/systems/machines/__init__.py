"""The machines of plant A: an edge node that speaks Sparkplug B, on a broker of its own."""

__all__ = ["Machines"]

from collections.abc import Iterable, Mapping
from decimal import Decimal

from andon.connectors._broker import Broker
from andon.connectors.sparkplug.simulated import EdgeNode, Point
from andon.sandbox.system import Belief, System
from andon.sandbox.truth import Broke, Fact, Made, Mended, Serviced, Started, Wore
from andon.sandbox.world import World

LINES = ("LINE1", "LINE2")
STANDS, WORKS, BROKEN, SERVICED = 0, 1, 2, 3
QUIET = Decimal("1.8")
"""How much a sound line shakes, in mm/s; its spindle turns as long as it is switched on."""
_GROUP, _NODE = "PlantA", "edge1"


class Machines(System):
    """Sensors see everything at once and remember nothing: a birth says what nobody heard."""

    name = "machines"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self._secret = f"{world.chance('machines').getrandbits(64):016x}"
        self.broker = Broker(username="andon", password=self._secret)
        self.node = EdgeNode(
            lambda topic, payload: self.broker.publish(topic, payload, most=0),
            _GROUP,
            _NODE,
            {
                line: {
                    "State": Point("Int32", STANDS),
                    "Reason": Point("String", ""),
                    "Good": Point("Int64", 0),
                    "Vibration": Point("Double", float(QUIET)),
                }
                for line in LINES
            },
            clock=lambda: round(world.now().timestamp() * 1000),
        )
        self.broker.took = self.node.took
        self._good = dict.fromkeys(LINES, 0)

    async def start(self) -> None:
        """The broker listens; the node comes back in a new session."""
        await self.broker.start()
        self.node.connect()

    async def stop(self) -> None:
        """Breaks all connections."""
        await self.broker.stop()
        self.node.vanish()

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {
            "COMPANY_MACHINES_URL": f"mqtt://127.0.0.1:{self.broker.port}",
            "COMPANY_MACHINES_PASSWORD": self._secret,
        }

    def hear(self, fact: Fact) -> None:
        """A line works, stands, shakes, breaks, or has made something."""
        match fact:
            case Started(machine=line) if line in LINES:
                self.node.report(line, {"State": WORKS, "Reason": ""})
            case Broke(machine=line) if line in LINES:
                self.node.report(line, {"State": BROKEN, "Reason": fact.cause})
            case Wore(machine=line) if line in LINES:
                self.node.report(line, {"Vibration": float(fact.vibration)})
            case Serviced(machine=line) if line in LINES:
                self.node.report(line, {"State": SERVICED, "Reason": "maintenance"})
            case Mended(machine=line) if line in LINES:
                quiet = {"State": STANDS, "Reason": "", "Vibration": float(QUIET)}
                self.node.report(line, quiet)
            case Made(machine=line) if line in LINES and fact.lot:
                self._good[line] += int(fact.good)
                self.node.report(line, {"State": STANDS, "Good": self._good[line]})
            case _:
                pass

    def believes(self) -> Iterable[Belief]:
        """What the lines do, and how much they have made."""
        for line in LINES:
            broken = line in self.world.truth.broken
            yield Belief(f"machine:{line}", "broken", str(broken).lower())
            yield Belief(f"machine:{line}", "good", str(self._good[line]))
