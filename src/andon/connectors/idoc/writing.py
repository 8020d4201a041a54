"""A request as an IDoc: the control record filled in, every field as SAP reads it."""

__all__ = ["TODAY", "Control", "docnum_of", "document_of"]

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any, cast

import msgspec
from lxml import etree

from andon.connectors._xml import Element
from andon.connectors.idoc.catalogue import misplaced
from andon.connectors.idoc.values import written
from andon.core.connector import Request
from andon.core.errors import Fault, MappingError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]{0,60}")
_LENGTHS = {
    "MANDT": 3, "DOCNUM": 16, "IDOCTYP": 30, "CIMTYP": 30, "MESTYP": 30, "MESCOD": 3, "MESFCT": 3,
    "SNDPOR": 10, "SNDPRT": 2, "SNDPFC": 2, "SNDPRN": 10, "RCVPOR": 10, "RCVPRT": 2, "RCVPFC": 2,
    "RCVPRN": 10, "REFINT": 14, "REFGRP": 14, "REFMES": 14, "ARCKEY": 70, "SERIAL": 20,
}  # fmt: skip
"""Fields of the control record that may be said, and how long they are."""


TODAY = "@today"
"""The day on which it is sent, where the plant is; a mapping has no clock."""


class Control(msgspec.Struct, frozen=True):
    """What every control record of a connection says."""

    client: str
    sender: Mapping[str, str]
    """SNDPOR, SNDPRT, SNDPRN."""
    receiver: Mapping[str, str]
    """RCVPOR, RCVPRT, RCVPRN."""
    now: datetime
    """Where the plant is."""


class _Writing(msgspec.Struct, frozen=True):
    today: str
    faults: list[Fault]


def docnum_of(key: str) -> str:
    """Our number for a command: the same key has the same, so a repeat can be known as one, and
    what SAP says of it finds back to us."""
    digest = blake2b(f"idoc/{key}".encode(), digest_size=8).digest()
    return f"{int.from_bytes(digest) % 10**15 + 10**15:016}"


def document_of(request: Request, key: str, control: Control) -> bytes:
    """The IDoc of a request: its target is the basic type, its body `EDI_DC40` with MESTYP and
    lists of segments by name. Raises MappingError with every fault."""
    faults: list[Fault] = []
    body = _table(request.body)
    own = _table(body.get("EDI_DC40"))
    record = _record(request.target, own, key, control, faults)
    if not own.get("CIMTYP"):
        faults += misplaced(request.target, body)
    if not _NAME.fullmatch(request.target):
        faults.append(Fault("target", f"{request.target!r} is no name of a basic type"))
    if faults:
        raise MappingError(f"{request.target} cannot be written", faults)
    root = etree.Element(request.target)
    idoc = etree.SubElement(root, "IDOC", BEGIN="1")
    head = etree.SubElement(idoc, "EDI_DC40", SEGMENT="1")
    for name, text in record.items():
        etree.SubElement(head, name).text = text
    writing = _Writing(f"{control.now:%Y%m%d}", faults)
    for name, part in body.items():
        if name != "EDI_DC40":
            _segments(idoc, name, part, f"/{name}", writing)
    if faults:
        raise MappingError(f"{request.target} cannot be written", faults)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _record(
    idoctyp: str, own: Mapping[str, Any], key: str, control: Control, faults: list[Fault]
) -> dict[str, str]:
    now = control.now
    record = {
        "TABNAM": "EDI_DC40",
        "MANDT": control.client,
        "DOCNUM": docnum_of(key),
        "DIRECT": "2",
        "IDOCTYP": idoctyp,
        "MESTYP": "",
        **control.sender,
        **control.receiver,
        "CREDAT": f"{now:%Y%m%d}",
        "CRETIM": f"{now:%H%M%S}",
        "ARCKEY": key[:70],
    }
    for name, value in own.items():
        if name not in _LENGTHS or name in ("DOCNUM", "IDOCTYP", "ARCKEY"):
            faults.append(Fault(f"/EDI_DC40/{name}", "is filled in by us, or not known"))
        elif not isinstance(value, str):
            faults.append(Fault(f"/EDI_DC40/{name}", "must be a text"))
        else:
            record[name] = value
    if not record["MESTYP"]:
        faults.append(Fault("/EDI_DC40/MESTYP", "is missing: what kind of message it is"))
    for name, text in record.items():
        if len(text) > _LENGTHS.get(name, 30):
            faults.append(Fault(f"/EDI_DC40/{name}", f"is longer than {_LENGTHS[name]} characters"))
        try:
            written(text)
        except ValueError as error:
            faults.append(Fault(f"/EDI_DC40/{name}", str(error)))
    return {name: text for name, text in record.items() if text}


def _segments(parent: Element, name: str, part: Any, at: str, writing: _Writing) -> None:
    faults = writing.faults
    if not _NAME.fullmatch(name):
        faults.append(Fault(at, "is no name of a segment"))
        return
    if not isinstance(part, list | tuple):
        faults.append(Fault(at, "must be a list of segments"))
        return
    for number, one in enumerate(cast("list[Any]", part)):
        place = f"{at}/{number}"
        if not isinstance(one, Mapping):
            faults.append(Fault(place, "must be a table of fields"))
            continue
        node = etree.SubElement(parent, name, SEGMENT="1")
        _fields(node, cast("Mapping[str, Any]", one), place, writing)


def _fields(node: Element, fields: Mapping[str, Any], at: str, writing: _Writing) -> None:
    faults = writing.faults
    inner = [name for name, value in fields.items() if isinstance(value, list | tuple)]
    for name, value in fields.items():
        if name in inner or name == "@":
            continue
        if not _NAME.fullmatch(name):
            faults.append(Fault(f"{at}/{name}", "is no name of a field"))
            continue
        try:
            text = writing.today if value == TODAY else written(value)
        except ValueError as error:
            faults.append(Fault(f"{at}/{name}", str(error)))
            continue
        if text:
            etree.SubElement(node, name).text = text
    for name in inner:
        _segments(node, name, fields[name], f"{at}/{name}", writing)


def _table(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
