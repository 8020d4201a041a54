"""Doors: what is pushed becomes items, what is offered is fetched and acknowledged."""

__all__ = ["KNOCKING", "acknowledge", "bad_push", "offer", "push"]

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from andon.core.connector import (
    Acknowledge,
    Acknowledgment,
    Arrival,
    Connector,
    Item,
    Offer,
    Offered,
    Push,
)
from andon.core.counterpart import Fetches, Pushes
from andon.core.errors import AndonError
from andon.core.faults import UNREADABLE
from andon.testing.conformance.check import check, promise
from andon.testing.conformance.trial import Trial


@check(counterpart=Pushes)
async def push(trial: Trial) -> None:
    """What is pushed becomes items; a repeated post has the same keys, no two posts share one."""
    pushes = cast("Pushes", trial.counterpart)
    keys: list[str] = []
    for arrival, text in pushes.arrivals(4):
        first = _items(trial.made(), arrival, text)
        again = _items(trial.made(), arrival, text)
        promise(
            [item.key for item in first] == [item.key for item in again],
            f"the post of {text} had the key {first[0].key} and has {again[0].key} when repeated",
        )
        for item in first:
            _well_formed(item)
        keys += {item.key for item in first}
    promise(len(keys) == len(set(keys)), f"several posts share a key: {sorted(keys)}")


@check(counterpart=Pushes)
async def bad_push(trial: Trial) -> None:
    """A post that must not get in is refused at every door, before anything is kept of it."""
    bad = cast("Pushes", trial.counterpart).bad_arrival()
    for door in trial.made().doors():
        if isinstance(door, Push):
            try:
                items = door.items(bad)
            except AndonError as error:
                promise(str(error), "it is refused without a word")
                trial.words.append(str(error))
            else:
                promise(None, f"{door.path} let it in as {[item.key for item in items]}")


@check(counterpart=Fetches)
async def offer(trial: Trial) -> None:
    """An offer shows what is pending and nothing else."""
    fetches = cast("Fetches", trial.counterpart)
    offers = [door for door in trial.made().doors() if isinstance(door, Offer)]
    promise(offers, "they fetch, and no door offers anything")
    names = [trial.effect(), trial.effect()]
    pending = [Offered(name, fetches.wanted(name)) for name in names]
    for door in offers:
        shown = door.render(fetches.ask(), pending)
        empty = door.render(fetches.ask(), [])
        for name in names:
            promise(name.encode() in shown, f"{door.path} does not show {name}: {shown[:300]!r}")
            promise(name.encode() not in empty, f"{door.path} shows {name}, which is not pending")
        for answer in (shown, empty) if door.media == "application/json" else ():
            promise(_is_json(answer), f"{door.path} answers no JSON: {answer[:300]!r}")


@check(counterpart=Fetches)
async def acknowledge(trial: Trial) -> None:
    """An acknowledgment names what was offered."""
    fetches = cast("Fetches", trial.counterpart)
    doors = [door for door in trial.made().doors() if isinstance(door, Acknowledge)]
    promise(doors, "they acknowledge, and no door hears it")
    name = trial.effect()
    said = [one for door in doors if (one := _read(door, fetches.acknowledge(name))) is not None]
    promise(any(one.names == name for one in said), f"{name} was acknowledged, we heard {said}")


def _items(connector: Connector[Any], arrival: Arrival, text: str) -> Sequence[Item]:
    """What the door makes of it whose items hold the text."""
    refused: list[str] = []
    for door in connector.doors():
        if isinstance(door, Push):
            try:
                items = door.items(arrival)
            except AndonError as error:
                refused.append(str(error))
                continue
            if any(text.encode() in item.raw for item in items):
                return items
    promise(None, f"no door takes the post of {text}: {refused}")
    return ()


def _read(door: Acknowledge, arrival: Arrival) -> Acknowledgment | None:
    try:
        return door.read(arrival)
    except (AndonError, KeyError):  # another door's path has other parts
        return None


def _well_formed(item: Item) -> None:
    promise(_is_json(item.raw), f"{item.kind} {item.key} is no JSON: {item.raw[:200]!r}")
    at = item.occurred_at
    promise(
        at is None or at.utcoffset() is not None,
        f"{item.kind} {item.key} happened at {at}, nobody knows in which zone",
    )


def _is_json(raw: bytes) -> bool:
    try:
        msgspec.json.decode(raw)
    except UNREADABLE:
        return False
    return True


KNOCKING = (push, bad_push, offer, acknowledge)
