"""Where reading stands: for each model, the newest change that was read."""

__all__ = ["read_place", "written"]

import re
from collections.abc import Mapping

from andon.core.errors import SettingsError

_PART = re.compile(r"([a-z0-9_.]+)=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)", re.ASCII)


def read_place(position: str) -> dict[str, str]:
    """Moments by model, as Odoo writes them; empty is the beginning."""
    found: dict[str, str] = {}
    for part in position.split():
        match = _PART.fullmatch(part)
        if match is None:
            raise SettingsError(
                f"The position {position!r} is none of this connector: it looks like"
                " mrp.production=2026-11-25T10:00:05. Was the connection of another kind before?"
                " Give it a new name."
            )
        found[match[1]] = match[2].replace("T", " ")
    return found


def written(place: Mapping[str, str]) -> str:
    """`mrp.production=2026-11-25T10:00:05 stock.move=...`."""
    return " ".join(f"{model}={at.replace(' ', 'T')}" for model, at in sorted(place.items()))
