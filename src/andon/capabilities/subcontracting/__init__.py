"""Subcontracting: what we provide to a supplier that processes it, and what comes of it."""

__all__ = [
    "claim_scrapped",
    "post_processed",
    "post_provided",
    "provide_components",
    "stop_processing",
    "watch_promised",
]

from andon.capabilities.subcontracting.providing import post_provided, provide_components
from andon.capabilities.subcontracting.receiving import post_processed
from andon.capabilities.subcontracting.scrapping import claim_scrapped
from andon.capabilities.subcontracting.stopping import stop_processing
from andon.capabilities.subcontracting.watching import watch_promised
