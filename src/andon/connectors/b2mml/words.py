"""The words of B2MML: verbs, nouns, and which parts of a noun are facts of their own."""

__all__ = [
    "CODES",
    "LISTS",
    "NAMESPACE",
    "NOUNS",
    "PARTS",
    "PERFORMANCES",
    "SCHEDULES",
    "VERBS",
    "Code",
    "earlier",
    "modern",
    "parts_of",
    "split",
]

from collections.abc import Iterable, Iterator
from typing import Literal

NAMESPACE = "http://www.mesa.org/xml/B2MML"
"""Of V0700. Older releases write their number behind it, the oldest begin with `www.wbf.org`."""

VERBS = ("Get", "Show", "Process", "Acknowledge", "Change", "Respond", "Cancel", "Sync")

CODES = ("Accepted", "Modified", "Rejected")
"""What an answer says of what was asked (TransActionCode)."""

Code = Literal["Accepted", "Modified", "Rejected"]

SCHEDULES = {"operations": "OperationsSchedule", "work": "WorkSchedule"}
PERFORMANCES = {"operations": "OperationsPerformance", "work": "WorkPerformance"}
"""Orders and reports in the nouns of ISA-95 part 2, or of part 4."""

PARTS = {
    "OperationsSchedule": ("OperationsRequest",),
    "OperationsPerformance": ("OperationsResponse",),
    "WorkSchedule": ("WorkRequest",),
    "WorkPerformance": ("WorkResponse",),
    "JobList": ("JobOrder",),
    "JobResponseList": ("JobResponse",),
    "MaterialInformation": ("MaterialClass", "MaterialDefinition", "MaterialLot", "MaterialSubLot"),
    "OperationsTestInformation": ("TestSpecification", "TestResult"),
}
"""Nouns that hold many facts; of any other noun, each one is a fact."""

_NOUNS = """
    BatchProductionRecord Equipment EquipmentClass EquipmentInformation ErrorMessage
    GRecipeInformation JobList JobResponse JobResponseList MaterialClass MaterialDefinition
    MaterialInformation MaterialLot MaterialSubLot OperationalLocation
    OperationalLocationClass OperationalLocationInformation OperationsCapability
    OperationsCapabilityInformation OperationsDefinition OperationsDefinitionInformation
    OperationsEventClass OperationsEventDefinition OperationsEventInformation
    OperationsMaterialBill OperationsPerformance OperationsSchedule OperationsTestInformation
    Person PersonnelClass PersonnelInformation PhysicalAsset PhysicalAssetClass
    PhysicalAssetInformation ProcessElementLibrary ProcessSegment ProcessSegmentInformation
    ResourceConstraintLibrary ResourceNetworkConnectionType ResourceRelationshipNetwork
    ResourceRelationshipNetworkInformation TestResult TestSpecification TransactionProfile
    WorkAlert WorkAlertDefinition WorkAlertInformation WorkCalendar WorkCalendarDefinition
    WorkCalendarInformation WorkCapability WorkCapabilityInformation WorkDefinitionInformation
    WorkDirective WorkMasaterCapability WorkMaster WorkMasterCapability WorkPerformance
    WorkRecord WorkRecordSpecification WorkResponse WorkSchedule WorkflowSpecification
    WorkflowSpecificationConnectionType WorkflowSpecificationInformation
    WorkflowSpecificationNodeType
    """
NOUNS = frozenset(_NOUNS.split())
"""All that V0700 has verbs for, BatchML included."""

_RENAMED = {
    "ProductionSchedule": "OperationsSchedule",
    "ProductionRequest": "OperationsRequest",
    "ProductionPerformance": "OperationsPerformance",
    "ProductionResponse": "OperationsResponse",
    "ProductionScheduleID": "OperationsScheduleID",
    "ProductionRequestID": "OperationsRequestID",
    "ProductRequestID": "OperationsRequestID",
    "ProductSegmentID": "OperationsSegmentID",
    "QualityTestInformation": "OperationsTestInformation",
    "EquipmentElementLevel": "EquipmentLevel",
}
"""What V0401 calls otherwise."""

_NESTED = frozenset({"SegmentRequirement", "SegmentResponse"})
"""V0401 nests them under their own name, V0700 as `...Child`."""

_LISTS = """
    AssemblyActual AssemblyLot AssemblyRequirement AssemblySubLot BOD EquipmentActual
    EquipmentActualChild EquipmentActualProperty EquipmentRequirement EquipmentRequirementChild
    EquipmentRequirementProperty JobOrder JobOrderParameter JobResponse JobResponseData
    MaterialActual MaterialActualProperty MaterialClass MaterialClassProperty MaterialDefinition
    MaterialDefinitionProperty MaterialLot MaterialLotProperty MaterialRequirement
    MaterialRequirementProperty MaterialSubLot MaterialSubLotChild OperationsRequest
    OperationsResponse ParameterChild PersonnelActual PersonnelRequirement PhysicalAssetActual
    PhysicalAssetRequirement PropertyMeasurement Quantity Receiver RequestedSegmentResponse
    ActionCriteria ResponseCriteria SegmentData SegmentDataChild SegmentParameter
    SegmentRequirement SegmentRequirementChild SegmentResponse SegmentResponseChild StateChange
    TestResult TestResultChild TestSpecification TestSpecificationCriteria
    TestSpecificationProperty Value WorkRequest WorkRequestChild WorkResponse WorkResponseChild
    """
LISTS = frozenset(_LISTS.split())
"""Elements with parts of their own that may come again: lists, also when they come once."""


def modern(name: str, parent: str) -> str:
    """What V0700 calls an element of this name below that one (both as V0700 calls them)."""
    if name in _NESTED and parent in (name, f"{name}Child"):
        return f"{name}Child"
    return _RENAMED.get(name, name)


def earlier(names: Iterable[str]) -> Iterator[str]:
    """These names, and what older releases call the same."""
    for name in names:
        yield name
        yield from (old for old, new in _RENAMED.items() if new == name)


def split(root: str) -> tuple[str, str] | None:
    """Verb and noun of a document's root; None when it has no verb."""
    for verb in VERBS:
        if root.startswith(verb) and root != verb:
            return verb, root.removeprefix(verb)
    return None


def parts_of(noun: str) -> tuple[str, ...]:
    """The elements that are facts of their own in this noun."""
    return PARTS.get(noun, (noun,))
