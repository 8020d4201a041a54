"""Watches what the hub costs while the bench waits for it."""

import threading
import time

from bench.hub import Hub
from bench.loadgen import Load
from bench.measure import Meter, machine_busy_s
from bench.reckoning import Bill
from bench.systems import Systems

__all__ = ["Metering"]

_LOOK_EVERY = 0.5


class Metering:
    """Looks at the hub twice a second from a thread; the bench itself only waits meanwhile."""

    def __init__(self, hub: Hub, stub: Systems) -> None:
        self._stub = stub
        self._meter = Meter(hub.members)
        self._begin = (time.monotonic(), machine_busy_s(), self._ours_s())
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self, load: Load) -> Bill:
        """The bill from the beginning to now."""
        self._ended.set()
        self._thread.join()
        cost = self._meter.cost()
        began, busy_s, ours_s = self._begin
        ours_s = self._ours_s() - ours_s + load.cpu_s + cost.cpu_s
        others_s = machine_busy_s() - busy_s - ours_s
        return Bill(cost, max(0.0, others_s) / (time.monotonic() - began))

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_EVERY):
            self._meter.look()

    def _ours_s(self) -> float:
        return self._stub.cpu_s() + time.process_time()
