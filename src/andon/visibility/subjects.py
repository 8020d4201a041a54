"""Lists of subjects, newest first, each with the status every system holds."""

__all__ = ["subject_lines"]

from datetime import datetime

from andon.visibility.reading import Asks, from_json, row_with
from andon.visibility.sql import statement
from andon.visibility.views import StateOf, SubjectLine


async def subject_lines(
    db: Asks,
    *,
    kind: str | None,
    begins: str | None,
    before: int | None,
    limit: int,
    sites: frozenset[str],
    now: datetime,
) -> tuple[list[SubjectLine], int | None]:
    """A page and where the next one begins. Subjects of one record are never torn apart."""
    which = "subjects_named" if begins else "subjects_recent"
    query = statement(which) + statement("subject_lines")
    names = [begins] if begins else []
    if any("\0" in text for text in (kind or "", begins or "")):
        return [], None
    rows = await db.fetch(query, kind, before, sorted(sites), limit, now, *names)
    lines = [
        SubjectLine(
            **row_with(
                row,
                header=from_json(row["header"], dict[str, str | None]),
                states=from_json(row["states"], list[StateOf]),
            )
        )
        for row in rows
    ]
    return lines, lines[-1].position if len(lines) >= limit else None
