"""One service as its WSDL describes it: zeep reads that and writes envelopes; we check both."""

__all__ = ["Header", "Operation", "Service", "parsed"]

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from zeep import Settings as _ZeepSettings
from zeep import wsdl as _zeep_wsdl
from zeep.wsa import WsAddressingPlugin

from andon.connectors._xml import Element, local, tree_of
from andon.connectors.soap.documents import Documents
from andon.connectors.soap.reading import value_of
from andon.connectors.soap.shapes import OPEN, Shape, Shapes, near
from andon.connectors.soap.writing import HOLE, prepared
from andon.core.connector import SecretStr
from andon.core.errors import Fault, MappingError, SettingsError

_wsdl: Any = _zeep_wsdl
_addressing: Any = WsAddressingPlugin
_settings: Any = _ZeepSettings
Header = Mapping[str, Mapping[str, SecretStr]]
"""Headers of a service's own, by name, and their fields."""

_NO_HEADER: Header = MappingProxyType({})
_SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"


class Operation:
    """One operation of the port in use."""

    def __init__(self, made: Any, shapes: Shapes, address: str, header: Header) -> None:
        self.name: str = made.name
        self._made = made
        self._address = address
        self._shapes = shapes
        self._header = {
            part: (shapes.of(element.type), header[name])
            for part, element in _header_parts(made.input)
            for name in (part, element.name)
            if name in header
        }
        self.takes = _content(shapes, made.input)
        self.gives = _content(shapes, made.output)

    @property
    def headers(self) -> Mapping[str, str]:
        """What tells the service which operation is meant."""
        action = self._made.soapaction or ""
        if self._made.nsmap["soap-env"] == _SOAP_12:
            about = f'; action="{action}"' if action else ""
            return {"content-type": f"application/soap+xml; charset=utf-8{about}"}
        return {"content-type": "text/xml; charset=utf-8", "soapaction": f'"{action}"'}

    def header_faults(self, name: str) -> list[Fault] | None:
        """What does not fit in a header of ours; None when this operation has none of that name."""
        for part, element in _header_parts(self._made.input):
            if name in (part, element.name):
                shape, fields = self._header[part]
                found: list[Fault] = []
                prepared(self._shapes, shape, dict.fromkeys(fields, HOLE), f"header.{name}", found)
                return found
        return None

    def faults(self, arguments: Any, at: str) -> list[Fault]:
        """Everything that does not fit the WSDL."""
        found: list[Fault] = []
        prepared(self._shapes, self.takes, arguments, at, found)
        return found

    def envelope(self, arguments: Mapping[str, Any]) -> Element:
        """Raises MappingError with every fault of the arguments."""
        faults: list[Fault] = []
        values = prepared(self._shapes, self.takes, arguments, "", faults)
        if faults:
            raise MappingError(f"{self.name} cannot be called with this", faults)
        try:
            made = self._made.create(**values, **self._headers())
        except Exception as error:  # zeep raises many kinds
            raise MappingError(f"{self.name} cannot be called with this: {error}") from error
        envelope = made.content
        if self._made.abstract.wsa_action:
            envelope, _ = _addressing().egress(envelope, {}, self._made, {"address": self._address})
        return envelope

    def _headers(self) -> dict[str, Any]:
        if not self._header:
            return {}
        said = {
            part: {field: secret.reveal() for field, secret in fields.items()}
            for part, (_, fields) in self._header.items()
        }
        return {"_soapheaders": said}

    def answer(self, content: Element) -> Any:
        """The fields of an answer."""
        return value_of(self._shapes, self.gives, content)

    def awaits(self, content: Element | None) -> bool:
        """Whether this is the element its answers begin with."""
        body = None if self._made.output is None else self._made.output.body
        if content is None or body is None:
            return content is None
        # WS-I names the element of an rpc answer, and yet services differ in it.
        return self._made.style == "rpc" or local(content) == body.name


class Service:
    """A WSDL that was read. Making one takes seconds for a large WSDL: not on the loop."""

    def __init__(
        self,
        documents: Documents,
        port: str | None,
        address: str | None,
        *,
        header: Header = _NO_HEADER,
    ) -> None:
        try:
            whole = _wsdl.Document(
                documents.location,
                documents,
                settings=_settings(strict=True, forbid_dtd=True, force_https=False),
            )
        except SettingsError:
            raise
        except Exception as error:  # zeep raises many kinds for what is no WSDL
            raise SettingsError(
                f"The WSDL {documents.location} cannot be read: {error or type(error).__name__}."
                " Check that it is a WSDL 1.1 and complete."
            ) from error
        chosen = _port(whole, port, documents.location)
        self.address = address or _address(chosen, documents.location)
        self._encoded = documents.encoded
        self.shapes = Shapes(whole.types)
        self._made: Mapping[str, Any] = chosen.binding.all()
        self._header = header
        self._known: dict[str, Operation] = {}

    @property
    def names(self) -> list[str]:
        """All operations of the port."""
        return sorted(self._made)

    def wrong(self, name: str) -> str | None:
        """Why an operation cannot be called; None when it can."""
        if name not in self._made:
            return f"the WSDL has no operation {name!r}{near(name, self.names)}"
        made = self._made[name]
        if name in self._encoded:
            return f"{name} is of the kind rpc/encoded, which is not spoken here"
        for message, what in ((made.input, "input"), (made.output, "answer")):
            if message is not None and getattr(message, "_is_body_wrapped", False):
                return f"the {what} of {name} has several elements in its body"
        if _content(self.shapes, made.input).leaf is not None:
            return f"the input of {name} is one bare value, which is not spoken here"
        return None

    def operation(self, name: str) -> Operation:
        """One that was found right."""
        if name not in self._known:
            self._known[name] = Operation(self._made[name], self.shapes, self.address, self._header)
        return self._known[name]


def _header_parts(message: Any) -> Sequence[tuple[str, Any]]:
    """Headers that the WSDL declares for an operation: name of the part, and its element."""
    if message is None or message.header is None:
        return ()
    return [(name, element) for name, element in message.header.type.elements if name]


def _content(shapes: Shapes, message: Any) -> Shape:
    if message is None or message.body is None:
        return Shape()
    return OPEN if message.body.type is None else shapes.of(message.body.type)


def _port(whole: Any, name: str | None, location: str) -> Any:
    ports: dict[str, Any] = {
        port.name: port
        for service in whole.services.values()
        for port in service.ports.values()
        if port.binding is not None and hasattr(port.binding, "nsmap")
    }
    found = ports.get(name) if name else next(iter(ports.values()), None)
    if found is None:
        there = ", ".join(ports) or "none that speaks SOAP over HTTP"
        raise SettingsError(f"The WSDL {location} has no port {name or 'at all'}; it has {there}.")
    return found


def _address(port: Any, location: str) -> str:
    """Where the WSDL says the service is; credentials go to the WSDL's own host only."""
    options: Any = port.binding_options
    said: str = (options["address"] if options else None) or ""
    there, ours = urlsplit(said), urlsplit(location)
    if there.scheme not in ("http", "https"):
        raise SettingsError(f"The WSDL {location} says no address. Say it as `address`.")
    if ours.scheme != "file" and (there.scheme, there.netloc) != (ours.scheme, ours.netloc):
        raise SettingsError(
            f"The WSDL {location} says the service is at {said}, which is another host. If that is"
            " right, say it as `address`: our credentials go there."
        )
    return said


def parsed(body: bytes, most: int) -> Element:
    """An answer as a tree without comments. Raises MappingError."""
    root = tree_of(body, "The answer", most=most)
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    return root
