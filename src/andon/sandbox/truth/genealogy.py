"""Genealogy: which lots were made of which."""

__all__ = ["family", "made_of", "went_into"]

from collections.abc import Iterable, Mapping

from andon.sandbox.truth.facts import Consumed, Fact, Made


def made_of(facts: Iterable[Fact]) -> Mapping[str, set[str]]:
    """Lot -> lots that orders made after they took from it."""
    went_in: dict[str, set[str]] = {}
    made: dict[str, set[str]] = {}
    for fact in facts:
        match fact:
            case Consumed():
                went_in.setdefault(fact.order, set()).add(fact.lot)
            case Made(lot=lot) if lot:
                for part in went_in.get(fact.order, ()):
                    made.setdefault(part, set()).add(lot)
            case _:
                pass
    return made


def family(lot: str, made: Mapping[str, set[str]]) -> set[str]:
    """The lot, and all that was made of it, over as many steps as there are."""
    found, open_ = {lot}, [lot]
    while open_:
        for child in made.get(open_.pop(), set()) - found:
            found.add(child)
            open_.append(child)
    return found


def went_into(lot: str, made: Mapping[str, set[str]]) -> set[str]:
    """The lots it was made of, in one step."""
    return {part for part, lots in made.items() if lot in lots}
