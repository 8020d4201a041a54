"""One subject, many names: any id finds its subject."""

__all__ = ["AmbiguousError", "Identity", "UnknownIdError", "identity_of"]

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from andon.core.errors import RefusedError
from andon.visibility.reading import Asks
from andon.visibility.sql import statement


class Identity(msgspec.Struct, frozen=True):
    """Who a subject is."""

    name: str
    kind: str
    issuer: str
    local: str
    site: str
    first_at: datetime


class UnknownIdError(RefusedError):
    """No subject that the caller may see has this id."""


class AmbiguousError(RefusedError):
    """Several subjects have this id; `choices` are their full names, at most 50."""

    def __init__(self, text: str, choices: Sequence[str]) -> None:
        super().__init__(text)
        self.choices = tuple(choices)


async def identity_of(db: Asks, any_id: str, sites: frozenset[str]) -> Identity:
    """The subject that a name, a local id or an alias means."""
    kind, system, local = _parts(any_id)
    # A NUL can stand in no id that the database holds, and it refuses to be asked for one.
    rows: Sequence[Mapping[str, Any]] = (
        []
        if "\0" in any_id
        else await db.fetch(statement("identity"), any_id, sorted(sites), kind, system, local)
    )
    found = [Identity(**row) for row in rows]
    if len(found) == 1 or (found and found[0].name == any_id):
        return found[0]
    if not found:
        raise UnknownIdError(
            f"There is no subject {any_id!r}. No system has said this id, or it belongs to a site"
            " you may not see. Check the spelling."
        )
    raise AmbiguousError(
        f"{any_id!r} means several subjects. Ask again with one of the full names in `choices`.",
        [one.name for one in found[:50]],
    )


def _parts(any_id: str) -> tuple[str | None, str | None, str | None]:
    kind, slash, rest = any_id.partition("/")
    system, colon, local = rest.partition(":")
    return (kind, system, local) if slash and colon else (None, None, None)
