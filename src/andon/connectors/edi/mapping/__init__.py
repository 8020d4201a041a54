"""Pieces of mappings: what every mailbox needs, and canonical messages where their nouns exist."""

__all__ = ["advised", "answered", "doubted", "mappings", "refused", "reported"]

from andon.connectors._folders import mapping as folders
from andon.connectors.edi.mapping.protocol import ANSWERS, advised, answered, doubted, refused
from andon.connectors.edi.mapping.protocol import reported as reported

mappings = (*folders.mappings, refused, reported, doubted, *ANSWERS)
"""Put these beside your own: `[shipped, *edi.mappings]`. They read acknowledgments, refusals,
reports and what is odd about files; 824 and APERAK too."""
