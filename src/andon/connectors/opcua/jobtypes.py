"""Structures of OPC 10031-4 (ISA-95 Job Control, version 2), field by field.

The library keeps structures of servers in one table for the whole program, by an id whose namespace
index differs from server to server: two machines could read each other's. So they are read here.
"""

__all__ = ["STRUCTURES", "Field"]

from collections.abc import Mapping
from typing import NamedTuple


class Field(NamedTuple):
    """One field of a structure, in the order of its bytes."""

    name: str
    type: str
    many: bool = False
    optional: bool = False


def _fields(text: str) -> tuple[Field, ...]:
    """`Name:Type`, `[]` for an array, `?` for a field that may be missing."""
    found: list[Field] = []
    for word in text.split():
        name, kind = word.split(":")
        bare = kind.rstrip("?").removesuffix("[]")
        found.append(Field(name, bare, "[]" in kind, kind.endswith("?")))
    return tuple(found)


def _resource(id: str, use: str) -> tuple[Field, ...]:
    return _fields(
        f"{id} Description:LocalizedText[]? {use}:String? Quantity:String?"
        " EngineeringUnits:EUInformation? Properties:Property[]?"
    )


STRUCTURES: Mapping[str, tuple[Field, ...]] = {
    "JobOrderAndState": _fields("JobOrder:JobOrder State:State[]"),
    "JobOrder": _fields(
        "JobOrderID:String Description:LocalizedText[]? WorkMasterID:WorkMaster[]?"
        " StartTime:DateTime? EndTime:DateTime? Priority:Int16? JobOrderParameters:Parameter[]?"
        " PersonnelRequirements:Personnel[]? EquipmentRequirements:Equipment[]?"
        " PhysicalAssetRequirements:PhysicalAsset[]? MaterialRequirements:Material[]?"
    ),
    "JobResponse": _fields(
        "JobResponseID:String Description:LocalizedText? JobOrderID:String StartTime:DateTime?"
        " EndTime:DateTime? JobState:State[] JobResponseData:Parameter[]?"
        " PersonnelActuals:Personnel[]? EquipmentActuals:Equipment[]?"
        " PhysicalAssetActuals:PhysicalAsset[]? MaterialActuals:Material[]?"
    ),
    "State": _fields("BrowsePath:RelativePath StateText:LocalizedText StateNumber:UInt32"),
    "WorkMaster": _fields("ID:String Description:LocalizedText? Parameters:Parameter[]?"),
    "Parameter": _fields(
        "ID:String Value:Variant Description:LocalizedText[]? EngineeringUnits:EUInformation?"
        " Subparameters:Parameter[]?"
    ),
    "Property": _fields(
        "ID:String Value:Variant Description:LocalizedText[]? EngineeringUnits:EUInformation?"
        " Subproperties:Property[]?"
    ),
    "Personnel": _resource("ID:String", "PersonnelUse"),
    "Equipment": _resource("ID:String", "EquipmentUse"),
    "PhysicalAsset": _resource("ID:String", "PhysicalAssetUse"),
    "Material": _resource(
        "MaterialClassID:String? MaterialDefinitionID:String? MaterialLotID:String?"
        " MaterialSublotID:String?",
        "MaterialUse",
    ),
}
"""Names as in the standard, without `ISA95` and `DataType`."""
