"""The Sparkplug B payload as protobuf sees it, from the field tables of the specification.

Classes are made when this is imported, in a pool of our own: a project may hold another copy.
"""

__all__ = [
    "DataSet",
    "Holder",
    "Metric",
    "ParseError",
    "Payload",
    "PropertySet",
    "PropertyValue",
    "Repeated",
    "Template",
    "new_payload",
]

from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError as ParseError
from google.protobuf.message_factory import GetMessageClass

_SCALAR = "int_value:uint32 long_value:uint64 float_value:float double_value:double"
_PLAIN = f"{_SCALAR} boolean_value:bool string_value:string"
_SHAPES = {
    "Payload": "timestamp:uint64 *metrics:Metric seq:uint64 uuid:string body:bytes",
    "Metric": "name:string alias:uint64 timestamp:uint64 datatype:uint32 is_historical:bool"
    " is_transient:bool is_null:bool metadata:MetaData properties:PropertySet"
    f" | {_PLAIN} bytes_value:bytes dataset_value:DataSet template_value:Template",
    "MetaData": "is_multi_part:bool content_type:string size:uint64 seq:uint64 file_name:string"
    " file_type:string md5:string description:string",
    "PropertySet": "*keys:string *values:PropertyValue",
    "PropertySetList": "*propertyset:PropertySet",
    "PropertyValue": f"type:uint32 is_null:bool | {_PLAIN}"
    " propertyset_value:PropertySet propertysets_value:PropertySetList",
    "DataSet": "num_of_columns:uint64 *columns:string *types:uint32 *rows:Row",
    "Row": "*elements:DataSetValue",
    "DataSetValue": f"| {_PLAIN}",
    "Template": "version:string *metrics:Metric *parameters:Parameter template_ref:string"
    " is_definition:bool",
    "Parameter": f"name:string type:uint32 | {_PLAIN}",
}
"""Fields are numbered from 1 as they stand; those after `|` are one choice, `value`."""

_PACKAGE = "andon.sparkplug"
_TYPES = {
    "uint32": FieldDescriptorProto.TYPE_UINT32,
    "uint64": FieldDescriptorProto.TYPE_UINT64,
    "float": FieldDescriptorProto.TYPE_FLOAT,
    "double": FieldDescriptorProto.TYPE_DOUBLE,
    "bool": FieldDescriptorProto.TYPE_BOOL,
    "string": FieldDescriptorProto.TYPE_STRING,
    "bytes": FieldDescriptorProto.TYPE_BYTES,
}

R = TypeVar("R")


class Repeated(Protocol[R]):
    """A list of fields."""

    def __iter__(self) -> Iterator[R]: ...
    def __len__(self) -> int: ...
    def add(self) -> R:
        """A new one at the end, to be filled in."""
        ...

    def append(self, one: R) -> None:
        """One more at the end."""
        ...


class Holder(Protocol):
    """What holds one value in one of several fields."""

    int_value: int
    long_value: int
    float_value: float
    double_value: float
    boolean_value: bool
    string_value: str

    def WhichOneof(self, name: str) -> str | None:  # noqa: N802 protobuf's name
        """Which field of the choice is set."""
        ...


class _Row(Protocol):
    elements: Repeated[Holder]


class DataSet(Protocol):
    """A table: columns with types, rows."""

    num_of_columns: int
    columns: Repeated[str]
    types: Repeated[int]
    rows: Repeated[_Row]


class PropertyValue(Holder, Protocol):
    """One property of a metric."""

    type: int
    is_null: bool
    propertyset_value: "PropertySet"
    propertysets_value: "_PropertySetList"


class PropertySet(Protocol):
    """Keys and values in two lists of one length."""

    keys: Repeated[str]
    values: Repeated[PropertyValue]


class _PropertySetList(Protocol):
    propertyset: Repeated[PropertySet]


class _Parameter(Holder, Protocol):
    name: str
    type: int


class Template(Protocol):
    """A structure of metrics, or the definition of one."""

    version: str
    metrics: Repeated["Metric"]
    parameters: Repeated[_Parameter]
    template_ref: str
    is_definition: bool


class Metric(Holder, Protocol):
    """One value of a node or device, named in its birth, later perhaps by alias only."""

    name: str
    alias: int
    timestamp: int
    datatype: int
    is_historical: bool
    is_transient: bool
    is_null: bool
    properties: PropertySet
    bytes_value: bytes
    dataset_value: DataSet
    template_value: Template

    def HasField(self, name: str) -> bool:  # noqa: N802 protobuf's name
        """Whether a field is there at all."""
        ...

    def SerializeToString(self) -> bytes:  # noqa: N802 protobuf's name
        """The bytes of it."""
        ...


class Payload(Protocol):
    """One message of a node, a device or a host."""

    timestamp: int
    metrics: Repeated[Metric]
    seq: int
    uuid: str
    body: bytes

    def HasField(self, name: str) -> bool:  # noqa: N802 protobuf's name
        """Whether a field is there at all."""
        ...

    def ParseFromString(self, data: bytes) -> int:  # noqa: N802 protobuf's name
        """Reads the bytes. Raises ParseError."""
        ...

    def SerializeToString(self) -> bytes:  # noqa: N802 protobuf's name
        """The bytes of it."""
        ...


def _described() -> FileDescriptorProto:
    file = FileDescriptorProto(name="andon/sparkplug.proto", package=_PACKAGE, syntax="proto2")
    for name, fields in _SHAPES.items():
        message = file.message_type.add(name=name)
        chosen = False
        number = 0
        for word in fields.split():
            if word == "|":
                chosen = True
                message.oneof_decl.add(name="value")
                continue
            number += 1
            field, _, kind = word.removeprefix("*").partition(":")
            made = message.field.add(name=field, number=number)
            made.label = (
                FieldDescriptorProto.LABEL_REPEATED
                if word.startswith("*")
                else FieldDescriptorProto.LABEL_OPTIONAL
            )
            if kind in _TYPES:
                made.type = _TYPES[kind]
            else:
                made.type = FieldDescriptorProto.TYPE_MESSAGE
                made.type_name = f".{_PACKAGE}.{kind}"
            if chosen:
                made.oneof_index = 0
    return file


def _made() -> Any:
    pool = DescriptorPool()
    pool.AddSerializedFile(_described().SerializeToString())
    return GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Payload"))


new_payload: Callable[[], Payload] = _made()
"""An empty one."""
