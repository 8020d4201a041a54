"""The description is exact enough to generate a client from."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest

from andon.api.description import openapi_document
from andon.api.routes import routed
from andon.model.vocabulary import VOCABULARY

DOCUMENT: dict[str, Any] = json.loads(openapi_document())


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in cast("dict[str, Any]", node).items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in cast("list[Any]", node):
            yield from references(value)


def test_it_is_openapi_3_1_and_every_reference_leads_somewhere() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert set(references(DOCUMENT)) <= known


def test_every_operation_says_what_it_is_and_how_it_fails() -> None:
    names = [operation["operationId"] for _, operation in operations()]
    assert len(names) == len(set(names))
    for name, operation in operations():
        assert operation["description"], name
        assert "application/problem+json" in operation["responses"]["default"]["content"], name
        assert "400" not in operation["responses"], name


def test_what_is_read_has_a_shape() -> None:
    for name, operation in operations():
        if name.startswith("get ") and name != "get /v1/feed":
            content = operation["responses"]["200"]["content"]["application/json"]
            assert "$ref" in content["schema"], name


def test_what_is_sent_has_a_body() -> None:
    for name in ("/v1/events", "/v1/session", "/v1/{capability}/{command}"):
        assert DOCUMENT["paths"][name]["post"]["requestBody"]["required"], name


def test_an_exception_has_a_class() -> None:
    fields = DOCUMENT["components"]["schemas"]["ExceptionView"]
    assert "class" in fields["properties"]
    assert "class" in fields["required"]


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/v1/availability/{item}", {"item", "site", "lot"}),
        ("/v1/{capability}/{kind}", {"capability", "kind"}),
        ("/v1/{capability}/{kind}/{object_id}", {"capability", "kind", "object_id"}),
        ("/v1/commands/{key}", {"key"}),
    ],
)
def test_what_commands_are_about_is_shown_with_an_example(path: str, named: set[str]) -> None:
    read = DOCUMENT["paths"][path]["get"]
    said = read["responses"]["200"]["content"]["application/json"]
    jsonschema.validate(said["example"], {**said["schema"], "components": DOCUMENT["components"]})
    assert {one["name"] for one in read["parameters"] if "example" in one} == named


def test_no_address_hides_the_commands_of_a_capability() -> None:
    # A word that an address spells out is tried before a name, and nothing else after it.
    first = {path.split("/")[2] for path in DOCUMENT["paths"] if path.startswith("/v1/")}
    capabilities = {shape.TYPE.split(".")[1] for shape in VOCABULARY}
    assert "inventory" in capabilities
    assert not first & capabilities


def test_every_route_says_its_scope() -> None:
    handlers = {
        handler
        for route in routed().routes
        for handler in cast("list[Any]", getattr(route, "route_handlers", []))
        if handler.fn.__module__.startswith("andon.")
    }
    assert len(handlers) > 15
    for handler in handlers:
        assert handler.opt.get("scope"), handler


def test_a_body_that_may_be_left_out_is_not_called_required() -> None:
    assert (
        DOCUMENT["paths"]["/v1/connections/{name}/pause"]["post"]["requestBody"]["required"]
        is False
    )
    assert DOCUMENT["paths"]["/v1/events"]["post"]["requestBody"]["required"] is True


def test_the_page_is_made_for_this_api() -> None:
    kept = Path(__file__).parents[3] / "web" / "openapi.json"
    assert json.loads(kept.read_text()) == DOCUMENT, (
        "write `andon openapi` there, sorted and indented by 2, then run `npm run api` in web/"
    )
