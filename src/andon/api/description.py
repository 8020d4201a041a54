"""The API's own description, OpenAPI 3.1, exact enough to generate a client from."""

__all__ = ["openapi_document"]

from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from andon.api import shapes
from andon.api.routes import routed
from andon.visibility import views

VERSION = "1.0.0"
_EXAMPLES = {"item": "PUMP", "site": "plant-a", "lot": "L-2026-0001"}
_AT = "2026-03-02T12:00:00Z"
_PUMPS: dict[str, Any] = {
    "item": "PUMP",
    "totals": [
        {
            "source": source, "unit": "PC", "amount": amount, "free": "0", "held": amount,
            "oldest_age_s": age,
        }
        for source, amount, age in (("erp", "12", 9.5), ("wms", "11", 2.5))
    ],
    "lots": [
        {
            "name": "material-lot/company:L-2026-0001",
            "local": "L-2026-0001",
            "site": "plant-a",
            "stock": [
                {
                    "source": source, "location": "warehouse", "use": "unrestricted",
                    "amount": amount, "unit": "PC", "said_at": _AT, "age_s": age,
                }
                for source, amount, age in (("erp", "12", 9.5), ("wms", "11", 2.5))
            ],
            "holds": [{"source": "qms", "since": _AT, "said_at": _AT, "age_s": 4.0}],
        }
    ],
    "more": False,
    "generated_at": _AT,
}  # fmt: skip
"""Books and shelves do not agree on a lot that quality holds."""


@cache
def openapi_document() -> bytes:
    """OpenAPI 3.1 of this API, without a database or a running server; the same on every call."""
    document = routed(openapi_config=_config()).openapi_schema.to_schema()
    _say_problems(document)
    _say_docstrings(document)
    _say_what_may_be_left_out(document)
    _show_availability(document)
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
        for parameter in operation.get("parameters", ()):
            if parameter["name"] == "Idempotency-Key":
                parameter |= {"required": True, "schema": {"type": "string"}}


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


def _show_availability(document: dict[str, Any]) -> None:
    operation = document["paths"]["/v1/availability/{item}"]["get"]
    for parameter in operation["parameters"]:
        parameter["example"] = _EXAMPLES[parameter["name"]]
    operation["responses"]["200"]["content"]["application/json"]["example"] = _PUMPS


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from (path[method] for method in ("get", "post", "delete") if method in path)
