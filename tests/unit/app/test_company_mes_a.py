"""What the MES of plant A says of a reopened order carries which reopening it belongs to."""

from typing import Any

import pytest

from andon.app.company import mes_a
from tests.unit.app.test_company_quality import said

_AT = "2026-03-02T12:00:00Z"
_MADE: dict[str, Any] = {"order": "1", "good": "1", "scrap": "0", "at": _AT, "again": 2}
_ENDED = {**_MADE, "item": "PUMP", "ordered": "1", "lot": "A1-2"}


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (
            "operation.completed",
            {**_MADE, "operation": "0010", "machine": "LINE1", "began": _AT, "took": []},
        ),
        ("order.completed", _ENDED),
        ("order.reopened", {"order": "1", "at": _AT, "reason": "missing", "again": 2}),
    ],
)
def test_every_word_of_a_reopened_order_says_which_reopening(
    kind: str, row: dict[str, Any]
) -> None:
    word: Any = said(mes_a.AREA, kind, row)
    assert word.reopening == 2
