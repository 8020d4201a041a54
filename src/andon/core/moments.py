"""Times as other systems write them."""

__all__ = ["aware"]

from datetime import datetime


def aware(text: object) -> datetime | None:
    """The time an ISO 8601 text says, if it says its zone; None for anything else.

    Times without a zone are left to the mapping, which knows the zone of its system.
    """
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None
