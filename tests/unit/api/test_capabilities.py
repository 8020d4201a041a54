"""A plant's own description: one path for each command, its exact body, an example it accepts."""

import json
from typing import Any

import jsonschema
import pytest

from andon.api.answering import refused_body
from andon.api.capabilities import example_of, plant_document
from andon.api.commands import KEY, address_of
from andon.api.description import openapi_document
from andon.api.problems import problem, problem_bytes
from andon.core.errors import InvalidError
from andon.core.message import Command
from andon.governance.contracts import Contracts
from andon.model.production import ReleaseOrder
from andon.model.sales import PlaceSalesOrder
from andon.model.vocabulary import VOCABULARY
from tests.unit.api.test_openapi import references

COMMANDS = [shape for shape in VOCABULARY if issubclass(shape, Command)]
CONTRACTS = Contracts(VOCABULARY)
PLANT: dict[str, Any] = json.loads(plant_document(COMMANDS))


@pytest.mark.parametrize("shape", COMMANDS, ids=lambda shape: shape.__name__)
def test_every_example_is_accepted(shape: type[Command]) -> None:
    CONTRACTS.decode(shape.TYPE, json.dumps(example_of(shape)).encode())


def test_every_command_has_a_path_of_its_own_and_every_reference_leads_somewhere() -> None:
    known = {f"#/components/schemas/{name}" for name in PLANT["components"]["schemas"]}
    assert set(references(PLANT)) <= known
    paths = {path for path, said in PLANT["paths"].items() if "post" in said}
    assert {path_of(shape) for shape in COMMANDS} <= paths
    assert "/v1/{capability}/{command}" not in paths


@pytest.mark.parametrize("shape", COMMANDS, ids=lambda shape: shape.__name__)
def test_every_command_says_how_it_is_asked_and_answered(shape: type[Command]) -> None:
    asked = PLANT["paths"][path_of(shape)]["post"]
    assert_is_answered(asked, PLANT)
    body = asked["requestBody"]["content"]["application/json"]
    assert_fits(body, PLANT)
    message = CONTRACTS.decode(shape.TYPE, json.dumps(body["example"]).encode())
    assert message.local == "1000001"


@pytest.mark.parametrize("shape", COMMANDS, ids=lambda shape: shape.__name__)
def test_the_example_of_an_unread_body_is_what_is_answered_to_one(shape: type[Command]) -> None:
    wrong = json.dumps(refused_body(example_of(shape), shape.KEY)).encode()
    with pytest.raises(InvalidError) as refused:
        CONTRACTS.decode(shape.TYPE, wrong)
    error = refused.value
    shown = PLANT["paths"][path_of(shape)]["post"]["responses"]["422"]["content"]
    answer = problem(422, str(error), faults=error.faults, acts=error.acts)
    assert shown["application/problem+json"]["example"] == json.loads(problem_bytes(answer))


def test_the_description_without_a_plant_says_it_of_all_commands_at_once() -> None:
    general = json.loads(openapi_document())
    asked = general["paths"]["/v1/{capability}/{command}"]["post"]
    assert_is_answered(asked, general)
    shown = {one["name"]: one["example"] for one in asked["parameters"] if one["in"] == "path"}
    assert path_of(ReleaseOrder) == "/v1/{capability}/{command}".format(**shown)
    example = asked["requestBody"]["content"]["application/json"]["example"]
    assert example == example_of(ReleaseOrder)
    of_plant = PLANT["paths"][path_of(ReleaseOrder)]["post"]["responses"]
    assert asked["responses"] == of_plant


def path_of(shape: type[Command]) -> str:
    return "/v1/" + "/".join(address_of(shape))


def assert_is_answered(asked: dict[str, Any], document: dict[str, Any]) -> None:
    """Each answer is declared, with an example that fits, as is every header."""
    headers = {one["name"]: one for one in asked["parameters"] if one["in"] == "header"}
    assert headers["Idempotency-Key"]["required"]
    assert KEY.fullmatch(headers["Idempotency-Key"]["example"])
    assert not headers["Prefer"]["required"]
    for header in headers.values():
        assert_fits(header, document)
    shapes: dict[str, str] = {}
    for status in ("201", "202", "409", "422"):
        answer = asked["responses"][status]
        (content,) = answer["content"].values()
        assert_fits(content, document)
        shapes[status] = content["schema"]["$ref"].rpartition("/")[2]
        assert content["example"].get("status") in (int(status), None) or status == "202"
    assert shapes == {"201": "Written", "202": "Going", "409": "Problem", "422": "Problem"}
    location = asked["responses"]["202"]["headers"]["Location"]
    assert_fits(location, document)
    assert (
        location["example"]
        == asked["responses"]["202"]["content"]["application/json"]["example"]["status"]
    )
    assert "application/problem+json" in asked["responses"]["default"]["content"]


def assert_fits(said: dict[str, Any], document: dict[str, Any]) -> None:
    """An example, and the schema beside it."""
    resolved = {**said["schema"], "components": document["components"]}
    jsonschema.validate(said["example"], resolved, format_checker=jsonschema.FormatChecker())


def test_a_plant_describes_what_it_has_a_route_for_and_nothing_else() -> None:
    paths = json.loads(plant_document([PlaceSalesOrder]))["paths"]
    posts = [path for path in paths if "post" in paths[path] and path.startswith("/v1/fulfil")]
    assert posts == ["/v1/fulfilment/place-sales-order"]
