"""Fulfilment: what left the dock leaves the books."""

__all__ = ["pick_delivery", "post_departed", "tender_load"]

from andon.capabilities.fulfilment.departure import post_departed
from andon.capabilities.fulfilment.picking import pick_delivery
from andon.capabilities.fulfilment.tender import tender_load
