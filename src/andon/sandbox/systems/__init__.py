"""The systems of the company; one more is a folder here and a line in `SYSTEMS`."""

__all__ = ["SYSTEMS"]

from andon.sandbox.system import System
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA

SYSTEMS: tuple[type[System], ...] = (Erp, MesA)
"""In the order in which they start, and hear of what happened."""
