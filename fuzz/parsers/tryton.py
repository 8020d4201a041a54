"""Rows of Tryton, answers as a look and a posting read them, and refusals in its words."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import msgspec

from andon.connectors.tryton import TrytonSettings, mappings
from andon.connectors.tryton.asked import (
    Ask,
    AskLots,
    AskOperation,
    AskOutput,
    AskTime,
    Component,
)
from andon.connectors.tryton.changes import Changes
from andon.connectors.tryton.connector import WATCHED
from andon.connectors.tryton.rows import (
    INSPECTION,
    ORDER_FIELDS,
    PRODUCTION,
    LotRow,
    Order,
    Product,
)
from andon.connectors.tryton.speech import Speech, refusal_words
from andon.connectors.tryton.steps import order_steps
from andon.core.connector import Item, SecretStr
from andon.core.errors import AndonError
from andon.core.mapping import Inbound, Known
from fuzz import Parser
from fuzz.samples import recorded

_SETTINGS = TrytonSettings(url="http://erp.example/erp/rest", key=SecretStr("x"))
_ORDER: dict[str, Any] = {
    "id": 1, "number": "MO1", "state": "running", "company": 1,
    "product": {"id": 1, "code": "P"},
    "inputs": [
        {
            "id": 1, "product": {"id": 2, "code": "C"}, "quantity": 2.5,
            "unit": {"id": 1, "symbol": "u"}, "state": "draft", "from_location": 1,
            "to_location": 2, "lot": None,
        }
    ],
    "outputs": [
        {
            "id": 2, "product": {"id": 1, "code": "P"}, "quantity": 10.0,
            "unit": {"id": 1, "symbol": "u"}, "state": "draft", "from_location": 2,
            "to_location": 1, "lot": {"id": 1, "number": "L"},
        }
    ],
    "works": [
        {
            "id": 1, "operation": {"name": "Mix"}, "state": "running",
            "cycles": [{"id": 1, "state": "running", "duration": {"seconds": 1.5}}],
        }
    ],
}  # fmt: skip
_LOT = LotRow(id=1, number="L", product=Product(id=2, code="C"))
_ASKED: dict[type[Ask], Ask] = {
    Ask: Ask(number="MO1"),
    AskLots: AskLots(number="MO1", components=(Component(product="C", lot="L"),)),
    AskOperation: AskOperation(number="MO1", operation="Mix"),
    AskTime: AskTime(number="MO1", operation="Mix", seconds=1.5),
    AskOutput: AskOutput(number="MO1", product="P", quantity=Decimal(10), unit="u", lot="L"),
}


class _Says(Speech):
    """A Tryton that gives its answers in turn, and nothing after them."""

    def __init__(self, answers: Iterable[bytes]) -> None:
        self._answers = iter(answers)

    async def call(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        return 200, next(self._answers, b"[]")


async def _looked(said: bytes) -> list[Item]:
    changes = Changes(_Says(said.split(b"\n")), WATCHED, _SETTINGS.overlap)
    return [item async for item in changes.since("")]


async def _posted(said: bytes) -> None:
    orders = await _Says([said]).search(PRODUCTION, [], list[Order], ORDER_FIELDS)
    for order in orders:
        for step in order_steps().values():
            ask = _ASKED[step.asks]
            with suppress(AndonError):  # the next step is tried all the same
                step.proven(order, ask)
            with suppress(AndonError):
                step.call(order, ask, lambda *_: _LOT)


def _row(raw: bytes) -> object:
    known = Known(_SETTINGS)
    readers = [one for one in mappings if isinstance(one, Inbound)]
    return [
        [*one.reads(Item(kind=one.kind, key="k", raw=raw), known)]
        for one in readers
        if (one.kind == INSPECTION) is (b"reference" in raw)
    ]


_ROWS = recorded("tryton/production-*.json") + recorded("tryton/inspection-*.json")

PARSERS = (
    Parser("row", _row, _ROWS),
    Parser(
        "answer", lambda said: asyncio.run(_looked(said)), [b"[%s]" % b",".join(_ROWS), b"[]\n{}"]
    ),
    Parser("order", lambda said: asyncio.run(_posted(said)), [msgspec.json.encode([_ORDER])]),
    Parser("refusal", refusal_words, [b'{"message":"Too late","description":"x"}', b"<p>No</p>"]),
)
