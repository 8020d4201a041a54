"""EDI: X12 and EDIFACT interchanges with trading partners, over a folder or SFTP."""

__all__ = ["Document", "Edi", "EdiSettings", "Partner", "Segment", "mappings"]

from andon.connectors.edi.connector import Edi
from andon.connectors.edi.documents import Document
from andon.connectors.edi.mapping import mappings
from andon.connectors.edi.segments import Segment
from andon.connectors.edi.settings import EdiSettings, Partner
