"""The few nodes of the OPC Foundation's that a small controller has beside its own.

asyncua's own server fills in the whole standard first, 6,000 nodes: that takes three seconds and
45 MB for two variables.
"""

__all__ = ["small_server"]

from pathlib import Path
from typing import Any, cast

from asyncua.common.ua_utils import get_default_value
from asyncua.server.internal_server import InternalServer
from asyncua.server.server import Server
from asyncua.server.user_managers import UserManager

from andon.connectors.opcua.library import ua

_OBJECTS = (
    "RootFolder",
    "ObjectsFolder",
    "TypesFolder",
    "ObjectTypesFolder",
    "DataTypesFolder",
    "BaseObjectType",
    "FolderType",
    "BaseDataVariableType",
    "BaseDataType",
    "Server",
)
_STATUS = "Server_ServerStatus"
_LIMITS = "Server_ServerCapabilities_OperationLimits_Max"
_TEXTS = ("ProductUri", "ProductName", "ManufacturerName", "SoftwareVersion", "BuildNumber")
_VARIABLES: dict[str, str] = {
    "Server_NamespaceArray": "String",
    "Server_ServerArray": "String",
    "Server_ServiceLevel": "Byte",
    _STATUS: "ExtensionObject",
    f"{_STATUS}_CurrentTime": "DateTime",
    f"{_STATUS}_StartTime": "DateTime",
    f"{_STATUS}_State": "Int32",
    f"{_STATUS}_BuildInfo": "ExtensionObject",
    f"{_STATUS}_BuildInfo_BuildDate": "DateTime",
    **{f"{_STATUS}_BuildInfo_{text}": "String" for text in _TEXTS},
    **{str(name): "UInt32" for name in dir(ua.ObjectIds) if name.startswith(_LIMITS)},
}
_EMPTY = ("Server_NamespaceArray", "Server_ServerArray")


class _Small(InternalServer):
    async def load_standard_address_space(self, shelf_file: Path | None = None) -> None:
        """Those that the library writes itself, and folders to hang others below."""
        del shelf_file
        made = [*map(_object, _OBJECTS), *map(_variable, _VARIABLES)]
        list(cast("Any", self.node_mgt_service).try_add_nodes(made, check=False))


def small_server(users: UserManager) -> Any:
    """A server that has yet to be given its own nodes."""
    return cast("Any", Server)(iserver=cast("Any", _Small)(user_manager=users))


def _object(name: str) -> Any:
    node = _node(name)
    node.NodeClass = ua.NodeClass.Object
    node.NodeAttributes = ua.ObjectAttributes(DisplayName=ua.LocalizedText(name))
    return node


def _variable(name: str) -> Any:
    kind = ua.VariantType[_VARIABLES[name]]
    value: Any = [] if name in _EMPTY else _first(kind)
    node = _node(name)
    node.NodeClass = ua.NodeClass.Variable
    node.NodeAttributes = ua.VariableAttributes(
        DisplayName=ua.LocalizedText(name),
        Value=ua.Variant(value, kind, is_array=name in _EMPTY),
        DataType=ua.NodeId(kind.value),
    )
    return node


def _first(kind: Any) -> Any:
    return None if kind is ua.VariantType.ExtensionObject else get_default_value(kind)


def _node(name: str) -> Any:
    return ua.AddNodesItem(
        RequestedNewNodeId=ua.NodeId(getattr(ua.ObjectIds, name)),
        BrowseName=ua.QualifiedName(name),
    )
