"""B2MML V0700 (ISA-95): orders, reports, lots and tests as documents, in folders and by HTTP."""

__all__ = ["B2mml", "B2mmlSettings", "mappings", "posted"]

from andon.connectors.b2mml.connector import B2mml
from andon.connectors.b2mml.mapping import mappings, posted
from andon.connectors.b2mml.settings import B2mmlSettings
