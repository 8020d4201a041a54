"""Analytics: what is released, made, moved and delivered is told as rows of CSV, and streamed to a
topic."""

__all__ = ["AREA"]

from typing import Any

import msgspec

from andon.app.company.area import Area
from andon.connectors.files import Files, Publication
from andon.connectors.kafka import Kafka
from andon.core.connector import Request
from andon.core.mapping import Known, Outbound, outbound
from andon.core.message import Command
from andon.core.plant import Connection
from andon.model.finance import JournalEntryPosted
from andon.model.fulfilment import MilestonePassed
from andon.model.inventory import StockMoved
from andon.model.plant import EquipmentStateChanged
from andon.model.production import (
    OperationConfirmed,
    OrderCancelled,
    OrderChanged,
    OrderCompleted,
    OrderReleased,
)

_EVENTS = (
    OperationConfirmed,
    OrderCompleted,
    StockMoved,
    JournalEntryPosted,
    MilestonePassed,
    EquipmentStateChanged,
)
_PLANNED = (OrderReleased, OrderChanged, OrderCancelled)
_TOLD = Publication(*_PLANNED, *_EVENTS, connection="analytics", target="event")
_STREAMED = Publication(*_EVENTS, connection="analytics-stream", target="acme.analytics")


def _row(publish: Any, _: Known) -> Request:
    """Four columns for every kind of event; what differs is JSON in the last one."""
    row = {
        "event": publish.said.TYPE,
        "subject": publish.subject_id,
        "at": publish.at,
        "data": msgspec.json.encode(publish.said).decode(),
    }
    return Request(target="event", body=row)


def _as_rows(command: type[Command]) -> Outbound:
    return outbound(command, proof="findable")(_row)


AREA = Area(
    connections=(
        Connection("analytics", Files, tuple(map(_as_rows, _TOLD.messages))),
        Connection("analytics-stream", Kafka, tuple(_STREAMED.mappings)),
    ),
    workflows=(*_TOLD.workflows, *_STREAMED.workflows),
    routes=(*_TOLD.routes, *_STREAMED.routes),
    messages=(*_TOLD.messages, *_STREAMED.messages),
)
