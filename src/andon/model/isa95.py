"""ISA-95 enumerations, verbatim from B2MML V0700 (used courtesy of MESA International).

`Other` means: the system has a state of its own, kept raw beside it.
"""

__all__ = [
    "DispatchStatus",
    "Disposition",
    "EquipmentLevel",
    "JobOrderCommand",
    "MaterialUse",
    "RequestState",
    "ResponseState",
]

from typing import Literal

RequestState = Literal[
    "Forecast",
    "Released",
    "Waiting",
    "Cancelled",
    "Ready",
    "Running",
    "Completed",
    "Aborted",
    "Held",
    "Suspended",
    "Closed",
    "Other",
]
"""How a production order (OperationsRequest) stands."""

DispatchStatus = Literal[
    "Waiting",
    "Pending",
    "Cancelled",
    "Dispatched",
    "Ready",
    "Running",
    "Completed",
    "Aborted",
    "Held",
    "Suspended",
    "Closed",
    "Other",
]
"""How a job order at a work unit stands."""

ResponseState = Literal[
    "Waiting",
    "Ready",
    "Running",
    "Completed",
    "Aborted",
    "Held",
    "Paused",
    "Suspended",
    "Closed",
    "Other",
]
"""How the answer to an order or job stands: one operation of a production order, for example."""

JobOrderCommand = Literal[
    "Start", "Stop", "Hold", "Restart", "Abort", "Reset", "Pause", "Resume", "Other"
]
"""What can be asked of a job order."""

Disposition = Literal["Planned", "In-Process", "Restricted", "UnRestricted", "Closed", "Other"]
"""What a lot may be used for."""

MaterialUse = Literal[
    "Consumable",
    "Consumed",
    "Produced",
    "By-product Produced",
    "Co-product Produced",
    "Yield Produced",
    "Material Consumed",
    "Material Produced",
    "Destructive Sample",
    "Returned Sample",
    "Retained Sample",
    "Inventoried",
    "Other",
]
"""Why a material is moved or named in an order."""

EquipmentLevel = Literal[
    "Enterprise",
    "Site",
    "Area",
    "ProcessCell",
    "Unit",
    "ProductionLine",
    "WorkCell",
    "ProductionUnit",
    "StorageZone",
    "StorageUnit",
    "WorkCenter",
    "WorkUnit",
    "EquipmentModule",
    "ControlModule",
    "Other",
]
"""Where in the equipment hierarchy a piece of equipment stands."""
