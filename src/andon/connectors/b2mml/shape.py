"""Elements as JSON and back: the names of B2MML, text as text, nothing lost.

A leaf is its text, its attributes stand beside it as `Name@attribute`. Elements that B2MML repeats
and that have parts are lists, also when they come once; a leaf that comes again is a list.
"""

__all__ = ["Json", "element_of", "json_of", "many", "object_of"]

from collections.abc import Mapping
from typing import Any, cast

from lxml import etree

from andon.connectors._xml import Element, local
from andon.connectors.b2mml.words import LISTS, NAMESPACE, modern
from andon.core.errors import RejectedError

Json = dict[str, Any]

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def many(value: Any) -> list[Any]:
    """What may come again, as a list."""
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def json_of(element: Element, name: str) -> Json | str | None:
    """An element called so; a leaf is its text, `None` where it says that there is none."""
    children = [child for child in element if isinstance(cast("Any", child.tag), str)]
    if not children:
        if element.get(_NIL) in ("true", "1"):
            return None
        return (element.text or "").strip()
    body: Json = {f"@{key}": text for key, text in _attributes(element).items()}
    for child in children:
        _add(body, child, name)
    return body


def object_of(element: Element, name: str) -> Json:
    """The same of an element that has parts, or attributes alone."""
    found = json_of(element, name)
    return found if isinstance(found, dict) else _empty(element)


def _add(body: Json, child: Element, parent: str) -> None:
    name = modern(local(child), parent)
    value = json_of(child, name)
    if name in LISTS:
        # An empty one has no parts; it is one nevertheless.
        body.setdefault(name, []).append(value if isinstance(value, dict) else _empty(child))
        return
    at = 0
    if name in body:
        before = many(body[name])
        at, body[name] = len(before), [*before, value]
    else:
        body[name] = value
    if not isinstance(value, dict):
        for key, text in _attributes(child).items():
            _attach(body, f"{name}@{key}", text, at)
    _even(body, name, at)


def _attach(body: Json, key: str, text: str, at: int) -> None:
    """Attributes of the leaves of one name have the same places as the leaves."""
    if at == 0:
        body[key] = text
        return
    before = many(body.get(key, [None] * at))
    body[key] = [*before, *[None] * (at - len(before)), text]


def _even(body: Json, name: str, at: int) -> None:
    if at == 0:
        return
    for key in [one for one in body if one.startswith(f"{name}@")]:
        before = many(body[key])
        body[key] = [*before, *[None] * (at + 1 - len(before))]


def _empty(element: Element) -> Json:
    body: Json = {f"@{key}": text for key, text in _attributes(element).items()}
    if text := (element.text or "").strip():
        body["#text"] = text
    return body


def _attributes(element: Element) -> Mapping[str, str]:
    found = {str(key): str(text) for key, text in element.attrib.items()}
    return {key: text for key, text in found.items() if not key.startswith("{")}


def element_of(name: str, value: Any) -> Element:
    """What `json_of` read, as an element of V0700. Raises RejectedError for what is no XML."""
    try:
        return _written(name, value, {})
    except (ValueError, TypeError) as error:
        raise RejectedError(f"{name} cannot be written as XML: {error}", "xml") from error


def _written(name: str, value: Any, attributes: dict[str, str]) -> Element:
    names = cast("Any", {None: NAMESPACE})
    element = etree.Element(f"{{{NAMESPACE}}}{name}", attributes, nsmap=names)
    if value is None:
        element.set(_NIL, "true")
    elif not isinstance(value, dict):
        element.text = str(value) or None
    else:
        _fill(element, cast("Json", value))
    return element


def _fill(element: Element, body: Json) -> None:
    for key, value in body.items():
        if key == "#text":
            element.text = str(value)
        elif key.startswith("@"):
            element.set(key[1:], str(value))
        elif "@" not in key:
            for at, one in enumerate(many(value)):
                element.append(_written(key, one, _beside(body, key, at)))


def _beside(body: Json, name: str, at: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in body.items():
        if key.startswith(f"{name}@"):
            texts = many(value)
            if at < len(texts) and texts[at] is not None:
                found[key.partition("@")[2]] = str(texts[at])
    return found
