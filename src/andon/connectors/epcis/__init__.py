"""EPCIS 2.0 (GS1): who saw what, where, when and why; captured from partners and at partners."""

__all__ = ["MAPPINGS", "Epcis", "EpcisSettings", "read_event"]

from andon.connectors.epcis.connector import Epcis, EpcisSettings
from andon.connectors.epcis.document import read_event
from andon.connectors.epcis.mapping import MAPPINGS
