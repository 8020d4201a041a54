"""Entering: customers send their orders by mail, and a clerk types them each hour."""

__all__ = ["begin"]

from collections.abc import Mapping
from datetime import timedelta

from andon.sandbox.before.desk import Desk, every
from andon.sandbox.system import System
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.portal import Portal
from andon.sandbox.world import World

_EVERY = timedelta(hours=1)


def begin(world: World, systems: Mapping[str, System], desk: Desk) -> None:
    """One clerk of sales."""
    erp, portal = systems.get("erp"), systems.get("portal")
    if isinstance(erp, Erp) and isinstance(portal, Portal):
        world.lives(every(world, _EVERY, lambda: _enters(erp, portal, desk)))


def _enters(erp: Erp, portal: Portal, desk: Desk) -> None:
    for order in portal.orders.values():
        if order.state != "written":
            continue
        header = {
            "SoldToParty": portal.customer,
            "PurchaseOrderByCustomer": order.number,
            "RequestedDeliveryDate": order.wanted_by,
        }
        line = {"Material": order.material, "RequestedQuantity": order.quantity}
        order.sales_order = erp.company.sales.create(header, [line])["SalesOrder"]
        order.state = "ordered"
        desk.typed["sales order"] += 1
