"""Why interchanges are cut by our own hand (docs/decisions/0009): where the libraries lose data.

If one of these fails because a library became better, the decision may be taken anew.
"""

import io
from collections.abc import Callable

import pytest
from pydifact.control.characters import Characters
from pydifact.exceptions import EDISyntaxError
from pydifact.parser import Parser
from pydifact.tokenizer import Tokenizer
from pyx12.errors import X12Error
from pyx12.x12file import X12Reader

from andon.connectors._folders.rows import Row
from tests.unit.connectors.edi.mailbox import ACME, BETA, edifact, rows, settings, x12

BSN = "BSN*00*S-1*20251125*1200"
WHOLE = x12([BSN, "HL*1**S"], document="856", code="SH")


def _ours(content: bytes) -> int:
    """How many messages we see, sound or not."""
    found = rows(content, settings(acme=ACME, beta=BETA))
    return sum(isinstance(row, Row) and row.kind != "edi.report" for row in found)


def _pyx12(content: bytes) -> int:
    return sum(one.get_seg_id() == "SE" for one in X12Reader(io.StringIO(content.decode())))


@pytest.mark.parametrize(
    ("content", "there"),
    [
        (WHOLE.replace(b"HL*1", b"~HL*1") + WHOLE, 2),
        (WHOLE.replace(b"HL*1", b"NTE**" + b"x" * 20_000 + b"~HL*1"), 1),
        (WHOLE + WHOLE.translate(bytes.maketrans(b"*~>", b"|!:")), 2),
    ],
    ids=["an empty segment", "a segment of 20 kB", "a second interchange of other signs"],
)
def test_pyx12_ends_in_silence_and_we_do_not(content: bytes, there: int) -> None:
    assert _pyx12(content) < there
    assert _ours(content) == there


def test_pyx12_refuses_versions_and_widths_that_partners_send() -> None:
    for content in (WHOLE.replace(b"*00401*", b"*00400*"), WHOLE.replace(b"      *ZZ", b"*ZZ")):
        with pytest.raises(X12Error):
            _pyx12(content)
        assert _ours(content) == 1


def _pydifact(content: bytes) -> list[object]:
    return list(Parser().parse(content.decode()))


ORDER = edifact(["BGM+220+PO-1+9", "DTM+137:20251125:102"], document="ORDERS")


@pytest.mark.parametrize(
    "damage",
    [lambda c: c.replace(b"DTM+", b"dtm+"), lambda c: c + c],
    ids=["a tag that is none", "two interchanges with UNA"],
)
@pytest.mark.filterwarnings("ignore")
def test_pydifact_gives_up_and_we_do_not(damage: Callable[[bytes], bytes]) -> None:
    content = damage(ORDER)
    with pytest.raises((EDISyntaxError, ValueError)):
        _pydifact(content)
    assert _ours(content) >= 1


def test_pydifact_reads_no_repetitions() -> None:
    tokens = Tokenizer().get_tokens("FTX+AAA*BBB+a'", Characters.from_str("UNA:+.?*'"))
    (raw,) = Parser().convert_tokens_to_raw_segments(tokens)
    assert raw == ["FTX", "AAA*BBB", "a"]
