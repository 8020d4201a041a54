"""The events of a plant: orders of one or more operations, each event about 600 bytes."""

import random
import uuid

import msgspec

__all__ = ["HOT_FACTOR", "HOT_SHARE", "Completion", "Plant"]

HOT_SHARE = 0.05
"""One order in twenty is hot: many operations, so many events wait for one another."""

HOT_FACTOR = 10
"""A hot order has ten times the operations of an ordinary one."""

_CONTINUE_SHARE = 0.9
"""Nine events in ten continue an order that waits; the tenth begins a new one."""


class Completion(msgspec.Struct, frozen=True):
    """One production completion as the MES posts it, and where it stands in its order."""

    event_id: str
    order: str
    sequence: int
    operations: int
    poison: bool
    body: bytes


class Plant:
    """Says what happens next on the floor.

    An order's next operation exists only once the one before was accepted, as on a real
    line. The same seed gives the same events as long as acceptance comes in the same order.
    """

    def __init__(self, *, seed: int, operations: int = 1, poison: float = 0.0) -> None:
        self.chance = random.Random(seed)
        self._operations = operations
        self._poison = poison
        self._waiting: list[Completion] = []

    def next_completion(self) -> Completion:
        """The next thing to report: an order that goes on, or a new one."""
        if self.chance.random() < self._poison:
            return self._completion(None, 1, 1, poison=True)
        if self._waiting and self.chance.random() < _CONTINUE_SHARE:
            before = self._waiting.pop(self.chance.randrange(len(self._waiting)))
            return self._completion(before.order, before.sequence + 1, before.operations)
        return self._completion(None, 1, self._new_operations())

    def accepted(self, completion: Completion) -> None:
        """The hub has it: the order may go on."""
        if completion.sequence < completion.operations:
            self._waiting.append(completion)

    def _new_operations(self) -> int:
        if self._operations == 1:
            return 1
        hot = self.chance.random() < HOT_SHARE
        return self._operations * (HOT_FACTOR if hot else 1)

    def _completion(
        self, order: str | None, sequence: int, operations: int, *, poison: bool = False
    ) -> Completion:
        event_id = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        number = self.chance.randrange(10**7)
        order = order or f"PO-{number:08d}-{event_id[:6]}"
        plant = "POISON" if poison else self.chance.choice(("1010", "1020", "2010"))
        body = self._body(event_id, order, sequence, plant, number)
        return Completion(event_id, order, sequence, operations, poison, body)

    def _body(self, event_id: str, order: str, sequence: int, plant: str, number: int) -> bytes:
        below = self.chance.randrange
        return msgspec.json.encode(
            {
                "event_id": event_id,
                "event_type": "production.completed",
                "schema": "1.2",
                "source": "MES-01",
                "plant": plant,
                "line": f"L{1 + below(19):02d}",
                "workcenter": f"WC-{100 + below(900)}",
                "order": {
                    "number": order,
                    "operation": f"{sequence * 10:04d}",
                    "sequence": sequence,
                    "material": f"FG-{1000 + below(9000)}-A",
                    "revision": "C",
                },
                "lot": f"LOT-{number:08d}",
                "serials": [f"SN{number:08d}{place}" for place in range(3)],
                "quantity": {"yield": 1 + below(499), "scrap": below(9), "uom": "EA"},
                "timestamps": {
                    "started": "2026-11-23T04:11:09.120Z",
                    "finished": "2026-11-23T05:02:44.871Z",
                },
                "operator": f"op{below(1000):04d}",
                "shift": "N2",
                "remark": "completed by terminal T-17",
            }
        )
