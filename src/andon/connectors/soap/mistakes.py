"""Mistakes in settings, collected and said at once."""

__all__ = ["refuse", "wrong_pointers", "wrong_template"]

from collections.abc import Iterable
from typing import Any

from andon.connectors._pointer import parsed
from andon.connectors._template import placeholders


def wrong_pointers(*pointers: str | None) -> list[str]:
    """What is wrong with these pointers."""
    wrong: list[str] = []
    for pointer in pointers:
        try:
            parsed(pointer or "")
        except ValueError as error:
            wrong.append(str(error))
    return wrong


def wrong_template(template: Any) -> list[str]:
    """Why a template cannot be filled in."""
    try:
        placeholders(template)
    except ValueError as error:
        return [str(error)]
    return []


def refuse(wrong: Iterable[str]) -> None:
    """Raises ValueError with all of it, if there is any."""
    if said := [*wrong]:
        raise ValueError("; ".join(said))
