"""Inventory: what was carried somewhere is booked there."""

__all__ = ["post_moved", "put_away"]

from andon.capabilities.inventory.transfer import post_moved, put_away
