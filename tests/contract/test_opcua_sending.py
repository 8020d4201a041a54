"""Writing variables and calling methods of a machine, and the proof that it was done."""

from typing import Any

import pytest

from andon.connectors.opcua import OpcUa
from andon.connectors.opcua.simulator import Press
from andon.core.connector import Request
from andon.core.errors import OutcomeUnknownError, RejectedError
from andon.testing.conformance.trial import settings_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

HERE = "nsu=http://acme.example/press;s="


def opcua(press: Press) -> OpcUa:
    return OpcUa("press", settings_of(OpcUa, press.settings()))


def write(name: str, body: Any) -> Request:
    return Request(target=f"write {HERE}{name}", body=body)


def call(method: str, body: Any) -> Request:
    return Request(target=f"call {HERE}press {HERE}{method}", body=body)


async def test_a_bare_value_takes_the_type_of_the_variable(press: Press) -> None:
    connector = opcua(press)
    receipt = await connector.send(write("force", 3), key="k")
    assert receipt.body == {"read_back": True}
    assert await press.machine.get("force") == 3.0
    await connector.send(write("my order", "with spaces"), key="k")
    assert await press.machine.get("my order") == "with spaces"
    await connector.close()


async def test_what_the_program_overwrites_is_refused_unless_another_variable_proves_it(
    press: Press,
) -> None:
    connector = opcua(press)
    with pytest.raises(RejectedError, match=r"holds False now, not True.*as proof"):
        await connector.send(write("go", True), key="k")
    proof = {"node": f"{HERE}pieces", "value": 0}
    await press.machine.set("pieces", 0)
    await connector.send(write("go", {"value": True, "proof": proof}), key="k")
    await connector.close()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("three", "is no Double"),
        (True, "is no Double"),
        (None, "is no Double"),
        ({"type": "Int23", "value": 3}, "is no type of OPC UA"),
        ({"type": "Int16", "value": 70_000}, "is no Int16: a whole number"),
        ({"type": "Int32", "value": 3}, "BadTypeMismatch"),
        ({"value": 3.0, "proof": {"knot": "x"}}, "proof"),
    ],
)
async def test_a_value_that_does_not_fit_is_refused(press: Press, body: Any, says: str) -> None:
    connector = opcua(press)
    await press.machine.set("force", 1.0)
    with pytest.raises(RejectedError, match=says):
        await connector.send(write("force", body), key="k")
    assert await press.machine.get("force") == 1.0
    await connector.close()


async def test_a_method_is_called_and_answers(press: Press) -> None:
    connector = opcua(press)
    arguments = [{"type": "String", "value": "R-7"}, {"type": "Double", "value": 2.5}]
    receipt = await connector.send(call("recipe", arguments), key="k")
    assert receipt.body == {"answer": ["R-7 loaded"]}
    assert await press.machine.get("order") == "R-7"
    await connector.close()


async def test_what_a_method_does_not_take_is_named(press: Press) -> None:
    connector = opcua(press)
    wrong = [{"type": "String", "value": "none"}, {"type": "Double", "value": 2.5}]
    with pytest.raises(RejectedError, match="BadOutOfRange"):
        await connector.send(call("recipe", wrong), key="k")
    with pytest.raises(RejectedError, match="nothing says the type"):
        await connector.send(call("recipe", ["R-7"]), key="k")
    with pytest.raises(RejectedError, match="list of arguments"):
        await connector.send(call("recipe", "R-7"), key="k")
    with pytest.raises(RejectedError, match="Bad"):
        await connector.send(call("nothing", []), key="k")
    with pytest.raises(RejectedError, match="neither `write <node>`"):
        await connector.send(Request(target="erase everything"), key="k")
    with pytest.raises(RejectedError, match="no node id"):
        await connector.send(Request(target="write ns=two;s=x", body=1), key="k")
    with pytest.raises(RejectedError, match="knows no namespace"):
        await connector.send(Request(target="write nsu=http://other;s=x", body=1), key="k")
    await connector.close()


async def test_a_call_is_found_by_the_variable_that_proves_it(press: Press) -> None:
    connector = opcua(press)
    arguments = [{"type": "String", "value": "R-8"}, {"type": "Double", "value": 2.5}]
    with pytest.raises(OutcomeUnknownError, match="Nobody can tell"):
        await connector.find(call("recipe", arguments), key="k")
    proof = {"node": f"{HERE}order", "value": "R-8"}
    proven = call("recipe", {"arguments": arguments, "proof": proof})
    assert await connector.find(proven, key="k") is None
    await connector.send(proven, key="k")
    assert await connector.find(proven, key="k") is not None
    await connector.close()
