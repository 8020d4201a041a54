"""What a system itself calls a subject."""

__all__ = ["own_id"]

from andon.store.access import Speaks


async def own_id(db: Speaks, system: str, subject: str) -> str:
    """The id it issued, else the alias it was taught, else the issuer's id."""
    kind, _, rest = subject.partition("/")
    issuer, _, local = rest.partition(":")
    if issuer == system:
        return local
    row = await db.fetchrow(
        "select local from alias where subject = $1 and system = $2 and kind = $3 limit 1",
        subject,
        system,
        kind,
    )
    return (row and row["local"]) or local
