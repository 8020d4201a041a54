"""Production: orders reach the floor, and what the floor did reaches the books."""

__all__ = [
    "book_order",
    "book_reopened",
    "post_order",
    "release_and_expect_start",
    "release_order",
    "steer_order",
]

from andon.capabilities.production.booking import book_order, book_reopened
from andon.capabilities.production.posting import post_order
from andon.capabilities.production.release import release_and_expect_start, release_order
from andon.capabilities.production.steering import steer_order
