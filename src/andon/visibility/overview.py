"""The board at a glance."""

__all__ = ["overview"]

from datetime import datetime

from andon.visibility.reading import Asks
from andon.visibility.sql import statement
from andon.visibility.views import Overview


async def overview(db: Asks, *, sites: frozenset[str], now: datetime) -> Overview:
    """Orders by owner's status, open cases, held lots, connections, and how far we are behind."""
    only = sorted(sites)
    orders = await db.fetch(statement("order_counts"), only)
    states = await db.fetch(statement("connection_counts"), only)
    rest = await db.fetchrow(statement("overview"), only)
    return Overview(
        orders={"Running": 0, "Completed": 0}
        | {row["status"] or "none": row["orders"] for row in orders},
        exceptions_open=rest["exceptions_open"] if rest else 0,
        lots_held=rest["lots_held"] if rest else 0,
        connections={"running": 0, "paused": 0, "unreachable": 0}
        | {row["state"]: row["connections"] for row in states},
        generated_at=now,
        projection_lag_records=rest["lag"] if rest else 0,
    )
