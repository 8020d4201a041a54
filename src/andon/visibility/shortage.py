"""Whom it hurts that something is missing."""

__all__ = ["hurts"]

from andon.visibility.reading import Asks
from andon.visibility.sql import statement
from andon.visibility.views import Hurt


async def hurts(db: Asks, subject: str, *, sites: frozenset[str]) -> list[Hurt]:
    """The sales orders that a shortage of an order, an item or a purchase order hurts."""
    rows = await db.fetch(statement("hurts"), subject, sorted(sites))
    return [Hurt(**row) for row in rows]
