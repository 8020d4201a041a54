"""Lots and where they lie. Matter is kept: nothing is taken that is not there."""

__all__ = ["ImpossibleError", "Lot", "Truth"]

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

import msgspec

from andon.sandbox.truth.facts import (
    Arrived,
    Broke,
    Consumed,
    Counted,
    Fact,
    Finished,
    Left,
    Made,
    Mended,
    Moved,
    Processed,
    Provided,
    Returned,
    Scrapped,
    Serviced,
    Started,
    Strayed,
    Used,
    Wore,
)
from andon.sandbox.truth.genealogy import Genealogy

Hearer = Callable[[Fact], None]


class ImpossibleError(Exception):
    """Nature does not allow it; a fault of whoever simulates."""


class Lot(msgspec.Struct, frozen=True):
    """What it is of, and whether it is good. Nobody can see that without an inspection."""

    lot: str
    material: str
    sound: bool


class Truth:
    """All lots, all places, all facts."""

    def __init__(self) -> None:
        self.lots: dict[str, Lot] = {}
        self.facts: list[Fact] = []
        """Everything that happened, in order."""
        self.broken: set[str] = set()
        """Machines that stand still."""
        self.worn: dict[str, Decimal] = {}
        """Machines that will break if nobody sees to them, and how much they shake, in mm/s."""
        self.genealogy = Genealogy()
        self._lies: dict[tuple[str, str], Decimal] = {}
        self._hearers: list[Hearer] = []

    def tell(self, hearer: Hearer) -> None:
        """From now on the hearer is told each fact, in order."""
        self._hearers.append(hearer)

    def born(self, lot: str, material: str, *, sound: bool) -> Lot:
        """A lot that did not exist before; it lies nowhere yet."""
        if lot in self.lots:
            raise ImpossibleError(f"Lot {lot} exists already")
        self.lots[lot] = Lot(lot, material, sound)
        return self.lots[lot]

    def amount(self, lot: str, place: str) -> Decimal:
        """How much of the lot lies there."""
        return self._lies.get((lot, place), Decimal(0))

    def at(self, place: str, material: str | None = None) -> Iterator[tuple[Lot, Decimal]]:
        """What lies there, oldest lot first."""
        for (lot, where), amount in self._lies.items():
            if where == place and material in (None, self.lots[lot].material):
                yield self.lots[lot], amount

    def everywhere(self) -> Mapping[tuple[str, str], Decimal]:
        """(lot, place) -> amount, for all that exists."""
        return dict(self._lies)

    def happens(self, fact: Fact) -> None:
        """The fact is so from now on. Raises ImpossibleError, and then nothing happened."""
        self._change(fact)
        self.facts.append(fact)
        self.genealogy.hear(fact)
        for hearer in self._hearers:
            hearer(fact)

    def _change(self, fact: Fact) -> None:
        match fact:
            case Arrived():
                self._put(fact.lot, fact.place, fact.quantity)
            case Consumed() | Scrapped() | Left() | Returned() | Used():
                self._take(fact.lot, fact.place, fact.quantity)
            case Processed():
                self._take(fact.lot, fact.place, fact.quantity + fact.scrap)
            case Moved() | Provided():
                self._take(fact.lot, fact.origin, fact.quantity)
                self._put(fact.lot, fact.place, fact.quantity)
            case Strayed():
                self._take(fact.lot, fact.origin, fact.quantity)
                if fact.place:
                    self._put(fact.lot, fact.place, fact.quantity)
            case Made():
                if fact.lot and fact.good:
                    self._put(fact.lot, fact.place, fact.good)
            case Broke() | Serviced():
                self.broken.add(fact.machine)
            case Wore():
                self.worn[fact.machine] = fact.vibration
            case Mended():
                self.broken.discard(fact.machine)
                self.worn.pop(fact.machine, None)
            case Started() | Finished() | Counted():
                pass
            case _:
                raise ImpossibleError(f"Nobody knows what {type(fact).__name__} changes")

    def _put(self, lot: str, place: str, amount: Decimal) -> None:
        if lot not in self.lots:
            raise ImpossibleError(f"Lot {lot} does not exist")
        if amount <= 0:
            raise ImpossibleError(f"{amount} of lot {lot} is no amount")
        self._lies[lot, place] = self.amount(lot, place) + amount

    def _take(self, lot: str, place: str, amount: Decimal) -> None:
        left = self.amount(lot, place) - amount
        if amount <= 0 or left < 0:
            raise ImpossibleError(
                f"{amount} of lot {lot} cannot be taken from {place}: there is"
                f" {self.amount(lot, place)}"
            )
        if left:
            self._lies[lot, place] = left
        else:
            del self._lies[lot, place]
