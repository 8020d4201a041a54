"""Job structures, and readings as items."""

from functools import partial

from andon.connectors.opcua.decoding import MalformedError, decoded, value_of
from andon.connectors.opcua.encoding import encoded
from andon.connectors.opcua.library import ua
from andon.connectors.opcua.values import item_of
from fuzz import Parser

_JOB = {
    "JobOrderID": "J1",
    "Priority": 3,
    "Description": ["late"],
    "JobOrderParameters": [{"ID": "OrderNumbers", "Value": {"type": "String", "value": ["PA-1"]}}],
    "MaterialRequirements": [{"MaterialLotID": "L1", "Quantity": "5", "EngineeringUnits": "pcs"}],
}
_STATE = {"BrowsePath": ["EndedSubstates"], "StateText": "Closed", "StateNumber": 2}
_RESPONSE = {
    "JobResponseID": "R1", "JobOrderID": "J1", "StartTime": "2026-07-01T12:00:00+00:00",
    "JobState": [_STATE], "JobResponseData": [{"ID": "GoodQuantity", "Value": 5}],
}  # fmt: skip


def _reading(data: bytes) -> object:
    """What can be read as a value, can be said."""
    try:
        value = value_of(ua.utils.Buffer(data))
    except MalformedError:
        raise
    except Exception as error:  # the library's own parser is not ours to judge
        raise MalformedError("no value") from error
    return item_of("kind", "ns=2;s=node", ua.DataValue(value), otherwise="1")


PARSERS = (
    Parser(
        "jobs",
        partial(decoded, "JobOrderAndState"),
        [encoded("JobOrderAndState", {"JobOrder": _JOB, "State": [_STATE]})],
    ),
    Parser("responses", partial(decoded, "JobResponse"), [encoded("JobResponse", _RESPONSE)]),
    Parser(
        "readings",
        _reading,
        [
            ua.ua_binary.variant_to_binary(ua.Variant(value))
            for value in (1.5, "Executing", [1, 2, 3], b"\x00", ua.NodeId("x", 2))
        ],
    ),
)
