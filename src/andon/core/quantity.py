"""Amounts with units: a number alone is never a quantity."""

__all__ = ["NoAmountError", "Quantity", "denoised", "plain"]

from decimal import Decimal, InvalidOperation

import msgspec

from andon.core.errors import InvalidError


class NoAmountError(InvalidError, ValueError):
    """A number that counts nothing: it is not finite, or has more than 28 digits."""


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
    """The shortest text of a number, so that equal amounts are equal texts. Raises
    NoAmountError."""
    if not amount.is_finite() or not -28 <= amount.adjusted() <= 28:
        raise NoAmountError(
            f"{amount} is no amount of anything: it is not finite or has more than 28 digits"
        )
    text = f"{amount:f}"
    text = (text.rstrip("0").rstrip(".") or "0") if "." in text else text
    return "0" if text == "-0" else text


def denoised(amount: Decimal) -> Decimal:
    """What a system that computes in binary floats means: beyond a millionth is their noise. Raises
    NoAmountError."""
    try:
        return Decimal(plain(round(amount, 6)))
    except InvalidOperation as error:  # it has more digits than are computed with
        raise NoAmountError(f"{amount} is no amount of anything") from error
