"""All rounds on one plant, and the comparison of the three systems at rest."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from proof.real.booked import Booked, booked, unfinished
from proof.real.compare import at_rest, differences, strays
from proof.real.confirmed import Confirmation, confirmations
from proof.real.difference import Difference
from proof.real.people import Ordered, People, at_work
from proof.real.plant import Plant, riverside
from proof.real.recorded import Recorded, recorded
from proof.real.rounds import Played, Shot, play
from proof.waiting import until

__all__ = ["Look", "Proven", "prove"]

_REST_WITHIN = 120.0


class Look(msgspec.Struct, frozen=True):
    """The three systems at one moment."""

    said: list[Confirmation]
    books: Booked
    log: Recorded


class Proven(msgspec.Struct, frozen=True):
    """Every round, everything at rest after the last, and what is not as it should be."""

    played: list[Played]
    ordered: list[Ordered]
    look: Look
    found: list[Difference]
    people: list[str]
    """What the people at work stumbled over."""
    line: tuple[int, int]
    """Deliveries of the MES that never reached Andon, and those whose answer was lost."""
    took_s: float


async def prove(
    aims: Sequence[Shot], *, folder: Path, told: Callable[[str], None] = print
) -> Proven:
    """Plays the rounds one after the other on one plant; orders go on being made throughout."""
    began = time.monotonic()
    played: list[Played] = []
    async with riverside(folder) as plant:
        told(f"three systems run after {time.monotonic() - began:.0f} s")
        people = People(plant)
        with at_work(people.make, people.inspect):
            with at_work(people.plan):
                for shot in aims:
                    played.append(await play(shot, plant, people))
                    told(_line(played[-1], time.monotonic() - began))
                    told(_compared(people, await look(plant)))
            try:
                await _rest(plant, people)
            except TimeoutError as error:
                told(f"not everything has come to rest: {error}")  # what is missing is found below
        final = await look(plant)
    ordered = list(people.ordered.values())
    found = [
        *differences(ordered, final.said, final.books, final.log),
        *strays(ordered, final.said, final.books, final.log),
    ]
    line = (len(plant.line.cut), len(plant.line.unanswered))
    return Proven(
        played, ordered, final, found, people.failed, line, round(time.monotonic() - began, 1)
    )


async def look(plant: Plant) -> Look:
    """Andon last: it may know more than the others then, never less."""
    said = await asyncio.to_thread(confirmations, plant.mes_file)
    books = await asyncio.to_thread(booked, plant.erp_file)
    return Look(said, books, await recorded(plant.dsn))


async def _rest(plant: Plant, people: People) -> None:
    async def all_rest() -> bool:
        if unfinished(plant.erp_file):
            return False
        now = await look(plant)
        return now.log.undelivered == 0 and len(_resting(people, now)) == len(people.ordered)

    await until(all_rest, "every order at rest", within=_REST_WITHIN, every=0.3)


def _resting(people: People, now: Look) -> list[Ordered]:
    ordered = list(people.ordered.values())  # the planner adds to them meanwhile
    return [one for one in ordered if at_rest(one, now.said, now.books, now.log)]


def _compared(people: People, now: Look) -> str:
    """What has come to rest so far is compared after every round."""
    resting = _resting(people, now)
    found = differences(resting, now.said, now.books, now.log)
    lines = [f"  {len(resting)} of {len(people.ordered)} orders at rest, {len(found)} differences"]
    return "\n".join([*lines, *(f"  {one.kind}: {one.order}: {one.says}" for one in found)])


def _line(one: Played, at: float) -> str:
    held = ", ".join(one.held) or "nothing"
    return (
        f"round {one.shot.number} at {at:.0f} s: killed {one.shot.kill} ({one.killed}) with held"
        f" {held}; first commit {one.effect_s} s, first completion {one.recovery_s} s after"
    )
