"""The cloud ERP: it releases orders, and is told what was made of what."""

__all__ = ["AREA"]

from datetime import timedelta

from andon.app.company.area import Area
from andon.app.company.service import issue_parts
from andon.app.company.stock import BOOKS, POSTINGS
from andon.capabilities.production import book_order, book_reopened
from andon.connectors import odata
from andon.connectors.odata import OData
from andon.core.plant import Connection, Ownership, Route
from andon.model.holding import UnblockConsumed
from andon.model.inventory import (
    IssueGoods,
    PostAdjustment,
    PostScrap,
    PostTransfer,
    ReceiveGoods,
)
from andon.model.production import (
    AssignLots,
    CompleteProduction,
    ConfirmOperation,
    ReceiveOutput,
    ReleaseOrder,
)

AREA = Area(
    connections=(
        Connection("erp", OData, (*odata.mappings, *POSTINGS, issue_parts)),
        # Stock has no change field: it is read whole, by itself, so that the rest is not slowed.
        Connection("erp-stock", OData, BOOKS),
    ),
    workflows=(book_order, book_reopened),
    routes=(
        *(
            Route(command, "erp")
            for command in (
                AssignLots,
                ConfirmOperation,
                ReceiveOutput,
                CompleteProduction,
                ReleaseOrder,
                PostTransfer,
                PostAdjustment,
                PostScrap,
                ReceiveGoods,
                IssueGoods,
            )
        ),
        Route(UnblockConsumed, "erp", site="plant-a"),
    ),
    ownership=(
        Ownership(
            subject="production-order",
            attribute="planned",
            owner="erp",
            followers={"mes-a": timedelta(minutes=1)},
            steward="planning",
        ),
    ),
)
