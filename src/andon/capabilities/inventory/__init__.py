"""Inventory: what was carried, counted or thrown away somewhere is booked there."""

__all__ = ["adjust_counted", "large_differences", "post_moved", "post_scrapped", "put_away"]

from andon.capabilities.inventory.counting import adjust_counted, large_differences, post_scrapped
from andon.capabilities.inventory.transfer import post_moved, put_away
