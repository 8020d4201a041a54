"""How production messages write their claims."""

__all__ = ["header", "known", "operation"]

from datetime import datetime

from andon.core.message import Claims, claim
from andon.core.quantity import Quantity
from andon.model.isa95 import ResponseState


def operation(number: str, *, status: ResponseState, **values: Quantity | str | None) -> Claims:
    """Beliefs about one operation of an order, one attribute per figure that is known."""
    said = {"status": status, **known(**values)}
    return {f"operation.{number}.{name}": value for name, value in said.items()}


def header(material_id: str, planned: Quantity, due_at: datetime | None) -> Claims:
    """What the order is for, how much, by when."""
    whole = {"material": material_id, "planned": claim(planned)}
    return {**whole, **known(due_at=due_at)}


def known(**values: Quantity | datetime | str | None) -> Claims:
    """Claims of the fields that were said.

    A field left out is no belief; it must not overwrite one that was said before.
    """
    return {name: claim(value) for name, value in values.items() if value is not None}
