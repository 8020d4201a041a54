"""What the systems of the company hold in the end, compared with what happened, as numbers."""

__all__ = ["Posting", "Reckoned", "booked", "compare", "happened", "reckon"]

from andon.sandbox.lab.production import booked, happened
from andon.sandbox.lab.reckoning import Posting, Reckoned, compare, reckon
