"""Files of IDocs, and what their audits say."""

from datetime import UTC, datetime
from io import BytesIO

from andon.connectors.idoc.audit import verdicts_in
from andon.connectors.idoc.document import Idoc, idocs_in
from andon.connectors.idoc.items import items_of, rows_of
from andon.connectors.idoc.simulated.sap import Sap
from andon.connectors.idoc.simulator import confirmation
from andon.connectors.idoc.writing import Control, document_of
from fuzz import Parser

_CONTROL = Control(
    "100", {"SNDPRN": "ANDON"}, {"RCVPRN": "S4HCLNT100"}, datetime(2026, 1, 1, tzinfo=UTC)
)


def _audit() -> bytes:
    (answer,) = Sap().take(document_of(confirmation("x"), "k", _CONTROL))
    return answer


def _rows(body: bytes) -> object:
    return list(rows_of(BytesIO(body)))


def _verdicts(body: bytes) -> object:
    found = [one for one in idocs_in(BytesIO(body)) if isinstance(one, Idoc)]
    return [verdict.said for one in found for verdict in verdicts_in(one.body)]


PARSERS = (
    Parser("file", _rows, [Sap().orders_document(["a", "b"])]),
    Parser("post", items_of, [Sap().orders_document(["a"])]),
    Parser("audit", _verdicts, [_audit()]),
)
