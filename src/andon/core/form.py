"""The settings of a connector as a form: what each one means, and their JSON Schema."""

__all__ = ["Form", "FormField", "form_of"]

import ast
import inspect
import textwrap
import types
from datetime import timedelta
from itertools import pairwise
from typing import Any, Union, cast, get_args, get_origin

import msgspec

from andon.core.secret import SecretStr
from andon.core.shapes import inside, without_none

_UNITS = {"d": 86400, "h": 3600, "min": 60, "s": 1}


class FormField(msgspec.Struct, frozen=True):
    """One setting, as a person reads it."""

    name: str
    type: str
    required: bool
    default: str
    """As it is written in TOML; empty when there is none."""
    says: str
    """Its docstring."""
    secret: bool


class Form(msgspec.Struct, frozen=True):
    """The settings of one connector: fields to show, and their JSON Schema."""

    says: str
    fields: tuple[FormField, ...]
    schema: dict[str, Any]


def form_of(shape: type[msgspec.Struct]) -> Form:
    """Every field with its type, default and docstring, the inherited ones last."""
    said = _docstrings(shape)
    own = [f for f in msgspec.structs.fields(shape) if f.name in inspect.get_annotations(shape)]
    rest = [
        f for f in msgspec.structs.fields(shape) if f.name not in inspect.get_annotations(shape)
    ]
    fields = tuple(
        FormField(
            name=field.encode_name,
            type=_type_text(field.type),
            required=field.required,
            default="" if field.required else _default_text(field),
            says=said.get(field.name, ""),
            secret=_holds_secret(field.type),
        )
        for field in [*own, *rest]
    )
    return Form(inspect.getdoc(shape) or "", fields, _schema(shape, fields))


def _schema(shape: type[msgspec.Struct], fields: tuple[FormField, ...]) -> dict[str, Any]:
    _, parts = msgspec.json.schema_components(
        [shape], schema_hook=_secret, ref_template="#/$defs/{name}"
    )
    whole: dict[str, Any] = parts.pop(shape.__name__)
    for field in fields:
        whole["properties"][field.name] |= {"description": field.says}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole, "$defs": parts}


def _holds_secret(shape: Any) -> bool:
    return shape is SecretStr or any(_holds_secret(part) for part in get_args(shape))


def _secret(shape: type[Any]) -> dict[str, Any]:
    if shape is SecretStr:
        return {"type": "string", "format": "password", "writeOnly": True}
    raise NotImplementedError(shape)


_NAMES = {str: "text", int: "number", float: "number", bool: "true or false", timedelta: "span"}


def _type_text(shape: Any) -> str:
    shape = without_none(shape)
    origin, args = get_origin(shape), get_args(shape)
    if shape is SecretStr:
        return "secret"
    match inside(shape):
        case "struct", choices:
            return " or ".join(choice.__name__ for choice in choices)
        case "list", inner:
            return f"list of {_type_text(inner)}"
        case "table", inner:
            return f"table of {_type_text(inner)}"
        case _:
            pass
    if origin is not None and str(origin) == "typing.Literal":
        return " or ".join(map(str, args))
    if origin in (Union, types.UnionType):
        return " or ".join(_type_text(one) for one in args)
    return _NAMES.get(shape, getattr(shape, "__name__", str(shape)))


def _default_text(field: msgspec.structs.FieldInfo) -> str:
    default = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    match default:
        case None:
            return ""
        case timedelta():
            return _span_text(default)
        case _:
            return msgspec.json.encode(default, enc_hook=str).decode()


def _span_text(value: timedelta) -> str:
    seconds = value.total_seconds()
    for unit, size in _UNITS.items():
        if seconds and seconds % size == 0:
            return f'"{seconds / size:g} {unit}"'
    return f'"{seconds * 1000:g} ms"'


def _docstrings(shape: type[Any]) -> dict[str, str]:
    """The texts below the fields of a class and of those it inherits from."""
    said: dict[str, str] = {}
    for owner in shape.__mro__:
        if owner in (object, msgspec.Struct) or not inspect.get_annotations(owner):
            continue
        try:
            (tree,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
        except (OSError, TypeError):
            continue
        body = cast("ast.ClassDef", tree).body
        for field, below in pairwise(body):
            match field, below:
                case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(text))):
                    said.setdefault(name, " ".join(inspect.cleandoc(text).split()))
                case _:
                    pass
    return said
