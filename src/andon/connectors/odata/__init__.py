"""OData, version 2 and 4: SAP S/4HANA's APIs, and others that speak it."""

__all__ = ["Action", "Feed", "OData", "ODataSettings", "mappings"]

from andon.connectors.odata.connector import OData
from andon.connectors.odata.mapping import mappings
from andon.connectors.odata.settings import Action, Feed, ODataSettings
