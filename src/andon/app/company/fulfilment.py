"""Carrier and ERP: what the carrier took is out of the books, and when it will be there."""

__all__ = ["AREA"]

from collections.abc import Iterator
from datetime import datetime

import msgspec

from andon.app.company.area import Area
from andon.capabilities.fulfilment import post_departed
from andon.connectors.rest import Rest
from andon.connectors.webhook import Webhook
from andon.core.connector import Item
from andon.core.mapping import Known, Said, inbound
from andon.core.plant import Connection, Route
from andon.model.fulfilment import (
    ArrivalExpected,
    Milestone,
    MilestonePassed,
    PostGoodsIssue,
)
from andon.model.holding import UnblockDeparted


class _Passed(msgspec.Struct, frozen=True):
    delivery: str
    milestone: Milestone
    at: datetime


@inbound("shipment.milestone")
def _passed(item: Item, _: Known) -> Iterator[Said]:
    """The carrier has our delivery's number on its papers."""
    row = item.read(_Passed)
    yield MilestonePassed(
        delivery_id=f"delivery/erp:{row.delivery}", milestone=row.milestone, passed_at=row.at
    )


class _Expected(msgspec.Struct, frozen=True):
    """A line of the carrier's tracking feed."""

    shipment: str
    eta: datetime


@inbound("tracking")
def _expected(item: Item, _: Known) -> Iterator[Said]:
    """The feed is in the order in which the dispatcher spoke: the last word counts."""
    row = item.read(_Expected)
    yield ArrivalExpected(delivery_id=f"delivery/erp:{row.shipment}", expected_at=row.eta)


AREA = Area(
    connections=(
        Connection("tms", Webhook, (_passed,)),
        Connection("tms-tracking", Rest, (_expected,)),
    ),
    workflows=(post_departed,),
    routes=(Route(PostGoodsIssue, "erp"), Route(UnblockDeparted, "erp")),
)
