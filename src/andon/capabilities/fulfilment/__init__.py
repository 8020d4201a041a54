"""Fulfilment: from the customer's order to the dock, and what left it leaves the books."""

__all__ = [
    "follow_readiness",
    "pick_delivery",
    "post_departed",
    "tell_customer",
    "tender_load",
    "watch_promise",
]

from andon.capabilities.fulfilment.departure import post_departed
from andon.capabilities.fulfilment.picking import pick_delivery
from andon.capabilities.fulfilment.promise import watch_promise
from andon.capabilities.fulfilment.readiness import follow_readiness
from andon.capabilities.fulfilment.telling import tell_customer
from andon.capabilities.fulfilment.tender import tender_load
