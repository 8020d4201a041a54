"""OPC UA: machines whose values and jobs are read, and who take writes, calls and job orders."""

__all__ = ["NodeGroup", "OpcUa", "OpcUaSettings"]

from andon.connectors.opcua.connector import OpcUa
from andon.connectors.opcua.settings import NodeGroup, OpcUaSettings
