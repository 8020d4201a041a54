"""The API's own description, OpenAPI 3.1, exact enough to generate a client from."""

__all__ = ["COMMANDS", "openapi_document"]

from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from andon.api import shapes
from andon.api.answering import answers_to, asked_with
from andon.api.examples import READS
from andon.api.routes import routed
from andon.visibility import views

VERSION = "1.0.0"
COMMANDS = "/v1/{capability}/{command}"
"""The path that stands for all commands."""
_RELEASE = {"capability": "production", "command": "release-order"}


@cache
def openapi_document() -> bytes:
    """OpenAPI 3.1 of this API, without a database or a running server; the same on every call."""
    document = routed(openapi_config=_config()).openapi_schema.to_schema()
    _say_problems(document)
    _say_docstrings(document)
    _say_what_may_be_left_out(document)
    _say_commands(document)
    _show_reads(document)
    return msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=1)


def _config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Andon",
        version=VERSION,
        description="What every system of a plant believes, and what to do about it.",
        use_handler_docstrings=True,
        operation_id_creator=lambda route, _, __: route.handler_name,
        components=Components(
            security_schemes={
                "key": SecurityScheme(type="http", scheme="bearer"),
                "session": SecurityScheme(
                    type="apiKey", name="andon_session", security_scheme_in="cookie"
                ),
            }
        ),
        security=[{"key": []}, {"session": []}],
    )


def _say_problems(document: dict[str, Any]) -> None:
    """Every route may answer a problem; Litestar's own error shape is never sent."""
    _, parts = msgspec.json.schema_components(
        [shapes.Problem], ref_template="#/components/schemas/{name}"
    )
    document["components"]["schemas"] |= parts
    told = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for operation in _operations(document):
        operation["responses"].pop("400", None)
        operation["responses"]["default"] = {
            "description": "What went wrong",
            "content": {"application/problem+json": told},
        }


def _say_docstrings(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        shape = getattr(shapes, name, None) or getattr(views, name, None)
        if shape is not None and shape.__doc__:
            schema["description"] = shape.__doc__


def _say_what_may_be_left_out(document: dict[str, Any]) -> None:
    """A body that may be null may be left out; Litestar calls every body required."""
    for operation in _operations(document):
        body = operation.get("requestBody")
        if body is None:
            continue
        schemas = [media["schema"] for media in body["content"].values()]
        if all({"type": "null"} in schema.get("oneOf", ()) for schema in schemas):
            body["required"] = False


def _say_commands(document: dict[str, Any]) -> None:
    """A plant's own description has a path for each command; here one stands for all."""
    operation = document["paths"][COMMANDS]["post"]
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            parameter["example"] = _RELEASE[parameter["name"]]
    paths = [one for one in operation["parameters"] if one["in"] == "path"]
    operation["parameters"] = [*paths, *asked_with()]
    operation["requestBody"]["content"]["application/json"]["example"] = {"order_id": "1000001"}
    operation["responses"] |= answers_to("andon.production.order.release.v1", "order_id")


def _show_reads(document: dict[str, Any]) -> None:
    """What is read on the way to a command has examples: by whom it is said, and how old it is."""
    for path, (asked, answer) in READS.items():
        operation = document["paths"][path]["get"]
        for parameter in operation["parameters"]:
            if parameter["name"] in asked:
                parameter["example"] = asked[parameter["name"]]
        operation["responses"]["200"]["content"]["application/json"]["example"] = answer


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from (path[method] for method in ("get", "post", "delete") if method in path)
