"""Amounts with units: a number alone is never a quantity."""

__all__ = ["Quantity", "plain"]

from decimal import Decimal

import msgspec


class Quantity(msgspec.Struct, frozen=True):
    """An exact amount and its unit of measure (UN/ECE Rec. 20 code or the system's own)."""

    amount: Decimal
    unit: str

    def __add__(self, other: "Quantity") -> "Quantity":
        """Units must agree; conversion is a mapping's work."""
        if other.unit != self.unit:
            raise ValueError(f"{self.unit} and {other.unit} cannot be added")
        return Quantity(self.amount + other.amount, self.unit)

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.unit}"


def plain(amount: Decimal) -> str:
    """The shortest text of a number, so that equal amounts are equal texts."""
    if not -28 <= amount.adjusted() <= 28:
        raise ValueError(f"{amount} is no amount of anything: it has more than 28 digits")
    text = f"{amount:f}"
    text = (text.rstrip("0").rstrip(".") or "0") if "." in text else text
    return "0" if text == "-0" else text
