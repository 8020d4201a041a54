"""The part of the API's description that each plant has for itself: its synchronous capabilities,
each with the exact shape of its body and an example."""

__all__ = ["example_of", "plant_document"]

from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from andon.api.answering import answers_to, asked_with
from andon.api.commands import address_of
from andon.api.description import COMMANDS, openapi_document
from andon.core.faults import schema_of
from andon.core.message import Command

_REFERS = "#/components/schemas/"
_WORDS: Mapping[str, Any] = {
    "material_id": "PUMP",
    "lot_id": "L-2026-0001",
    "customer_id": "17100001",
    "supplier_id": "17300001",
    "unit": "PCE",
    "amount": "12",
    "line": "00010",
    "operation": "0010",
}
"""What stands in a field of this name; any other says its own name."""


def plant_document(commands: Sequence[type[Command]]) -> bytes:
    """OpenAPI 3.1 of a running Andon: in place of the one path that stands for all commands, one
    for each that this plant has a route for."""
    document = msgspec.json.decode(openapi_document())
    schemas = document["components"]["schemas"]
    general = document["paths"].pop(COMMANDS)["post"]
    for shape in sorted(commands, key=address_of):
        area, name = address_of(shape)
        parts = schema_of(shape)["$defs"]
        for part, said in parts.items():
            schemas.setdefault(part, _moved(said))
        summary, _, rest = schemas[shape.__name__]["description"].partition("\n\n")
        document["paths"][f"/v1/{area}/{name}"] = {
            "post": {
                **general,
                "operationId": f"{area}-{name}",
                "tags": [area],
                "summary": summary,
                "description": rest or summary,
                "parameters": asked_with(),
                "responses": {**general["responses"], **answers_to(shape.TYPE, shape.KEY)},
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {"$ref": f"{_REFERS}{shape.__name__}"},
                            "example": example_of(shape),
                        }
                    },
                },
            }
        }
    document["paths"] = dict(sorted(document["paths"].items()))
    return msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=1)


def example_of(shape: type[Command]) -> dict[str, Any]:
    """A body that this command accepts, with what it must have."""
    schema = schema_of(shape)
    found = cast("dict[str, Any]", _example(schema, schema["$defs"], shape.KEY))
    if isinstance(found[shape.KEY], str):
        found[shape.KEY] = "1000001"
    return found


def _example(part: dict[str, Any], parts: Mapping[str, Any], name: str) -> Any:
    match part:
        case {"$ref": str(ref)}:
            return _example(parts[ref.rpartition("/")[2]], parts, name)
        case {"enum": [first, *_]}:
            return first
        case {"anyOf": [*ways]}:
            return _example(next(way for way in ways if way.get("type") != "null"), parts, name)
        case {"type": "object", "properties": properties}:
            needed = set(part.get("required", ()))
            return {
                field: _example(said, parts, field)
                for field, said in properties.items()
                if field in needed
            }
        case {"type": "array"}:
            inner = cast("dict[str, Any] | None", part.get("items"))
            return [_example(inner, parts, name)] if inner else []
        case {"type": "object"}:
            return {}
        case {"type": "boolean"}:
            return True
        case {"type": "integer" | "number"}:
            return max(1, part.get("minimum", 1))
        case {"format": "date-time"}:
            return "2026-03-02T12:00:00Z"
        case {"format": "date"}:
            return "2026-03-02"
        case {"format": "duration"}:
            return "PT1H"
        case {"format": "decimal"}:
            return _WORDS["amount"]
        case _:
            return _WORDS.get(name, f"some {name.replace('_', ' ')}")


def _moved(part: Any) -> Any:
    """References lead to the document's own shapes; texts lose the indentation of their source."""
    match part:
        case {"$ref": str(ref)}:
            return {**part, "$ref": f"{_REFERS}{ref.rpartition('/')[2]}"}
        case dict():
            return {k: _moved(v) for k, v in cast("dict[str, Any]", part).items()}
        case list():
            return [_moved(one) for one in cast("list[Any]", part)]
        case str():
            lines = (line.strip() for line in part.splitlines())
            return "\n".join(lines).replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n\n")
        case _:
            return part
