"""b2mml: 2,000 orders in one document read, and orders written; beside lxml alone."""

__all__ = ["measure"]

from datetime import UTC, datetime
from io import BytesIO
from typing import Any, cast

from lxml import etree

from andon.connectors._folders.rows import Row
from andon.connectors.b2mml.items import rows_of
from andon.connectors.b2mml.schema import schema
from andon.connectors.b2mml.simulator import order
from andon.connectors.b2mml.writing import Envelope, document_of
from andon.core.connector import Request
from bench.connectors import Figure, measured

_ORDERS = 2_000
_DOCUMENTS = 500
_ENVELOPE = Envelope(bod="b", sender="andon", created_at=datetime(2026, 11, 25, tzinfo=UTC))


def _document() -> bytes:
    requests = [
        order(f"{n}").body["OperationsSchedule"]["OperationsRequest"][0] for n in range(_ORDERS)
    ]
    body = {"OperationsSchedule": {"ID": "S", "OperationsRequest": requests}}
    return document_of(Request(target="SyncOperationsSchedule", body=body), _ENVELOPE, judged=True)


async def measure() -> list[Figure]:
    """Documents in memory: parsing, judging by the schema, writing."""
    document = _document()
    root = cast("Any", etree.fromstring(document_of(order("1"), _ENVELOPE, judged=True)))

    async def reading() -> int:
        return sum(isinstance(one, Row) for one in rows_of(BytesIO(document)))

    async def parsing() -> int:
        return len(list(etree.fromstring(document).iter("{*}OperationsRequest")))

    async def writing() -> int:
        for n in range(_DOCUMENTS):
            document_of(order(f"{n}"), _ENVELOPE, judged=True)
        return _DOCUMENTS

    async def judging() -> int:
        for _ in range(_DOCUMENTS):
            assert schema().validate(root)
            etree.tostring(root)
        return _DOCUMENTS

    return [
        await measured("b2mml", "read", work=reading, bare=parsing),
        await measured("b2mml", "send", work=writing, bare=judging),
    ]
