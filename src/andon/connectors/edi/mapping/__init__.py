"""Pieces of mappings: what every mailbox needs, and canonical messages where their nouns exist."""

__all__ = [
    "ADJUSTED",
    "ANNOUNCED",
    "RECEIVED",
    "SHIPPED",
    "Adjustment",
    "Advice",
    "Arrived",
    "Back",
    "Call",
    "Confirmation",
    "Confirmed",
    "Judged",
    "Line",
    "Milestone",
    "Notice",
    "Purchase",
    "Schedule",
    "SentBack",
    "Wanted",
    "adjustments",
    "advice",
    "arrivals",
    "confirmation",
    "mappings",
    "milestones",
    "notice",
    "order",
    "schedule",
    "sent_back",
]

from andon.connectors._folders import mapping as folders
from andon.connectors.edi.mapping.advices import Advice, Judged, advice
from andon.connectors.edi.mapping.milestones import Milestone, milestones
from andon.connectors.edi.mapping.notices import ANNOUNCED, Line, Notice, notice
from andon.connectors.edi.mapping.orders import (
    Confirmation,
    Confirmed,
    Purchase,
    Wanted,
    confirmation,
    order,
)
from andon.connectors.edi.mapping.protocol import ANSWERS, doubted, refused, reported
from andon.connectors.edi.mapping.receipts import RECEIVED, Arrived, arrivals
from andon.connectors.edi.mapping.returns import Back, SentBack, sent_back
from andon.connectors.edi.mapping.schedules import Call, Schedule, schedule
from andon.connectors.edi.mapping.stock import ADJUSTED, SHIPPED, Adjustment, adjustments

mappings = (*folders.mappings, refused, reported, doubted, *ANSWERS)
"""Put these beside your own: `[shipped, *edi.mappings]`. They read acknowledgments, refusals,
reports and what is odd about files; 824 and APERAK too."""
