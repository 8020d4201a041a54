"""Whether settings and services agree: every mistake is found when the connection is opened."""

__all__ = ["agreement_faults", "own_faults"]

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from andon.connectors.odata.calls import called
from andon.connectors.odata.catalogue import Catalogue, Place, nearest
from andon.connectors.odata.metadata import EntityType
from andon.connectors.odata.settings import Action, Feed, ODataSettings
from andon.core.errors import DefectError, Fault

SHORTEST_STAMP = 12
_WORDS = {
    "and", "or", "not", "eq", "ne", "gt", "ge", "lt", "le", "add", "sub", "mul", "div", "mod",
    "true", "false", "null", "asc", "desc", "in", "has",
}  # fmt: skip
_TEXT = re.compile(r"(?:\b(?:datetimeoffset|datetime|time|guid|binary|duration)\s*)?'(?:[^']|'')*'")
_NAME = re.compile(r"(?<![\w$@.:-])[A-Za-z_]\w*(?:/[A-Za-z_]\w*)*(?![\w(])")


def own_faults(settings: ODataSettings) -> Iterator[Fault]:
    """Mistakes that can be seen without asking anybody."""
    if not settings.url.startswith(("http://", "https://")):
        yield Fault("url", f"{settings.url!r} is no http address. Write http:// or https://.")
    if settings.auth is not None and settings.token is not None:
        yield Fault("token", "is a second way to sign in beside auth; keep one")
    if settings.page_size < 1:
        yield Fault("page_size", "must be 1 or more")
    if settings.client and not re.fullmatch(r"\d{3}", settings.client):
        yield Fault("client", f"{settings.client!r} is no client; write its three digits")
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield Fault("time_zone", f"{settings.time_zone!r} is no time zone; write Europe/Berlin")
    kinds: set[str] = set()
    for number, feed in enumerate(settings.feeds):
        kind = feed.kind or feed.entity_set
        if kind in kinds:
            yield Fault(f"feeds[{number}].kind", f"{kind!r} is the kind of two feeds")
        kinds.add(kind)
        if feed.follow == "delta" and settings.version == 2:
            yield Fault(f"feeds[{number}].follow", "delta links are OData 4's; use changed")


def agreement_faults(settings: ODataSettings, catalogue: Catalogue) -> Iterator[Fault]:
    """What the settings name and the services do not have, each with what is near it."""
    for number, feed in enumerate(settings.feeds):
        yield from _of_feed(f"feeds[{number}]", feed, catalogue)
    for number, action in enumerate(settings.actions):
        yield from _of_action(f"actions[{number}]", action, catalogue)


def _of_feed(at: str, feed: Feed, catalogue: Catalogue) -> Iterator[Fault]:
    place = catalogue.place(feed.entity_set)
    if isinstance(place, Fault) or place.kind is None:
        says = place.says if isinstance(place, Fault) else f"{feed.entity_set!r} is no entity set"
        yield Fault(f"{at}.entity_set", says)
        return
    kind = place.kind
    changed = [feed.changed] if feed.follow == "changed" else []
    for name, fields in (("key", feed.key), ("changed", changed)):
        for field in fields:
            if field not in kind.properties:
                yield _no_field(f"{at}.{name}", field, kind)
    for way in feed.expand:
        if _end(catalogue, place, way) is None:
            yield _no_field(f"{at}.expand", way, kind)
    for name, fields in (
        ("select", feed.select),
        ("filter", _names(feed.filter)),
        ("open", _names(feed.open)),
    ):
        for field in fields:
            if not _is_known(catalogue, place, field):
                yield _no_field(f"{at}.{name}", field, kind)


def _of_action(at: str, action: Action, catalogue: Catalogue) -> Iterator[Fault]:
    try:
        call = called(action.target, catalogue)
    except DefectError as error:
        yield Fault(f"{at}.target", str(error))
        return
    kind = call.place.kind
    if call.place.function is not None:
        changed = catalogue.set_of(call.place.service, call.place.function.acts_on)
        kind = None if changed is None else changed.kind
    if kind is None:
        if action.stamp or action.holds or action.reference:
            yield Fault(f"{at}.target", "has no entity in which anything could be found")
        return
    named = [("stamp", action.stamp)] if action.stamp else []
    named += [("holds", field) for field in action.holds]
    named += [("today", field) for field in action.today]
    named += [("reference", field) for field in action.reference]
    for name, field in named:
        if field not in kind.properties:
            yield _no_field(f"{at}.{name}", field, kind)
    stamp = kind.properties.get(action.stamp)
    if stamp is not None and stamp.type != "Edm.String":
        yield Fault(f"{at}.stamp", f"{action.stamp} is no text but {stamp.type}")
    elif stamp is not None and (stamp.max_length or SHORTEST_STAMP) < SHORTEST_STAMP:
        yield Fault(
            f"{at}.stamp",
            f"{action.stamp} holds {stamp.max_length} characters;"
            f" fewer than {SHORTEST_STAMP} cannot tell our keys apart",
        )


def _no_field(at: str, field: str, kind: EntityType) -> Fault:
    known = (*kind.properties, *kind.navigations)
    return Fault(at, f"{field!r} is no field of {kind.name}{nearest(field, known)}")


def _is_known(catalogue: Catalogue, place: Place, field: str) -> bool:
    if place.kind is not None and field in place.kind.properties:
        return True
    way, _, last = field.rpartition("/")
    if not way:
        return _end(catalogue, place, field) is not None or field == "*"
    end = _end(catalogue, place, way)
    return end is not None and (last in end.properties or last == "*" or last in end.navigations)


def _end(catalogue: Catalogue, place: Place, way: str) -> EntityType | None:
    """Where a way of one or more steps leads."""
    here: Place = place
    kind: EntityType | None = None
    for step in way.split("/"):
        kind = catalogue.target(here, step.partition("(")[0])
        if kind is None:
            return None
        here = Place(place.service, step, kind)
    return kind


def _names(condition: str) -> list[str]:
    """Fields a filter names; functions and lambdas are left to the system to judge."""
    bare = _TEXT.sub(" ", condition)
    if ":" in bare:
        return []
    return [name for name in _NAME.findall(bare) if name.lower() not in _WORDS]
