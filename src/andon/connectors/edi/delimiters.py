"""The signs by which an interchange is cut, and how its segments are cut and put together."""

__all__ = ["Delimiters", "UnwritableError", "cut", "joined"]

import re
from functools import lru_cache
from typing import cast

import msgspec

from andon.connectors.edi.segments import Element, Segment, plain, repetitions


class UnwritableError(ValueError):
    """A text holds a sign that cannot be written between these delimiters."""


class Delimiters(msgspec.Struct, frozen=True):
    """One sign each; an empty one is not used."""

    element: str
    component: str
    segment: str
    repetition: str = ""
    release: str = ""
    """The sign after it stands for itself. X12 has none."""
    decimal: str = "."

    @property
    def signs(self) -> str:
        """All that a text cannot hold unreleased."""
        return self.element + self.component + self.segment + self.repetition + self.release


def cut(text: str, signs: Delimiters, at: int = 0) -> Segment:
    """One segment without its end."""
    if signs.release and signs.release in text:
        return _cut_released(text, signs, at)
    tag, *elements = text.split(signs.element)
    read = [_element(element, signs) for element in elements]
    while read and read[-1] == "":
        read.pop()
    return Segment(tag, read, at)


def _element(text: str, signs: Delimiters) -> Element:
    repeated = signs.repetition and signs.repetition in text
    if not repeated and signs.component not in text:
        return text
    parts = text.split(signs.repetition) if repeated else [text]
    return plain([part.split(signs.component) for part in parts])


def _cut_released(text: str, signs: Delimiters, at: int) -> Segment:
    """Sign by sign: a released one never cuts."""
    elements: list[list[list[str]]] = [[[""]]]
    piece: list[str] = []

    def end() -> None:
        elements[-1][-1][-1] = "".join(piece)
        piece.clear()

    released = False
    for sign in text:
        if released or sign not in signs.signs:
            piece.append(sign)
            released = False
        elif sign == signs.release:
            released = True
        elif sign == signs.element:
            end()
            elements.append([[""]])
        elif sign == signs.component:
            end()
            elements[-1][-1].append("")
        else:
            end()
            elements[-1].append([""])
    end()
    tag, *read = [plain(element) for element in elements]
    while read and read[-1] == "":
        read.pop()
    return Segment(tag if isinstance(tag, str) else str(tag), read, at)


def joined(segment: Segment, signs: Delimiters) -> str:
    """The segment with its end. Raises UnwritableError."""
    if all(isinstance(one, str) for one in segment.elements):
        whole = signs.element.join([segment.tag, *cast("list[str]", segment.elements)])
        # As most are: texts that hold no sign which separates.
        if whole.count(signs.element) == len(segment.elements) and not _others(signs).search(whole):
            return whole.rstrip(signs.element) + signs.segment
    elements = [_written(one, segment, n, signs) for n, one in enumerate(segment.elements, 1)]
    while elements and not elements[-1]:
        elements.pop()
    return signs.element.join([segment.tag, *elements]) + signs.segment


@lru_cache(64)
def _others(signs: Delimiters) -> re.Pattern[str]:
    """All signs but the one between elements."""
    return re.compile(
        f"[{re.escape(signs.component + signs.segment + signs.repetition + signs.release)}]"
    )


def _written(element: Element, segment: Segment, number: int, signs: Delimiters) -> str:
    if isinstance(element, str) and not any(sign in element for sign in signs.signs):
        return element
    parts = repetitions(plain(repetitions(element)))
    place = f"{segment.tag} element {number}"
    if len(parts) > 1 and not signs.repetition:
        raise UnwritableError(f"{place} repeats, and no sign separates repetitions here")
    return signs.repetition.join(
        signs.component.join(_safe(text, place, signs) for text in part) for part in parts
    )


def _safe(text: str, place: str, signs: Delimiters) -> str:
    out: list[str] = []
    for sign in text:
        if sign not in signs.signs:
            out.append(sign)
        elif signs.release:
            out.append(signs.release + sign)
        else:
            raise UnwritableError(f"{place}: {text!r} holds {sign!r}, which separates here")
    return "".join(out)
