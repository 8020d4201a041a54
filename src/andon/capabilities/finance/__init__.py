"""Finance: the journal follows what physically happened."""

__all__ = ["compare_with_journal"]

from andon.capabilities.finance.following import compare_with_journal
