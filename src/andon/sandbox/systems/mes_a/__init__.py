"""The MES of plant A: REST in, signed webhooks out. It owns execution and genealogy."""

__all__ = ["MesA", "Order"]

from andon.sandbox.systems.mes_a.floor import Order
from andon.sandbox.systems.mes_a.system import MesA
