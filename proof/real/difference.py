"""One thing that is not as it should be."""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

import msgspec

__all__ = ["Difference", "counted", "summed"]

Key = TypeVar("Key")


class Difference(msgspec.Struct, frozen=True):
    """Lost: less than was confirmed. Doubled: more. Wrong: something else."""

    kind: Literal["lost", "doubled", "wrong"]
    order: str
    says: str


def counted(order: str, what: str, found: int, wanted: int = 1) -> Iterable[Difference]:
    """Nothing when there are exactly as many as wanted."""
    if found != wanted:
        kind = "lost" if found < wanted else "doubled"
        yield Difference(kind, order, f"{found} of {what}, {wanted} expected")


def summed(
    order: str, what: str, found: Mapping[Key, float], wanted: Mapping[Key, float]
) -> Iterable[Difference]:
    """Amounts per key, to a millionth."""
    for key in sorted({*found, *wanted}, key=str):
        has, should = found.get(key, 0.0), wanted.get(key, 0.0)
        if abs(has - should) > 1e-6:
            kind = "lost" if has < should else "doubled"
            yield Difference(kind, order, f"{what} {key}: {has:g}, {should:g} expected")
