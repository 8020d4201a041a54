"""The people of the demo: a planner releases orders, quality measures what was made."""

__all__ = ["Planning", "Quality"]

import time
from collections.abc import Callable
from typing import Any

Say = Callable[[str], None]

_ORDERS = (
    ("FG-WATER", 8),
    ("FG-COLA", 10),
    ("FG-TONIC", 6),  # the ERP can plan it, the MES has never heard of it
    ("FG-COLA", 8),
    ("FG-WATER", 12),
)
_BRIX = (10.4, 12.1, 10.2)
"""What quality measures, in turn; 9.5 to 11.5 passes."""


class Planning:
    """Releases an order now, and another every so often."""

    def __init__(self, erp: Any, say: Say, *, every: float) -> None:
        self._erp = erp
        self._say = say
        self._every = every
        self._next = time.monotonic()
        self._released = 0

    def look(self) -> None:
        """Does what is due."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._every
        product, quantity = _ORDERS[self._released % len(_ORDERS)]
        self._released += 1
        number = self._erp.release(self._erp.create_order(product, quantity))
        self._say(
            f"Tryton released {number}: {quantity} {product}."
            f" Try: .venv/bin/andon trace {number} --data build/demo/andon"
        )


class Quality:
    """Measures what an order made, a while after the ERP asks for it; some of it fails."""

    def __init__(self, erp: Any, say: Say, *, after: float) -> None:
        self._erp = erp
        self._say = say
        self._after = after
        self._since: dict[str, float] = {}
        self._measured = 0

    def look(self) -> None:
        """Measures what has waited long enough."""
        now = time.monotonic()
        for number in self._erp.planner.to_inspect():
            if now - self._since.setdefault(number, now) < self._after:
                continue
            brix = _BRIX[self._measured % len(_BRIX)]
            self._measured += 1
            verdict = self._erp.planner.inspect(number, brix=brix)
            self._say(f"Quality measured {number} at {brix} brix: {verdict}")
