"""Tryton 8.2 over its REST API: an ERP, and its quality control."""

__all__ = ["Tryton", "TrytonSettings", "mappings"]

from andon.connectors.tryton.connector import Tryton, TrytonSettings
from andon.connectors.tryton.mapping import mappings
