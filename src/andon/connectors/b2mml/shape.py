"""Elements as JSON and back: the names of B2MML, text as text, nothing lost.

A leaf is its text, its attributes stand beside it as `Name@attribute`. Elements that B2MML repeats
and that have parts are lists, also when they come once; a leaf that comes again is a list.
"""

__all__ = ["Json", "element_of", "json_of", "many", "object_of"]

from functools import lru_cache
from typing import Any, cast

from lxml import etree

from andon.connectors._xml import Element
from andon.connectors.b2mml.words import LISTS, NAMESPACE, modern
from andon.core.errors import RejectedError

Json = dict[str, Any]

_SPACE = f"{{{NAMESPACE}}}"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def many(value: Any) -> list[Any]:
    """What may come again, as a list."""
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def json_of(element: Element, name: str) -> Json | str | None:
    """An element called so; a leaf is its text, `None` where it says that there is none."""
    body: Json = {}
    again = False
    for child in element:
        tag = cast("Any", child.tag)
        if not isinstance(tag, str):  # a comment
            continue
        called, listed = _called(tag, name)
        if listed or len(child) or called in body or child.items():
            again |= _add(body, child, called, listed)
        else:  # as most are: a leaf that comes once and has no attributes
            body[called] = (child.text or "").strip()
    if again:
        _even(body)
    if body:
        said = {f"@{key}": text for key, text in _attributes(element)}
        return {**said, **body} if said else body
    if element.items() and element.get(_NIL) in ("true", "1"):
        return None
    return (element.text or "").strip()


@lru_cache(2_048)
def _called(tag: str, parent: str) -> tuple[str, bool]:
    """What V0700 calls it below this parent, and whether it is a list."""
    name = modern(tag.rpartition("}")[2], parent)
    return name, name in LISTS


def object_of(element: Element, name: str) -> Json:
    """The same of an element that has parts, or attributes alone."""
    found = json_of(element, name)
    return found if isinstance(found, dict) else _empty(element)


def _add(body: Json, child: Element, name: str, listed: bool) -> bool:
    """Whether a name came again that is not always a list."""
    value = json_of(child, name)
    if listed:
        # An empty one has no parts; it is one nevertheless.
        body.setdefault(name, []).append(value if isinstance(value, dict) else _empty(child))
        return False
    at = 0
    if name in body:
        at = _put_again(body, name, value)
    else:
        body[name] = value
    if not isinstance(value, dict):
        for key, text in _attributes(child):
            _attach(body, f"{name}@{key}", text, at)
    return at > 0


def _put_again(body: Json, name: str, value: Any) -> int:
    """Its place: the first stands alone, with the second they are a list."""
    before = body[name] = many(body[name])
    before.append(value)
    return len(before) - 1


def _attach(body: Json, key: str, text: str, at: int) -> None:
    """Attributes of the leaves of one name have the same places as the leaves."""
    if at == 0:
        body[key] = text
        return
    before = body[key] = many(body.get(key, []))
    before += [None] * (at - len(before))
    before.append(text)


def _even(body: Json) -> None:
    """Attributes go on to the last of the leaves beside which they stand."""
    for key in body:
        leaves = body.get(key.partition("@")[0]) if "@" in key else None
        if isinstance(leaves, list):
            before = body[key] = many(body[key])
            before += [None] * (len(cast("list[Any]", leaves)) - len(before))


def _empty(element: Element) -> Json:
    body: Json = {f"@{key}": text for key, text in _attributes(element)}
    if text := (element.text or "").strip():
        body["#text"] = text
    return body


def _attributes(element: Element) -> list[tuple[str, str]]:
    found = cast("list[tuple[str, str]]", element.items())
    return [each for each in found if not each[0].startswith("{")] if found else found


def element_of(name: str, value: Any) -> Element:
    """What `json_of` read, as an element of V0700. Raises RejectedError for what is no XML."""
    try:
        root = etree.Element(f"{_SPACE}{name}", nsmap=cast("Any", {None: NAMESPACE}))
        _fill(root, value)
    except (ValueError, TypeError) as error:
        raise RejectedError(f"{name} cannot be written as XML: {error}", "xml") from error
    return root


def _fill(element: Element, value: Any) -> None:
    if value is None:
        element.set(_NIL, "true")
    elif not isinstance(value, dict):
        element.text = str(value) or None
    else:
        _fill_parts(element, cast("Json", value))


def _fill_parts(element: Element, body: Json) -> None:
    beside = any("@" in key[1:] for key in body)
    for key, value in body.items():
        if key == "#text":
            element.text = str(value)
        elif key.startswith("@"):
            element.set(key[1:], str(value))
        elif "@" not in key:
            for at, one in enumerate(many(value)):
                attributes = _beside(body, key, at) if beside else None
                _fill(etree.SubElement(element, f"{_SPACE}{key}", attributes), one)


def _beside(body: Json, name: str, at: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in body.items():
        if key.startswith(f"{name}@"):
            texts = many(value)
            if at < len(texts) and texts[at] is not None:
                found[key.partition("@")[2]] = str(texts[at])
    return found
