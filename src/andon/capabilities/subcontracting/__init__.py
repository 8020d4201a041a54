"""Subcontracting: what we provide to a supplier that processes it, and what comes of it."""

__all__ = ["post_provided", "provide_components"]

from andon.capabilities.subcontracting.providing import post_provided, provide_components
