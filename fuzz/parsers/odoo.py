"""Refusals of Odoo in its own words, answers with records as a look reads them, and its rows."""

import asyncio
from typing import Any, cast

import msgspec

from andon.connectors._http import Http
from andon.connectors.odoo import OdooSettings, mappings
from andon.connectors.odoo.calls import Calls, refusal_of
from andon.connectors.odoo.changes import Changes
from andon.core.connector import Item, SecretStr
from andon.core.mapping import Inbound, Known
from fuzz import Parser

_SETTINGS = OdooSettings(url="https://erp.example", key=SecretStr("x"), user="Andon")
_REFUSAL = (
    b'{"name": "odoo.exceptions.UserError", "message": "The lot \\"L\\" must be unique",'
    b' "arguments": ["x"], "context": {}, "debug": "Traceback ..."}'
)
_ORDER: dict[str, Any] = {
    "id": 7, "name": "WH/MO/00007", "state": "confirmed", "product_qty": 10.0,
    "product_uom_id": [1, "Units"], "qty_producing": 0.0, "date_deadline": "2026-12-01 12:00:00",
    "date_finished": False, "write_date": "2026-11-25 06:00:00", "write_uid": [2, "Planner"],
}  # fmt: skip
_SHOWN = {**_ORDER, "product_id": [3, "[PUMP] Pump"]}
_KEPT = {**_ORDER, "product_id": {"id": 3, "name": "Pump", "code": "PUMP"}}
_GONE = {"model": "mrp.production", "id": 7}


class _Answers:
    """An Odoo that says the same to every call."""

    def __init__(self, said: bytes) -> None:
        self._said = said

    async def call(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        return 200, self._said


async def _looked(said: bytes) -> list[Item]:
    changes = Changes(Calls(cast("Http", _Answers(said))), _SETTINGS)
    return [item async for item in changes.since({})]


def _refusal(said: bytes) -> object:
    return refusal_of(said.decode("utf-8", "replace"), "422")


def _row(raw: bytes) -> object:
    known = Known(_SETTINGS)
    readers = [one for one in mappings if isinstance(one, Inbound)]
    return [
        [*one.reads(Item(kind=one.kind, key="k", raw=raw), known)]
        for one in readers
        if one.kind == "mrp.production" or b"model" in raw
    ]


PARSERS = (
    Parser("refusal", _refusal, [_REFUSAL, b"500 " + _REFUSAL, b"<html>502 Bad Gateway"]),
    Parser(
        "answer",
        lambda said: asyncio.run(_looked(said)),
        [msgspec.json.encode([_SHOWN]), b"[]", b"false"],
    ),
    Parser("row", _row, [msgspec.json.encode(_KEPT), msgspec.json.encode(_GONE)]),
)
