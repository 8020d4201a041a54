"""Carrier and ERP: what the carrier took is out of the books."""

__all__ = ["AREA"]

from collections.abc import Iterator
from datetime import datetime

import msgspec

from andon.app.company.area import Area
from andon.capabilities.fulfilment import post_departed
from andon.connectors.webhook import Webhook
from andon.core.connector import Item
from andon.core.mapping import Known, Said, inbound
from andon.core.plant import Connection, Route
from andon.model.fulfilment import Milestone, MilestonePassed, PostGoodsIssue, UnblockDeparted


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


AREA = Area(
    connections=(Connection("tms", Webhook, (_passed,)),),
    workflows=(post_departed,),
    routes=(Route(PostGoodsIssue, "erp"), Route(UnblockDeparted, "erp")),
)
