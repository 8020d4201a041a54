"""What is inside the type of a setting."""

__all__ = ["inside", "without_none"]

import types
from collections.abc import Mapping, Sequence
from typing import Any, Union, get_args, get_origin

import msgspec


def without_none(shape: Any) -> Any:
    """The type of a value that is given."""
    if get_origin(shape) not in (Union, types.UnionType):
        return shape
    some = tuple(one for one in get_args(shape) if one is not type(None))
    return some[0] if len(some) == 1 else Union[some]  # noqa: UP007 made from a tuple


def inside(shape: Any) -> tuple[str, Any]:
    """`struct`, `list`, `table` or `leaf`, and the types inside."""
    origin, args = get_origin(shape), get_args(shape)
    options = args if origin in (Union, types.UnionType) else (shape,)
    if all(isinstance(one, type) and issubclass(one, msgspec.Struct) for one in options):
        return "struct", options
    if origin in (list, Sequence) or (origin is tuple and args[-1:] == (Ellipsis,)):
        return "list", args[0]
    if origin in (dict, Mapping) and args[0] is str:
        return "table", args[1]
    return "leaf", None
