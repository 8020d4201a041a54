"""What a system counts in."""

__all__ = ["require_unit"]

from collections.abc import Mapping

from andon.core.errors import Fault, MappingError
from andon.core.quantity import Quantity


def require_unit(who: str, unit: str, amounts: Mapping[str, Quantity]) -> None:
    """Raises MappingError with every field of these that is counted otherwise."""
    faults = [
        Fault(f"/{at}/unit", f"is {one.unit} and not {unit}")
        for at, one in amounts.items()
        if one.unit != unit
    ]
    if faults:
        raise MappingError(f"{who} counts in {unit}", faults)
