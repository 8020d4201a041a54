"""Interchanges as they come, and what their documents are read as."""

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, cast

import msgspec

from andon.connectors._folders.rows import Row
from andon.connectors.edi import Document, EdiSettings, Partner, mappings
from andon.connectors.edi.mapping import (
    adjustments,
    arrivals,
    confirmation,
    milestones,
    notice,
)
from andon.connectors.edi.reading import Mailbox
from andon.core.connector import Item
from andon.core.errors import RefusedError
from andon.core.mapping import Inbound, Known
from fuzz import Parser
from fuzz.samples import samples

_SETTINGS = EdiSettings(
    folder="/nowhere",
    partners={
        "acme": Partner(
            standard="x12", qualifier="ZZ", id="ACME", our_qualifier="ZZ", our_id="ANDON"
        ),
        "beta": Partner(
            standard="edifact", qualifier="14", id="4000001", our_qualifier="14", our_id="4000002"
        ),
    },
)
_MAILBOX = Mailbox(_SETTINGS)
_KNOWN = Known(_SETTINGS)
_READS = {one.kind: one for one in mappings if isinstance(one, Inbound)}
_PIECES: tuple[Callable[[Any, Any], Any], ...] = (
    adjustments,
    arrivals,
    confirmation,
    milestones,
    notice,
)

_X12 = (
    f"ISA*00*{'':10}*00*{'':10}*ZZ*{'ACME':15}*ZZ*{'ANDON':15}*251125*1200*U*00401*000000001*0*P*>~"
    "GS*SH*ACME*ANDON*20251125*1200*1*X*004010~ST*856*0001~BSN*00*S-1*20251125*1200~HL*1**S~"
    "HL*2*1*O~PRF*4711~HL*3*2*I~LIN**BP*SEAL~SN1**5*EA~CTT*3~SE*10*0001~GE*1*1~IEA*1*000000001~"
).encode()
_EDIFACT = (
    b"UNA:+.? 'UNB+UNOC:3+4000001:14+4000002:14+251125:1200+1'UNH+1+DESADV:D:96A:UN'"
    b"BGM+351+S-1+9'DTM+137:20251125:102'CPS+1'LIN+1++4000862141404:SRV'QTY+12:5:PCE'"
    b"UNT+7+1'UNZ+1+1'"
)


def _rows(content: bytes) -> object:
    found = 0
    for row in _MAILBOX.rows(io.BytesIO(content)):
        found += 1
        if not isinstance(row, Row):
            continue
        with suppress(RefusedError):
            if row.kind in _READS:
                item = Item(kind=row.kind, key=row.key, raw=row.raw or b"")
                list(_READS[row.kind].reads(item, _KNOWN))
            else:
                _read(msgspec.json.decode(row.raw or b"", type=Document))
    return found


def _read(document: Document) -> None:
    for piece in _PIECES:
        with suppress(RefusedError):
            found: Any = piece(document, _KNOWN)
            if isinstance(found, Iterator):
                list(cast("Iterator[Any]", found))


PARSERS = (
    Parser("x12", _rows, [_X12, *samples("edi/x12/**/*")]),
    Parser("edifact", _rows, [_EDIFACT, *samples("edi/edifact/**/*")]),
)
