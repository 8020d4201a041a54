"""XML as trees: bounded, and with no entity ever looked at.

Deeper than 256 elements, or a text above 10 MB, is refused by the parser itself.
"""

__all__ = [
    "HARDENED",
    "Element",
    "attribute",
    "below",
    "has_document_type",
    "local",
    "said",
    "tree_of",
]

from collections.abc import Iterator
from typing import Any, cast

from lxml import etree

from andon.core.errors import Fault, MappingError

Element = etree._Element  # pyright: ignore[reportPrivateUsage] lxml has no other name for it

_LARGEST = 32 * 1024 * 1024
"""SAP's widest services say about 5 MB of themselves."""

HARDENED: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
}
"""How every parser of ours is made. A document type is refused besides."""


def tree_of(document: bytes, what: str, *, most: int = _LARGEST) -> Element:
    """The root of a document. Raises MappingError with the place of the mistake.

    A document type is refused whatever it says: nothing is expanded, nothing is fetched.
    """
    if len(document) > most:
        raise MappingError(f"{what} has {len(document)} bytes; {most} are read at most")
    try:
        root = etree.fromstring(document, etree.XMLParser(**HARDENED))
    except etree.XMLSyntaxError as error:
        line, column = error.position
        place = Fault(f"line {line}, column {column}", str(error.msg))
        raise MappingError(f"{what} is no XML", [place]) from error
    except ValueError as error:
        raise MappingError(f"{what} is no XML: {error}") from error
    if has_document_type(root):
        raise MappingError(f"{what} has a document type, which is refused", [Fault("", "DOCTYPE")])
    return root


def has_document_type(root: Element) -> bool:
    """Whether it may define entities, which grow without bound or read other files."""
    about = cast("Any", root.getroottree().docinfo)
    return bool(about.doctype) or about.internalDTD is not None


def below(node: Element, name: str) -> Iterator[Element]:
    """Elements of a local name, of any namespace: they differ from release to release."""
    return node.iter(f"{{*}}{name}")


def said(node: Element, name: str) -> str:
    """An attribute that must be there."""
    value = node.get(name)
    if not value:
        place = Fault(f"line {node.sourceline}", "")
        raise MappingError(f"a {local(node)} has no {name}", [place])
    return value


def attribute(node: Element, name: str) -> str | None:
    """An attribute of any namespace, by its local name."""
    for key, value in node.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def local(node: Element) -> str:
    """The element's name without its namespace.

    The parser lets `:name` pass, which lxml's own reader of names does not take.
    """
    return str(node.tag).rpartition("}")[2]
