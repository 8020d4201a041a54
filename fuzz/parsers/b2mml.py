"""Documents of B2MML, and answers to them."""

from andon.connectors.b2mml.items import items_of
from andon.connectors.b2mml.reading import nouns_in
from fuzz import Parser
from fuzz.samples import samples

_LOT = (
    b'<SyncMaterialLot xmlns="http://www.mesa.org/xml/B2MML" releaseID="V0700">'
    b"<ApplicationArea><CreationDateTime>2026-11-25T06:00:00Z</CreationDateTime><BODID>B-1</BODID>"
    b"</ApplicationArea><DataArea><Sync/><MaterialLot><ID>L7</ID><Disposition>Restricted"
    b"</Disposition></MaterialLot></DataArea></SyncMaterialLot>"
)
_ANSWER = _LOT.replace(b"SyncM", b"AcknowledgeM").replace(
    b"<Sync/>",
    b"<Acknowledge><ResponseCriteria><ResponseExpression actionCode='Rejected'>/a"
    b"</ResponseExpression></ResponseCriteria></Acknowledge>",
)

PARSERS = (
    Parser("document", items_of, [_LOT, _ANSWER, *samples("b2mml/*.xml")]),
    Parser("nouns", nouns_in, [_LOT, _ANSWER]),
)
