"""The main workload as a user's project: one inbox, one mapping, one workflow with three calls."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar

import msgspec

from andon.app import Andon
from andon.connectors.rest import Rest
from andon.connectors.webhook import Webhook
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.message import Claims, Command, Event, Link
from andon.core.plant import Connection, Ownership, Route
from andon.core.workflow import Run, workflow

__all__ = ["andon"]


class Completed(Event, frozen=True, kw_only=True):
    """The MES completed an operation of an order."""

    TYPE: ClassVar[str] = "bench.production.order.completed.v1"
    KIND: ClassVar[str] = "production-order"
    KEY: ClassVar[str] = "order_id"

    order_id: str
    event_id: str
    sequence: int
    lot_id: str
    plant: str
    good: int
    scrap: int
    unit: str

    def claims(self) -> Claims:
        """What the MES believes about the order."""
        return {"status": "Completed", "good": f"{self.good} {self.unit}", "lot": self.lot_id}

    def links(self) -> Iterable[Link]:
        """The order made the lot."""
        return (Link("makes", "material-lot", self.lot_id),)


class _Step(Command, frozen=True, kw_only=True):
    KIND: ClassVar[str] = "production-order"
    KEY: ClassVar[str] = "order_id"

    order_id: str
    completed: Completed


class OpenInspection(_Step, frozen=True, kw_only=True):
    """The QMS opens an inspection lot."""

    TYPE: ClassVar[str] = "bench.quality.inspection.open.v1"

    def claims(self) -> Claims:
        """The QMS knows the lot."""
        return {"lot": self.completed.lot_id}


class PostReceipt(_Step, frozen=True, kw_only=True):
    """The ERP posts the goods receipt."""

    TYPE: ClassVar[str] = "bench.inventory.receipt.post.v1"
    inspection: str

    def claims(self) -> Claims:
        """The ERP believes the order completed with this quantity."""
        return {"status": "Completed", "good": f"{self.completed.good} {self.completed.unit}"}


class RequestPutaway(_Step, frozen=True, kw_only=True):
    """The WMS puts the lot away."""

    TYPE: ClassVar[str] = "bench.warehouse.putaway.request.v1"
    receipt: str

    def claims(self) -> Claims:
        """The WMS has the quantity."""
        return {"good": f"{self.completed.good} {self.completed.unit}"}


class _Order(msgspec.Struct):
    number: str
    sequence: int


class _Quantity(msgspec.Struct):
    good: int = msgspec.field(name="yield")
    scrap: int
    uom: str


class _Row(msgspec.Struct):
    event_id: str
    plant: str
    order: _Order
    lot: str
    quantity: _Quantity


@inbound("production.completed")
def completed(item: Item, known: Known) -> Iterable[Said]:
    """Every post is a completion."""
    del known
    row = item.read(_Row)
    yield Completed(
        order_id=row.order.number,
        event_id=row.event_id,
        sequence=row.order.sequence,
        lot_id=row.lot,
        plant=row.plant,
        good=row.quantity.good,
        scrap=row.quantity.scrap,
        unit=row.quantity.uom,
    )


def _body(event: Completed, **more: Any) -> dict[str, Any]:
    return {
        "eventId": event.event_id,
        "orderNo": event.local,
        "lotNo": event.lot_id,
        "qty": event.good,
        "plant": event.plant,
        "seq": event.sequence,
        **more,
    }


@outbound(OpenInspection, proof="keyed")
def inspection(command: OpenInspection, known: Known) -> Request:
    """One inspection lot."""
    del known
    return Request(target="POST /qms/inspection-lots", body=_body(command.completed))


@outbound(PostReceipt, proof="keyed")
def receipt(command: PostReceipt, known: Known) -> Request:
    """One goods receipt, naming the inspection lot."""
    del known
    body = _body(command.completed, inspection=command.inspection)
    return Request(target="POST /erp/goods-receipts", body=body)


@outbound(RequestPutaway, proof="keyed")
def putaway(command: RequestPutaway, known: Known) -> Request:
    """One task, naming the receipt."""
    del known
    body = _body(command.completed, receipt=command.receipt)
    return Request(target="POST /wms/putaway-tasks", body=body)


@workflow(on=Completed)
async def post_completion(run: Run, event: Completed) -> None:
    """Inspect, receive, put away."""
    order_id = run.subject
    inspected = await run.send(OpenInspection(order_id=order_id, completed=event))
    received = await run.send(
        PostReceipt(order_id=order_id, completed=event, inspection=inspected.reference or "")
    )
    await run.send(
        RequestPutaway(order_id=order_id, completed=event, receipt=received.reference or "")
    )


andon = Andon(
    "bench",
    site="bench",
    connections=[
        Connection("mes", Webhook, [completed]),
        Connection("qms", Rest, [inspection]),
        Connection("erp", Rest, [receipt]),
        Connection("wms", Rest, [putaway]),
    ],
    workflows=[post_completion],
    routes=[
        Route(OpenInspection, "qms"),
        Route(PostReceipt, "erp"),
        Route(RequestPutaway, "wms"),
    ],
    ownership=[
        Ownership(
            subject="production-order",
            attribute="status",
            owner="mes",
            followers={"erp": timedelta(minutes=1)},
        ),
        Ownership(
            subject="production-order",
            attribute="good",
            owner="mes",
            followers={"erp": timedelta(minutes=1), "wms": timedelta(minutes=5)},
        ),
    ],
    messages=[Completed, OpenInspection, PostReceipt, RequestPutaway],
)
