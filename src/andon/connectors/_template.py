"""Templates: text and JSON with `{name}` in it; `{name?}` may be left out."""

__all__ = ["filled_in", "path_of", "placeholders"]

import re
from collections.abc import Mapping, Set
from typing import Any, cast
from urllib.parse import quote

from andon.core.errors import DefectError

_HOLE = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"\w+(?:\.\w+)*\??")


def placeholders(template: Any) -> Set[str]:
    """Every name a template asks for. Raises ValueError when it cannot be read."""
    match template:
        case str():
            names = set(_HOLE.findall(template))
            rest = _HOLE.sub("", template)
            odd = [name for name in names if not _NAME.fullmatch(name)]
            if odd or "{" in rest or "}" in rest:
                raise ValueError(f"{template!r} has a placeholder nobody can read; write {{name}}")
            return {name.removesuffix("?") for name in names}
        case dict():
            values = cast("dict[str, Any]", template).values()
            return set[str]().union(*map(placeholders, values))
        case list():
            return set[str]().union(*map(placeholders, cast("list[Any]", template)))
        case _:
            return set()


def filled_in(template: Any, fields: Any, key: str) -> Any:
    """The template with its fields; a text that is one placeholder keeps the field's type."""
    match template:
        case str():
            whole = _HOLE.fullmatch(template)
            if whole is not None:
                return _field(whole[1], fields, key)
            return _HOLE.sub(lambda hole: _written(_field(hole[1], fields, key)), template)
        case dict():
            rows = cast("dict[str, Any]", template)
            return {name: filled_in(part, fields, key) for name, part in rows.items()}
        case list():
            return [filled_in(part, fields, key) for part in cast("list[Any]", template)]
        case _:
            return template


def path_of(template: str, fields: Any, key: str) -> str:
    """A path whose fields cannot leave their place: every sign in them is quoted."""

    def quoted(hole: re.Match[str]) -> str:
        text = _written(_field(hole[1], fields, key))
        if text in ("", ".", ".."):
            raise DefectError(f"{template} cannot be called with {hole[1]} = {text!r}.")
        return quote(text, safe="")

    return _HOLE.sub(quoted, template)


def _written(value: Any) -> str:
    return "" if value is None else str(value)


def _field(name: str, fields: Any, key: str) -> Any:
    """The value of one placeholder; None for one that may be left out and is."""
    if name == "key":
        return key
    found = fields
    for part in name.removesuffix("?").split("."):
        found = cast("Mapping[str, Any]", found).get(part) if isinstance(found, Mapping) else None
        if found is None and name.endswith("?"):
            return None
        if found is None:
            raise DefectError(
                f"The mapping gave no {name} for a call that needs it. Add it to the request."
            )
    return found
