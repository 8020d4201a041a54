"""Amounts: exact, in one form, and none of them without end."""

from decimal import Decimal

import pytest

from andon.core.errors import InvalidError
from andon.core.quantity import NoAmountError, Quantity, denoised, plain


@pytest.mark.parametrize("text", ["NaN", "-Infinity", "1e29", "1e-29"])
def test_a_number_that_counts_nothing_is_the_fault_of_whoever_said_it(text: str) -> None:
    for reads in (plain, denoised) if "-29" not in text else (plain,):
        with pytest.raises(NoAmountError) as refused:
            reads(Decimal(text))
        assert isinstance(refused.value, InvalidError)


def test_a_float_means_its_amount_up_to_a_millionth() -> None:
    assert denoised(Decimal("0.30000000000000004")) == Decimal("0.3")
    assert denoised(Decimal("1e-29")) == 0
    assert str(Quantity(denoised(Decimal("12.000")), "PCE")) == "12 PCE"
