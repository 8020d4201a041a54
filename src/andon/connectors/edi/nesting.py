"""Segments become loops: by the grammar of the document, and by what HL and CPS say."""

__all__ = ["nested"]

from collections.abc import Iterable, Mapping

import msgspec

from andon.connectors.edi.grammar import Grammar, Loops
from andon.connectors.edi.segments import Flaw, Segment

_PARTY = {"N2", "N3", "N4", "NX2", "REF", "PER", "SI", "FOB"}
_ONLY: Mapping[str, set[str]] = {
    "N1": _PARTY,
    "NAD": {"FII", "DTM", "DOC"},
    "CTA": {"COM"},
    "G61": set(),
    "L11": set(),
    "AT7": {"MS1", "MS2", "M7"},
}
"""Loops that end with the first segment that is not theirs; others end with the next loop."""

_DEEPEST = 24
"""Far deeper than shipment, order, tare, pack and item."""


class _Open(msgspec.Struct):
    """A loop that is open: its first segment, and which loops may begin in it."""

    segment: Segment
    loops: Loops
    depth: int


def nested(segments: Iterable[Segment], rules: Grammar) -> tuple[list[Segment], list[Flaw]]:
    """The document as a tree, and what is wrong with its hierarchy."""
    root = _Open(Segment(""), rules.loops, 0)
    way: list[_Open] = [root]
    levels: dict[str, _Open] = {}
    flaws: list[Flaw] = []
    for one in segments:
        segment = Segment(one.tag, one.elements, one.at, [])
        if segment.tag == rules.hierarchy:
            _hang(segment, root, levels, way, rules, flaws)
            continue
        if segment.tag in rules.homes:
            home = rules.homes[segment.tag]
            while len(way) > 1 and way[-1].segment.tag != home:
                way.pop()
        for n in range(len(way) - 1, -1, -1):
            if segment.tag in way[n].loops and segment.tag not in rules.homes:
                del way[n + 1 :]
                inner = _Open(segment, way[n].loops[segment.tag], way[n].depth + 1)
                way[n].segment.under.append(segment)
                way.append(inner)
                break
        else:
            while segment.tag not in _ONLY.get(way[-1].segment.tag, {segment.tag}):
                way.pop()
            way[-1].segment.under.append(segment)
    return root.segment.under, flaws


def _hang(
    segment: Segment,
    root: _Open,
    levels: dict[str, _Open],
    way: list[_Open],
    rules: Grammar,
    flaws: list[Flaw],
) -> None:
    """Under the level it names. Where there is none it stays outside, and that is told."""
    name, parent = segment.text(1), segment.text(2)
    above = levels.get(parent) if parent else root

    def told(says: str, element: int, text: str) -> None:
        flaws.append(Flaw("hierarchy", says, segment.at, segment.tag, element, 0, text))

    if not name:
        told("it has no number", 1, "")
    elif name in levels:
        told(f"{segment.tag} {name} is there already", 1, name)
    if above is None:
        told(f"it hangs under {segment.tag} {parent}, which did not come before it", 2, parent)
        above = root
    elif above.depth >= _DEEPEST:
        told(f"it is nested deeper than {_DEEPEST} levels", 2, parent)
        above = root
    here = _Open(segment, rules.loops[rules.hierarchy], above.depth + 1)
    above.segment.under.append(segment)
    levels.setdefault(name, here)
    way[:] = [root, here]
