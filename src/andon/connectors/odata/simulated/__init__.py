"""A small S/4HANA behind an OData gateway: its books, and how it is spoken with."""

__all__ = ["Company", "Gateway", "RefusedCallError"]

from andon.connectors.odata.simulated.books import RefusedCallError
from andon.connectors.odata.simulated.company import Company
from andon.connectors.odata.simulated.gateway import Gateway
