"""A WSDL and what it imports, fetched once, and only from the place where the WSDL is."""

__all__ = ["Documents", "gathered"]

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import msgspec
from lxml import etree

from andon.connectors._xml import Element, below, tree_of
from andon.core.errors import Fault, MappingError, SettingsError

_MOST_DOCUMENTS = 500
_MOST_BYTES = 64 * 1024 * 1024
_XSD = "http://www.w3.org/2001/XMLSchema"
# Every schema may name `xml:lang` without saying where it is defined; nobody is asked for it.
_XML_NAMESPACE = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
 targetNamespace="http://www.w3.org/XML/1998/namespace"><xs:attribute name="lang" type="xs:string"/>
<xs:attribute name="space" type="xs:string"/><xs:attribute name="base" type="xs:anyURI"/>
<xs:attribute name="id" type="xs:ID"/></xs:schema>"""

Fetch = Callable[[str], Awaitable[bytes]]
"""One document by its address."""


class Documents(msgspec.Struct):
    """What was found, by address; every import inside is an absolute address of this list."""

    location: str
    texts: dict[str, bytes]
    encoded: set[str]
    """Operations of the `encoded` kind, which WS-I forbids and nobody here speaks."""

    def load(self, url: str) -> bytes:
        """As zeep asks for it. Nothing else is ever fetched."""
        if url.rpartition("/")[2] == "xml.xsd" and url not in self.texts:
            return _XML_NAMESPACE
        if url not in self.texts:
            raise SettingsError(f"The WSDL {self.location} needs {url}, which was not fetched.")
        return self.texts[url]


async def gathered(location: str, fetch: Fetch) -> Documents:
    """The WSDL and all it imports. Raises SettingsError for anything that lies elsewhere."""
    if not urlsplit(location).scheme:
        location, fetch = await asyncio.to_thread(_as_uri, location), _read
    found = Documents(location, {}, set())
    faults: list[Fault] = []
    waiting, whole = [location], 0
    while waiting:
        url = waiting.pop()
        if url in found.texts:
            continue
        text = await fetch(url)
        whole += len(text)
        if len(found.texts) >= _MOST_DOCUMENTS or whole > _MOST_BYTES:
            raise SettingsError(
                f"The WSDL {location} imports more than {_MOST_DOCUMENTS} documents or"
                f" {_MOST_BYTES} bytes. Keep a copy of what is needed, and name it as `wsdl`."
            )
        root = await asyncio.to_thread(_tree, text, url)
        waiting += _imports(root, url, location, faults)
        found.texts[url] = etree.tostring(root)
        found.encoded |= _encoded(root)
    if faults:
        raise SettingsError(
            f"The WSDL {location} imports from elsewhere, which is not followed. Keep a copy of"
            " all of it in one folder, and name the file as `wsdl`.",
            faults,
        )
    return found


def _as_uri(path: str) -> str:
    return Path(path).resolve().as_uri()


async def _read(url: str) -> bytes:
    path = Path(unquote(urlsplit(url).path))
    try:
        return await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}. Check `wsdl`.") from error


def _tree(text: bytes, url: str) -> Element:
    try:
        return tree_of(text, url)
    except MappingError as error:
        raise SettingsError(f"{error}. Check that `wsdl` leads to a WSDL.", error.faults) from error


def _imports(root: Element, url: str, top: str, faults: list[Fault]) -> Iterator[str]:
    """Where each import leads; it is written into the tree as a whole address."""
    for node in _importing(root):
        name = "schemaLocation" if str(node.tag).startswith(f"{{{_XSD}}}") else "location"
        place = node.get(name)
        if not place:
            continue
        leads, _ = urldefrag(urljoin(url, place.strip()))
        if leads.rpartition("/")[2] == "xml.xsd" and not _beside(leads, top):
            leads = "http://www.w3.org/2001/xml.xsd"
        elif not _beside(leads, top):
            faults.append(Fault(f"{url} line {node.sourceline}", f"imports {place}"))
            continue
        else:
            yield leads
        node.set(name, leads)


def _importing(root: Element) -> Iterator[Element]:
    for name in ("import", "include", "redefine"):
        yield from below(root, name)


def _beside(leads: str, top: str) -> bool:
    """On the same host for an address; in the folder of the WSDL or below for a file."""
    there, ours = urlsplit(leads), urlsplit(top)
    if there.scheme != ours.scheme or there.netloc != ours.netloc:
        return False
    if ours.scheme != "file":
        return True
    folder = Path(unquote(ours.path)).parent
    return Path(unquote(there.path)).resolve().is_relative_to(folder)


def _encoded(root: Element) -> set[str]:
    found: set[str] = set()
    for operation in below(root, "operation"):
        if any(body.get("use") == "encoded" for body in below(operation, "body")):
            found.add(operation.get("name") or "")
    return found
