"""OPC UA: machines whose values have a history, variables and methods to command them."""

__all__ = ["NodeGroup", "OpcUa", "OpcUaSettings"]

from andon.connectors.opcua.connector import NodeGroup, OpcUa, OpcUaSettings
