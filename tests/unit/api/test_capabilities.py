"""A plant's own description: one path for each command, its exact body, an example it accepts."""

import json

import jsonschema
import pytest

from andon.api.capabilities import example_of, plant_document
from andon.core.message import Command
from andon.governance.contracts import Contracts
from andon.model.sales import PlaceSalesOrder
from andon.model.vocabulary import VOCABULARY
from tests.unit.api.test_openapi import references

COMMANDS = [shape for shape in VOCABULARY if issubclass(shape, Command)]
CONTRACTS = Contracts(VOCABULARY)


@pytest.mark.parametrize("shape", COMMANDS, ids=lambda shape: shape.__name__)
def test_every_example_is_accepted(shape: type[Command]) -> None:
    CONTRACTS.decode(shape.TYPE, json.dumps(example_of(shape)).encode())


def test_every_command_has_a_path_of_its_own_and_every_reference_leads_somewhere() -> None:
    document = json.loads(plant_document(COMMANDS))
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= known
    paths = {path for path, said in document["paths"].items() if "post" in said}
    assert "/v1/fulfilment/place-sales-order" in paths
    assert "/v1/{capability}/{command}" not in paths
    asked = document["paths"]["/v1/fulfilment/place-sales-order"]["post"]
    body = asked["requestBody"]["content"]["application/json"]
    resolved = {**body["schema"], "components": document["components"]}
    jsonschema.validate(body["example"], resolved)
    assert {"201", "202"} <= asked["responses"].keys()
    assert {one["name"] for one in asked["parameters"]} == {"Idempotency-Key", "Prefer"}


def test_a_plant_describes_what_it_has_a_route_for_and_nothing_else() -> None:
    paths = json.loads(plant_document([PlaceSalesOrder]))["paths"]
    posts = [path for path in paths if "post" in paths[path] and path.startswith("/v1/fulfil")]
    assert posts == ["/v1/fulfilment/place-sales-order"]
