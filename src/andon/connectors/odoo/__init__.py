"""Odoo 19 by its JSON-2 API: manufacturing orders and movements in; values and buttons out."""

__all__ = ["Feed", "Odoo", "OdooSettings", "mappings"]

from andon.connectors.odoo.connector import Odoo
from andon.connectors.odoo.mapping import mappings
from andon.connectors.odoo.settings import Feed, OdooSettings
