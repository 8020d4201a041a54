"""Who works while Andon is killed: a planner, the floor, quality. None of them knows of it."""

import contextlib
import threading
from collections.abc import Callable, Generator
from typing import Any

import msgspec

from proof.real.booked import pending, unfinished
from proof.real.plant import Plant
from tools.counterparts.fsmes_operator import Operator

__all__ = ["AT_ONCE", "Ordered", "People", "at_work"]

AT_ONCE = 10
"""Orders released and not done at any time."""
_LOOK_EVERY = 0.2
_STEP_EVERY = 0.2
_GLANCE_EVERY = 0.05
_BRIX = 10.4


class Ordered(msgspec.Struct, frozen=True):
    """One released order, and what the floor will make of it."""

    number: str
    product: str
    planned: float
    good: float
    scrap: float

    @property
    def inspected(self) -> bool:
        """Whether the ERP wants an inspection before the order may be done."""
        return self.product == "FG-COLA"


class People:
    """Never more good than ordered: over-production is a question, and no one here answers."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self.ordered: dict[str, Ordered] = {}
        self.failed: list[str] = []

    def plan(self, stop: threading.Event) -> None:
        """A planner keeps so many orders released: all that are done are followed by others."""
        while not stop.is_set():
            with self._noted("the planner"):
                while unfinished(self._plant.erp_file) < AT_ONCE and not stop.is_set():
                    self._release()
            stop.wait(_LOOK_EVERY)

    def _release(self) -> None:
        """Every third is inspected, every fourth has scrap."""
        n = len(self.ordered)
        product = "FG-COLA" if n % 3 == 1 else "FG-WATER"
        planned, scrap = 5.0 + n % 4, 1.0 if n % 4 == 3 else 0.0
        number = self._plant.erp.release(self._plant.erp.create_order(product, planned))
        self.ordered[number] = Ordered(number, product, planned, planned - scrap, scrap)

    def make(self, stop: threading.Event) -> None:
        """The floor does one step of one order after the other, whether or not Andon is there."""
        scott = Operator(self._plant.mes.url, "SCOTT", self._plant.mes.keys["operator_password"])
        asked = "/workorders?status=planned&status=released&status=running&limit=500"
        while not stop.wait(_LOOK_EVERY):
            with self._noted("the floor"):
                for row in scott.get(asked)["items"]:
                    order = self.ordered.get(row["code"])
                    if order is not None and not stop.wait(_STEP_EVERY):
                        _next_step(scott, order, row)

    def inspect(self, stop: threading.Event) -> None:
        """Quality passes whatever waits for its decision; now and then before Andon asks for it."""
        planner = self._plant.erp.planner
        points = {"visual_ok": True, "brix": _BRIX}
        while not stop.wait(_GLANCE_EVERY):
            with self._noted("quality"):
                for inspection in pending(self._plant.erp_file):
                    planner.model("quality.inspection.write", [inspection], {"points": points})
                    planner.model("quality.inspection.process", [inspection])

    @contextlib.contextmanager
    def _noted(self, who: str) -> Generator[None]:
        try:
            yield
        except (OSError, RuntimeError, LookupError) as error:
            self.failed.append(f"{who}: {error}")


def _next_step(scott: Operator, order: Ordered, row: dict[str, Any]) -> None:
    """What is scrapped is scrapped at the first step."""
    if row["status"] == "planned":
        scott.post(f"/workorders/{order.number}/release")
        scott.issue(order.number)
    first, *_ = row["operations"]
    for step in row["operations"]:
        if step["status"] == "done":
            continue
        scrap = order.scrap if step is first else 0.0
        at = f"/workorders/{order.number}/operations/{step['seq']}"
        said = {"order": order.number, "seq": step["seq"], "good": order.good, "scrap": scrap}
        scott.post(f"{at}/start")
        scott.post("/execution/report", said)
        scott.post(f"{at}/complete")
        return


@contextlib.contextmanager
def at_work(*works: Callable[[threading.Event], None]) -> Generator[None]:
    """Each works in a thread of its own until this is left."""
    stop = threading.Event()
    threads = [threading.Thread(target=work, args=(stop,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
