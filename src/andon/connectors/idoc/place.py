"""Where the segments of a basic type may stand, what each needs, and how long its fields are."""

__all__ = ["Place", "wrong"]

from collections.abc import Iterator, Mapping
from typing import Any, cast

import msgspec

from andon.connectors.idoc.values import written
from andon.core.errors import Fault


class Place(msgspec.Struct, frozen=True):
    """Where one segment may stand."""

    least: int = 0
    most: int = 99_999
    inside: "Mapping[str, Place] | None" = {}
    """What may stand in it; None: that is not looked at."""
    needs: tuple[str, ...] = ()
    """Fields without which SAP cannot post it."""
    lengths: Mapping[str, int] = {}
    """Fields whose length is known: as many characters as SAP reads."""


def wrong(known: Mapping[str, Place], body: Mapping[str, Any], at: str = "") -> Iterator[Fault]:
    """Everything that does not fit, segment by segment."""
    for name, part in body.items():
        if not isinstance(part, list | tuple):
            continue
        if name not in known and name.startswith("Z"):
            continue
        if name not in known:
            there = ", ".join(known) or "nothing"
            yield Fault(f"{at}/{name}", f"stands where only {there} may stand")
            continue
        for number, one in enumerate(cast("list[Any]", part)):
            if isinstance(one, Mapping):  # whoever writes it says so of all else
                fields = cast("Mapping[str, Any]", one)
                yield from _wrong_inside(known[name], fields, f"{at}/{name}/{number}")
    for name, place in known.items():
        given = body.get(name, ())
        count = len(cast("list[Any]", given)) if isinstance(given, list | tuple) else 0
        if not place.least <= count <= place.most:
            says = f"stands {count} times, not {place.least} to {place.most}"
            yield Fault(f"{at}/{name}", says)


def _wrong_inside(place: Place, fields: Mapping[str, Any], at: str) -> Iterator[Fault]:
    for field in place.needs:
        if fields.get(field) in (None, ""):
            yield Fault(f"{at}/{field}", "is missing")
    for field, most in place.lengths.items():
        length = _length(fields.get(field))
        if length > most:
            yield Fault(f"{at}/{field}", f"has {length} characters, SAP reads {most}")
    if place.inside is not None:
        yield from wrong(place.inside, fields, at)


def _length(value: Any) -> int:
    """As it is written; what cannot be written is said by whoever writes it."""
    try:
        return len(written(value))
    except ValueError:
        return 0
