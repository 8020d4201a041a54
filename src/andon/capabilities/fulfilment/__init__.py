"""Fulfilment: what left the dock leaves the books."""

__all__ = ["post_departed"]

from andon.capabilities.fulfilment.departure import post_departed
