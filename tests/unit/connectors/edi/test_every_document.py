"""Every document we name is written, read again as it was, and let pass by readers not ours."""

import re
from textwrap import dedent
from typing import Literal

import msgspec
import pytest

from andon.connectors._folders.rows import Row
from andon.connectors.edi.agreement import Agreement
from andon.connectors.edi.edifact.documents import DOCUMENTS as EDIFACT_DOCUMENTS
from andon.connectors.edi.segments import Element, Segment
from andon.connectors.edi.simulated.edifact import EdifactProgram
from andon.connectors.edi.simulated.program import Came
from andon.connectors.edi.simulated.x12 import X12Program
from andon.connectors.edi.writing import bytes_of, outline_of
from andon.connectors.edi.x12.documents import DOCUMENTS as X12_DOCUMENTS
from andon.core.errors import RejectedError
from tests.unit.connectors.edi import whole
from tests.unit.connectors.edi.mailbox import (
    ACME,
    BETA,
    NOON,
    document,
    edifact,
    refused,
    report,
    rows,
    settings,
    turned,
    x12,
)


class Whole(msgspec.Struct, frozen=True):
    """One document as it is known beforehand: its lines, and how deep each is nested."""

    standard: Literal["x12", "edifact"]
    name: str
    text: str

    @property
    def indented(self) -> list[str]:
        """Its segments, two blanks for each loop around them."""
        return dedent(self.text).strip().splitlines()

    @property
    def lines(self) -> list[str]:
        """Its segments as they stand on the wire, without their end."""
        return [line.strip() for line in self.indented]

    @property
    def segments(self) -> list[list[Element]]:
        """As a request holds them."""
        signs = ("*", ">") if self.standard == "x12" else ("+", ":")
        return [_cut(line, *signs) for line in self.lines]

    @property
    def tree(self) -> list[tuple[int, list[Element], int]]:
        """Depth, segment and place in the message of each."""
        depths = [(len(line) - len(line.lstrip())) // 2 for line in self.indented]
        return [
            (depth, one, at)
            for at, (depth, one) in enumerate(zip(depths, self.segments, strict=True), 2)
        ]

    @property
    def body(self) -> dict[str, object]:
        """A request to a partner."""
        return {"document": self.name, "segments": self.segments}

    @property
    def trailer(self) -> bytes:
        """What ends the message, with its count."""
        return (b"SE*%d*" if self.standard == "x12" else b"UNT+%d+") % (len(self.lines) + 2)


def _cut(line: str, element: str, component: str) -> list[Element]:
    """By hand, so that our own way to cut is seen to agree: a sign after `?` does not cut."""
    release = r"(?<!\?)" if element == "+" else ""
    made: list[Element] = []
    for text in re.split(release + re.escape(element), line):
        parts = [
            re.sub(r"\?(.)", r"\1", one) if release else one
            for one in re.split(release + re.escape(component), text)
        ]
        made.append(parts[0] if len(parts) == 1 else [*parts])
    return made


ALL = [
    *(Whole("x12", name, text) for name, text in whole.X12.items()),
    *(Whole("edifact", name, text) for name, text in whole.EDIFACT.items()),
]
EVERY = pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
OURS = settings(acme=ACME, beta=BETA)
THEIRS = settings(us=turned(ACME), andon=turned(BETA))


def sent(one: Whole) -> bytes:
    """As `send` writes it to the partner."""
    agreed = Agreement("acme", ACME) if one.standard == "x12" else Agreement("beta", BETA)
    return bytes_of([outline_of(one.body, agreed)], agreed, 17, NOON)


def judged(one: Whole, content: bytes) -> Came:
    """What pyx12 or pydifact read of it."""
    program = X12Program() if one.standard == "x12" else EdifactProgram()
    (came,) = program.read(content)
    return came


def tree(segments: list[Segment], depth: int = 0) -> list[tuple[int, list[Element], int]]:
    """What was read, in the form of `Whole.tree`."""
    made: list[tuple[int, list[Element], int]] = []
    for one in segments:
        made.append((depth, [one.tag, *one.elements], one.at))
        made += tree(one.under, depth + 1)
    return made


def test_every_document_is_told_here() -> None:
    assert whole.X12.keys() == X12_DOCUMENTS.keys() - {"TA1"} == whole.GROUPS.keys()
    assert whole.EDIFACT.keys() == EDIFACT_DOCUMENTS.keys()
    assert len(ALL) == 23


@EVERY
def test_what_we_write_is_read_again_as_it_was_with_its_loops(one: Whole) -> None:
    (row, told) = rows(sent(one), THEIRS)
    read = document(row)
    assert (read.document, read.interchange.lstrip("0")) == (one.name, "17")
    assert tree(read.segments) == one.tree
    assert (report(told).report.flaws, report(told).report.oddities) == ([], [])
    (group,) = report(told).report.groups
    assert (group.accepted, group.came, group.flaws) == (1, 1, [])


@EVERY
def test_what_another_hand_wrote_is_read_with_its_loops(one: Whole) -> None:
    if one.standard == "x12":
        content = x12(one.lines, document=one.name, code=whole.GROUPS[one.name])
    else:
        content = edifact(one.lines, document=one.name)
    (row, told) = rows(content, OURS)
    assert document(row).document == one.name
    assert tree(document(row).segments) == one.tree
    assert report(told).report.flaws == []


@EVERY
def test_what_we_write_stands_on_the_wire_sign_by_sign(one: Whole) -> None:
    end = "~" if one.standard == "x12" else "'"
    lines = re.split(rf"(?<!\?){end}\s*", sent(one).decode())
    heads = 3  # ISA GS ST; UNA UNB UNH
    tails = 4 if one.standard == "x12" else 3  # SE GE IEA, UNT UNZ, and nothing after the last
    assert lines[heads:-tails] == one.lines


@EVERY
def test_a_reader_not_ours_takes_what_we_write(one: Whole) -> None:
    came = judged(one, sent(one))
    assert (came.document, came.errors) == (one.name, [])
    assert came.interchange.lstrip("0") == "17"
    if one.standard == "x12":
        assert (came.code, came.group) == (whole.GROUPS[one.name], "17")
        body = ["*".join(map(str, raw)) for raw in came.segments]
        assert body[1 : len(one.lines) + 1] == one.lines
    else:
        assert [*came.segments[: len(one.lines)]] == one.segments


@EVERY
def test_a_reader_not_ours_refuses_a_wrong_count_and_so_do_we(one: Whole) -> None:
    content = sent(one)
    assert content.count(one.trailer) == 1
    wrong = content.replace(one.trailer, b"SE*99*" if one.standard == "x12" else b"UNT+99+")
    assert judged(one, wrong).errors
    (row, _) = rows(wrong, THEIRS)
    assert [flaw.kind for flaw in refused(row).flaws] == ["count"]
    assert refused(row).flaws[0].at == len(one.lines) + 2


@EVERY
def test_one_that_is_cut_is_named_with_its_place_wherever_it_is_cut(one: Whole) -> None:
    content = sent(one)
    end = rb"~\s*" if one.standard == "x12" else rb"(?<!\?)'\s*"
    begins = [found.end() for found in re.finditer(end, content)]
    last = begins.index(content.index(one.trailer))
    for kept in range(1, len(one.lines) + 1):
        (row, told) = rows(content[: begins[last - len(one.lines) + kept]], THEIRS)
        assert isinstance(row, Row)
        (flaw, *_) = refused(row).flaws
        assert (flaw.kind, flaw.at) == ("truncated", kept + 2)
        assert str(flaw).startswith(f"segment {kept + 2} ({flaw.tag})")
        assert str(flaw).endswith(f"it is truncated: {flaw.tag} is missing")
        assert [(s.tag, s.at) for s in refused(row).segments] == [
            (str(segment[0]), n) for n, segment in enumerate(one.segments[:kept], 2)
        ]
        assert "truncated" in [flaw.kind for flaw in report(told).report.flaws]


@EVERY
def test_one_without_its_beginning_is_not_sent(one: Whole) -> None:
    first = one.segments[0][0]
    headless = Whole(one.standard, one.name, "\n".join(one.lines[1:]))
    with pytest.raises(RejectedError, match=rf"segment 1 \({first}\): {first} is missing"):
        sent(headless)
