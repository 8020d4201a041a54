"""Job structures: the library's own coder is the judge of ours; bytes that are none are refused."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from asyncua import ua
from asyncua.ua.ua_binary import struct_to_binary, variant_to_binary
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.connectors.opcua.decoding import MalformedError, decoded, value_of
from andon.connectors.opcua.encoding import encoded
from andon.connectors.opcua.jobtypes import STRUCTURES
from andon.connectors.opcua.values import Unfit

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@dataclass
class JobOrder:
    """As the library would make it from the type definition of a server, up to the priority."""

    Encoding: ua.UInt32
    JobOrderID: ua.String
    Description: list[ua.LocalizedText] | None = None
    WorkMasterID: list[ua.LocalizedText] | None = None
    StartTime: ua.DateTime | None = None
    EndTime: ua.DateTime | None = None
    Priority: ua.Int16 | None = None


def test_a_job_is_written_as_the_library_writes_it() -> None:
    theirs = struct_to_binary(
        JobOrder(
            Encoding=ua.UInt32(0),
            JobOrderID=ua.String("J1"),
            Description=[ua.LocalizedText("first"), ua.LocalizedText("second")],
            StartTime=ua.DateTime(2026, 7, 1, 12, tzinfo=UTC),
            Priority=ua.Int16(7),
        )
    )
    ours = {
        "JobOrderID": "J1",
        "Description": ["first", "second"],
        "StartTime": NOON.isoformat(),
        "Priority": 7,
    }
    assert encoded("JobOrder", ours) == theirs
    assert decoded("JobOrder", theirs) == ours


def test_a_job_with_everything_is_read_as_it_was_written() -> None:
    resource = {
        "ID": "R", "Description": ["Presse"], "Quantity": "2", "EngineeringUnits": "pcs",
        "Properties": [{"ID": "P", "Value": {"type": "Double", "value": 1.5}}],
    }  # fmt: skip
    made = {"structure": "ns=5;i=5008", "bytes": "AAEC"}
    identity = {"ID": "Identification", "Value": {"type": "ExtensionObject", "value": made}}
    several = {"ID": "All", "Value": {"type": "ExtensionObject", "value": [made, made]}}
    inner = {"ID": "inner", "Value": {"type": "Boolean", "value": True}}
    whole: dict[str, Any] = {
        "JobOrderID": "J1",
        "Description": ["first", "erste"],
        "WorkMasterID": [{"ID": "W", "Description": "pressing", "Parameters": [inner]}],
        "StartTime": NOON.isoformat(),
        "EndTime": NOON.isoformat(),
        "Priority": -1,
        "JobOrderParameters": [
            {
                "ID": "OrderNumbers",
                "Value": {"type": "String", "value": ["PA-1", "PA-2"]},
                "EngineeringUnits": "kg",
                "Subparameters": [inner],
            }
        ],
        "PersonnelRequirements": [{**resource, "PersonnelUse": "operator"}],
        "EquipmentRequirements": [{**resource, "EquipmentUse": "press"}],
        "PhysicalAssetRequirements": [{**resource, "PhysicalAssetUse": "tool"}],
        "MaterialRequirements": [
            {
                "MaterialClassID": "C", "MaterialDefinitionID": "PUMP", "MaterialLotID": "L1",
                "MaterialSublotID": "S1", "MaterialUse": "Produced", "Quantity": "5",
                "Properties": [identity, several],
            }
        ],
    }  # fmt: skip
    assert decoded("JobOrder", encoded("JobOrder", whole)) == whole


def test_the_states_of_a_job_are_read_with_their_path() -> None:
    top = {"BrowsePath": None, "StateText": "Ended", "StateNumber": 5}
    below = {"BrowsePath": ["EndedSubstates"], "StateText": "Closed", "StateNumber": 2}
    job = {"JobOrder": {"JobOrderID": "J1"}, "State": [top, below]}
    assert decoded("JobOrderAndState", encoded("JobOrderAndState", job)) == job


@pytest.mark.parametrize(
    ("job", "says"),
    [
        ("J1", "/ must be an object"),
        ({"JobOrderID": 1}, "/JobOrderID: 1 is no String"),
        ({"JobOrderID": "J", "Priority": 1.5}, "/Priority"),
        ({"JobOrderID": "J", "Description": "late"}, "/Description must be a list"),
        ({"JobOrderID": "J", "EndTime": "2026-07-01T12:00:00"}, "says no zone"),
        (
            {"JobOrderID": "J", "JobOrderParameters": [{"ID": "X", "Value": {"a": 1}}]},
            "/JobOrderParameters/0/Value",
        ),
        (
            {"JobOrderID": "J", "JobOrderParameters": [{"ID": "X", "Value": None}]},
            "/JobOrderParameters/0/Value",
        ),
    ],
)
def test_what_cannot_be_written_is_named_with_its_place(job: Any, says: str) -> None:
    with pytest.raises(Unfit, match=says):
        encoded("JobOrder", job)


@pytest.mark.parametrize("name", sorted(STRUCTURES))
@settings(max_examples=60)
@given(body=st.binary(max_size=300))
def test_any_bytes_are_a_structure_or_refused(name: str, body: bytes) -> None:
    with suppress(MalformedError):
        decoded(name, body)


def test_structures_that_stand_too_deep_are_refused() -> None:
    inner: dict[str, Any] = {"ID": "x", "Value": 1}
    for _ in range(40):
        inner = {"ID": "x", "Value": 1, "Subparameters": [inner]}
    body = encoded("JobOrder", {"JobOrderID": "J", "JobOrderParameters": [inner]})
    with pytest.raises(MalformedError, match="deep"):
        decoded("JobOrder", body)


def test_a_length_that_is_a_lie_takes_no_memory() -> None:
    body = encoded("JobOrder", {"JobOrderID": "J", "Description": []})
    with pytest.raises(MalformedError, match="are said to stand"):
        decoded("JobOrder", body[:-4] + b"\xff\xff\xff\x7f")


def test_every_cut_of_a_job_is_refused() -> None:
    body = encoded("JobOrder", {"JobOrderID": "J1", "Priority": 3, "EndTime": NOON.isoformat()})
    for length in range(len(body)):
        with pytest.raises(MalformedError):
            decoded("JobOrder", body[:length])


@pytest.mark.parametrize(
    "body",
    [
        "ec000000" + "00" * 40 + "f6ffffffffffff00dd" + "00" * 9 + "040a00000002b5",
        "00000000" + "f6ffffff" * 20,
        "0400000001000000" + "4a" + "20000000" + "01000000" + "78" + "80" + "ffffff7f",
        "0400000001000000" + "4a" + "20000000" + "01000000" + "78" + "98" + "01000000",
    ],
)
def test_lengths_found_by_fuzzing_do_not_keep_us(body: str) -> None:
    for name in ("JobOrder", "JobResponse", "JobOrderAndState"):
        with pytest.raises(MalformedError):
            decoded(name, bytes.fromhex(body))


def test_a_matrix_is_read_as_it_was_written() -> None:
    rows = [[1, 2, 3], [4, 5, 6]]
    sent = variant_to_binary(ua.Variant(rows, ua.VariantType.Int32))
    assert value_of(ua.utils.Buffer(sent)).Value == rows


def test_sizes_that_promise_more_than_the_bytes_hold_are_refused() -> None:
    # Found by fuzzing: the library fills the rest with a million empty lists.
    few = bytes.fromhex("ff000000c901000000010005000000000000000000a200000000")
    with pytest.raises(MalformedError, match="matrix"):
        value_of(ua.utils.Buffer(few))
