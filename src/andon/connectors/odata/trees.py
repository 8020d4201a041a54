"""XML as trees: bounded, and with no entity ever looked at."""

__all__ = ["Element", "attribute", "below", "local", "said", "tree_of"]

from collections.abc import Iterator

from lxml import etree

from andon.core.errors import Fault, MappingError

Element = etree._Element  # pyright: ignore[reportPrivateUsage] lxml has no other name for it

_LARGEST = 32 * 1024 * 1024
"""SAP's widest services say about 5 MB of themselves."""


def tree_of(document: bytes, what: str) -> Element:
    """The root of a document. Raises MappingError with the place of the mistake.

    A document type is refused whatever it says: nothing is expanded, nothing is fetched.
    """
    if len(document) > _LARGEST:
        raise MappingError(f"{what} has {len(document)} bytes; {_LARGEST} are read at most")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        place = Fault(f"line {line}, column {column}", str(error.msg))
        raise MappingError(f"{what} is no XML", [place]) from error
    except ValueError as error:
        raise MappingError(f"{what} is no XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise MappingError(f"{what} has a document type, which is refused", [Fault("", "DOCTYPE")])
    return root


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
    """The element's name without its namespace."""
    return etree.QName(node).localname
