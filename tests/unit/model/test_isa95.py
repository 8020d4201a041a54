"""The enumerations, against the lists copied from B2MML-Common.xsd V0700."""

from typing import Any, get_args

import pytest

from andon.model import isa95

RUN = "Running Completed Aborted Held"

XSD = [
    (
        isa95.RequestState,
        f"Forecast Released Waiting Cancelled Ready {RUN} Suspended Closed Other",
    ),
    (
        isa95.DispatchStatus,
        f"Waiting Pending Cancelled Dispatched Ready {RUN} Suspended Closed Other",
    ),
    (isa95.ResponseState, f"Waiting Ready {RUN} Paused Suspended Closed Other"),
    (isa95.JobOrderCommand, "Start Stop Hold Restart Abort Reset Pause Resume Other"),
    (isa95.Disposition, "Planned In-Process Restricted UnRestricted Closed Other"),
    (
        isa95.MaterialUse,
        "Consumable Consumed Produced By-product_Produced Co-product_Produced Yield_Produced "
        "Material_Consumed Material_Produced Destructive_Sample Returned_Sample Retained_Sample "
        "Inventoried Other",
    ),
    (
        isa95.EquipmentLevel,
        "Enterprise Site Area ProcessCell Unit ProductionLine WorkCell ProductionUnit StorageZone "
        "StorageUnit WorkCenter WorkUnit EquipmentModule ControlModule Other",
    ),
]


@pytest.mark.parametrize(("ours", "theirs"), XSD)
def test_an_enumeration_is_the_standards_own(ours: Any, theirs: str) -> None:
    assert get_args(ours) == tuple(word.replace("_", " ") for word in theirs.split())
