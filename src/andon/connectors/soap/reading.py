"""An answer as JSON, its lists and numbers by the WSDL, nothing of it left out.

zeep would drop what does not fit its type and log it. Here it stays as the text it is, so that the
mapping of that one row says what is wrong with it, and the next row goes on.
"""

__all__ = ["value_of"]

import re
from typing import Any

from andon.connectors._xml import Element, local
from andon.connectors.soap.shapes import OPEN, Leaf, Shape, Shapes

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_EXACT: frozenset[Leaf] = frozenset({"text", "bytes"})
"""Whitespace around anything else means nothing."""


def value_of(shapes: Shapes, shape: Shape, node: Element) -> Any:
    """One element. Decimals and times stay as they are written: no digit and no zone is lost."""
    if node.get(f"{_XSI}nil") in ("true", "1"):
        return None
    named = node.get(f"{_XSI}type")
    if named is not None:
        shape = shapes.named(named, node.nsmap) or shape
    if shape.leaf is not None:
        if len(node) or _attributes(node):
            return _table(shapes, OPEN, node)
        return _leaf(shape.leaf, node.text or "")
    if shape is OPEN and not len(node) and not _attributes(node):
        return node.text or ""
    return _table(shapes, shape, node)


def _table(shapes: Shapes, shape: Shape, node: Element) -> dict[str, Any]:
    made: dict[str, Any] = {}
    texts = [node.text or ""]
    for child in node:
        texts.append(child.tail or "")
        name = local(child)
        member = shape.members.get(name)
        value = value_of(shapes, OPEN if member is None else shapes.of(member.type), child)
        if member is not None and member.many:
            made.setdefault(name, []).append(value)
        elif name in made:
            before = made[name]
            made[name] = _Many([*before, value] if isinstance(before, _Many) else [before, value])
        else:
            made[name] = value
    for key, text in _attributes(node).items():
        member = shape.attributes.get(key)
        leaf = None if member is None else shapes.of(member.type).leaf
        made[f"attr__{key}" if key in made else key] = _leaf(leaf or "text", text)
    own = "".join(texts)
    if shape.text is not None:
        made["_value_1"] = _leaf(shapes.of(shape.text).leaf or "text", own)
    elif own.strip():
        made["_value_1"] = own
    return made


class _Many(list[Any]):
    """A list nobody announced."""


def _attributes(node: Element) -> dict[str, str]:
    return {
        str(key).rpartition("}")[2]: str(text)
        for key, text in node.attrib.items()
        if not str(key).startswith(_XSI)
    }


def _leaf(leaf: Leaf, text: str) -> Any:
    if leaf in _EXACT:
        return text
    bare = text.strip()
    match leaf, bare:
        case "boolean", "true" | "1":
            return True
        case "boolean", "false" | "0":
            return False
        case "integer", _ if _INTEGER.fullmatch(bare):
            return int(bare)
        case _:
            return bare
