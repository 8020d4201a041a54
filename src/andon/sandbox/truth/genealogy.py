"""Genealogy: what went into what, as it happens."""

__all__ = ["Genealogy", "family", "made_of"]

from collections.abc import Iterable, Mapping, Set

from andon.sandbox.truth.facts import Consumed, Fact, Finished, Made


class Genealogy:
    """Kept up with each fact: in a long run there are too many to go through for a question."""

    def __init__(self) -> None:
        self.made: dict[str, set[str]] = {}
        """Lot -> lots that orders made after they took from it."""
        self._parts: dict[str, set[str]] = {}
        self._went_in: dict[str, set[str]] = {}
        self._took: dict[str, set[str]] = {}
        self._in_hand: set[str] = set()

    def hear(self, fact: Fact) -> None:
        """The next fact, in order."""
        match fact:
            case Consumed():
                self._went_in.setdefault(fact.order, set()).add(fact.lot)
                self._took.setdefault(fact.lot, set()).add(fact.order)
                self._in_hand.add(fact.order)
            case Finished():
                self._in_hand.discard(fact.order)
            case Made(lot=lot) if lot:
                for part in self._went_in.get(fact.order, ()):
                    self.made.setdefault(part, set()).add(lot)
                    self._parts.setdefault(lot, set()).add(part)
            case _:
                pass

    def containing(self, lot: str) -> set[str]:
        """All that was made of it, over as many steps as there are."""
        return family(lot, self.made) - {lot}

    def parts(self, lot: str) -> Set[str]:
        """The lots it was made of, in one step."""
        return self._parts.get(lot, set())

    def all_made(self, lot: str) -> bool:
        """Whether no order that took from it is in hand any more."""
        return self._in_hand.isdisjoint(self._took.get(lot, ()))


def made_of(facts: Iterable[Fact]) -> Mapping[str, set[str]]:
    """Lot -> lots that orders made after they took from it."""
    known = Genealogy()
    for fact in facts:
        known.hear(fact)
    return known.made


def family(lot: str, made: Mapping[str, set[str]], without: Set[str] = frozenset()) -> set[str]:
    """The lot, and all that was made of it, over as many steps as there are; but those left out and
    what was made of these alone."""
    found, open_ = {lot}, [lot]
    while open_:
        for child in made.get(open_.pop(), set()) - found - without:
            found.add(child)
            open_.append(child)
    return found
