"""Commands that are answered at once, as a user's project: words of Andon's own, one call each."""

from datetime import timedelta

import msgspec

from andon.api.commands import address_of
from andon.app import Andon
from andon.connectors.rest import Rest
from andon.core.connector import Request
from andon.core.mapping import Known, Outbound, outbound
from andon.core.message import Command
from andon.core.plant import Connection, Ownership, Route
from andon.model.disposing import DisposeLot
from andon.model.fulfilment import PostGoodsIssue
from andon.model.inventory import IssueGoods, PostAdjustment, PostTransfer, ReceiveGoods
from andon.model.production import ReleaseOrder
from andon.model.supply import AnnounceShipment
from bench.ledger import System

__all__ = ["CAPABILITIES", "Capability", "andon", "body_of"]


class Capability(msgspec.Struct, frozen=True):
    """One command, and where its target takes it."""

    command: type[Command]
    system: System
    path: str

    @property
    def name(self) -> str:
        """As it stands in an address, `production/release-order`."""
        return "/".join(address_of(self.command))


CAPABILITIES = (
    Capability(ReleaseOrder, "erp", "/erp/order-releases"),
    Capability(IssueGoods, "erp", "/erp/goods-issues"),
    Capability(ReceiveGoods, "erp", "/erp/goods-receipts"),
    Capability(PostTransfer, "erp", "/erp/transfers"),
    Capability(DisposeLot, "qms", "/qms/dispositions"),
    Capability(PostGoodsIssue, "erp", "/erp/delivery-issues"),
    Capability(AnnounceShipment, "wms", "/wms/announced-shipments"),
    Capability(PostAdjustment, "erp", "/erp/adjustments"),
)
"""Order release, goods movements (issue, receipt, transfer), disposition, shipment confirmation,
despatch advice, inventory posting."""


def body_of(command: Command) -> dict[str, object]:
    """What the target is told, by Andon or without it: all of the command, and what it is about."""
    return {"eventId": command.local, **msgspec.to_builtins(command)}


def _written(one: Capability) -> Outbound:
    @outbound(one.command, proof="keyed")
    def write(command: Command, known: Known) -> Request:
        del known
        return Request(target=f"POST {one.path}", body=body_of(command))

    return write


def _connection(system: System) -> Connection:
    return Connection(system, Rest, [_written(one) for one in CAPABILITIES if one.system == system])


andon = Andon(
    "commands",
    site="bench",
    connections=[_connection("qms"), _connection("erp"), _connection("wms")],
    routes=[Route(one.command, one.system) for one in CAPABILITIES],
    ownership=[
        Ownership(
            subject="material-lot",
            attribute="location",
            owner="wms",
            followers={"erp": timedelta(minutes=1)},
        ),
    ],
)
