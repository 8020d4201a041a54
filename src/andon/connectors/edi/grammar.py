"""What is known of one kind of document: its loops, and what it cannot do without."""

__all__ = ["Grammar", "grammar"]

import re
from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec

Loops: TypeAlias = "Mapping[str, Loops]"
"""The segment that begins a loop -> the loops within it."""

_WORDS = re.compile(r"[A-Z0-9]+|[()]")


class Grammar(msgspec.Struct, frozen=True, kw_only=True):
    """Segments that are not named here are taken as they come, into the loop that is open."""

    loops: Loops = {}
    homes: Mapping[str, str] = {}
    """Segments that end loops: each stands in the loop of this name; empty: outside all loops."""
    hierarchy: Literal["", "HL", "CPS"] = ""
    """The loop that says by its first two elements where it hangs."""
    needs: tuple[str, ...] = ()
    """Segments without which the document says nothing."""
    counts: str = ""
    """The segment whose number CTT01, or CNT+2, must say."""
    version: str = ""
    """What is written where the partner's profile says nothing."""
    group: str = ""
    """Functional identifier of an X12 group, `PO`."""


def grammar(
    loops: str,
    *,
    needs: str,
    homes: str = "",
    hierarchy: Literal["", "HL", "CPS"] = "",
    counts: str = "",
    version: str = "",
    group: str = "",
) -> Grammar:
    """A grammar from its short form: loops `N1 PO1(ACK N1)`, homes `CTT AK5=AK2`."""
    at = [part.partition("=") for part in homes.split()]
    return Grammar(
        loops=_loops(loops),
        homes={tag: home for tag, _, home in at},
        hierarchy=hierarchy,
        needs=tuple(needs.split()),
        counts=counts,
        version=version,
        group=group,
    )


def _loops(text: str) -> Loops:
    root: dict[str, Loops] = {}
    open_ones: list[dict[str, Loops]] = [root]
    last: dict[str, Loops] = root
    for word in _WORDS.findall(text):
        match word:
            case "(":
                open_ones.append(last)
            case ")":
                open_ones.pop()
            case _:
                last = {}
                open_ones[-1][word] = last
    return root
