"""Answers of a SOAP service, and the WSDL it shows."""

import asyncio
from pathlib import Path

import andon.connectors.soap.simulated as simulated
from andon.connectors.soap.documents import gathered
from andon.connectors.soap.reading import value_of
from andon.connectors.soap.said import body_of, fault_in
from andon.connectors.soap.service import Service, parsed
from andon.core.errors import SettingsError
from fuzz import Parser

_FOLDER = Path(simulated.__file__).parent
_WSDL = (_FOLDER / "journal.wsdl").read_bytes()
_11 = b"http://schemas.xmlsoap.org/soap/envelope/"
_ROWS = (
    b'<GetChangedOrdersResponse xmlns="urn:andon:simulated:shop"><Orders><Order plant="P1">'
    b'<Number>1</Number><Quantity unit="PCE">5.50</Quantity><Priority>7</Priority>'
    b'<Note>a</Note><Note/><X xmlns="urn:x">y</X></Order></Orders></GetChangedOrdersResponse>'
)
_FAULT = (
    b"<s:Fault><faultcode>s:Client</faultcode><faultstring>no</faultstring>"
    b"<detail><e/></detail></s:Fault>"
)


def _service(wsdl: bytes, location: str) -> Service | None:
    async def fetch(url: str) -> bytes:
        if url.endswith(".xsd"):
            return (_FOLDER / "shop.xsd").read_bytes()
        return wsdl

    try:
        documents = asyncio.run(gathered(location, fetch))
        return Service(documents, None, None)
    except SettingsError:
        return None


_SHOP = _service((_FOLDER / "shop.wsdl").read_bytes(), "http://localhost/shop.wsdl")


def _answer(body: bytes) -> object:
    assert _SHOP is not None
    content = body_of(parsed(body, 1_000_000))
    if content is None or fault_in(content) is not None:
        return None
    return value_of(_SHOP.shapes, _SHOP.operation("GetChangedOrders").gives, content)


def _enveloped(inside: bytes) -> bytes:
    return b'<s:Envelope xmlns:s="%s"><s:Body>%s</s:Body></s:Envelope>' % (_11, inside)


PARSERS = (
    Parser("answer", _answer, [_enveloped(_ROWS), _enveloped(_FAULT)]),
    Parser("wsdl", lambda body: _service(body, "http://localhost/journal.wsdl"), [_WSDL]),
)
