"""SAP's IDocs as XML, by files and by HTTP."""

__all__ = [
    "TODAY",
    "Idoc",
    "IdocSettings",
    "Partner",
    "Verdict",
    "aleaud",
    "document",
    "mappings",
    "refuse_other_content",
    "status",
]

from andon.connectors.idoc.audit import Verdict, aleaud, status
from andon.connectors.idoc.connector import Idoc
from andon.connectors.idoc.mapping import document, mappings
from andon.connectors.idoc.numbers import refuse_other_content
from andon.connectors.idoc.settings import IdocSettings, Partner
from andon.connectors.idoc.writing import TODAY
