"""Which plant a lot is of: the QMS knows it by the ranges of the company's numbers."""

__all__ = ["Plant", "plant_of"]

from typing import Literal

Plant = Literal["plant-a", "plant-b"]
_RANGES = ("BS", "V")
"""With which the numbers of plant B's lots begin: seals it bought, valves it made."""


def plant_of(lot: str) -> Plant:
    """Also of a lot that was never inspected."""
    return "plant-b" if lot.startswith(_RANGES) else "plant-a"
