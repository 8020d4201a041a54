"""What is wrong with partners is told at once, and nothing is written that is not agreed."""

from datetime import UTC, datetime

import msgspec
import pytest

from andon.connectors.edi.agreement import Agreement
from andon.connectors.edi.settings import Partner
from andon.connectors.edi.soundness import setting_faults
from andon.connectors.edi.writing import bytes_of, outline_of
from andon.core.errors import RejectedError
from tests.unit.connectors.edi.mailbox import ACME, BETA, settings

NOW = datetime(2025, 11, 25, 12, tzinfo=UTC)
ORDER = [["BEG", "00", "SA", "4711", "", "20251125"], ["PO1", "1", "5", "EA"]]


def changed(**fields: object) -> Partner:
    return msgspec.structs.replace(ACME, **fields)


def faults(partner: Partner) -> list[str]:
    return [fault.at for fault in setting_faults(settings(acme=partner))]


def test_sound_settings_have_no_fault() -> None:
    assert setting_faults(settings(acme=ACME, beta=BETA)) == []


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"id": "X" * 16}, "id"),
        ({"our_id": ""}, "our_id"),
        ({"qualifier": "Z"}, "qualifier"),
        ({"reads": ("999",)}, "reads"),
        ({"versions": {"ORDERS": "D:96A:UN"}}, "versions"),
        ({"element": "A"}, "element"),
        ({"segment": "*"}, "element"),
        ({"interchange_version": "4010"}, "interchange_version"),
        ({"encoding": "utf-16"}, "encoding"),
        ({"encoding": "letters"}, "encoding"),
        ({"time_zone": "Berlin"}, "time_zone"),
        ({"delivery_zone": "Berlin"}, "delivery_zone"),
    ],
)
def test_a_mistake_is_named_by_its_field(fields: dict[str, object], at: str) -> None:
    assert f"partners.acme.{at}" in faults(changed(**fields))


def test_two_partners_of_the_same_ids_cannot_be_told_apart() -> None:
    found = setting_faults(settings(acme=ACME, again=ACME))
    assert [fault.at for fault in found] == ["partners.again.id"]


def test_all_mistakes_are_told_at_once() -> None:
    found = faults(changed(id="", qualifier="", encoding="x", time_zone="y", writes=("1",)))
    assert len(found) == 5


def written(partner: Partner, segments: object, document: str = "850") -> str:
    agreed = Agreement("acme", partner)
    draft = outline_of({"document": document, "segments": segments}, agreed)
    return bytes_of([draft], agreed, 7, NOW).decode(agreed.encoding)


def test_an_interchange_counts_itself() -> None:
    lines = written(ACME, ORDER).split("~\n")
    assert lines[0] == (
        "ISA*00*          *00*          *ZZ*ANDON          *ZZ*ACME           "
        "*251125*1200*U*00401*000000007*0*P*>"
    )
    assert lines[1:3] == ["GS*PO*ANDON*ACME*20251125*1200*7*X*004010", "ST*850*0001"]
    assert lines[5:] == ["CTT*1", "SE*5*0001", "GE*1*7", "IEA*1*000000007", ""]


def test_what_is_agreed_is_what_is_written() -> None:
    partner = changed(
        interchange_version="00501",
        element="|",
        segment="!",
        line_end="",
        mode="test",
        versions={"850": "005010VICS"},
        group_id="ACMEDEPT",
        time_zone="Europe/Berlin",
    )
    text = written(partner, ORDER)
    assert "|251125|1300|^|00501|000000007|0|T|>!GS|PO|ANDON|ACMEDEPT|" in text
    assert "|X|005010VICS!ST|850|0001!BEG|00|SA|4711||20251125!" in text


def test_edifact_releases_its_signs() -> None:
    agreed = Agreement("beta", BETA)
    segments = [["BGM", "220", "PO'1+2", "9"], ["DTM", ["137", "20251125", "102"]]]
    draft = outline_of({"document": "ORDERS", "segments": segments}, agreed)
    text = bytes_of([draft], agreed, 7, NOW).decode()
    assert "BGM+220+PO?'1?+2+9'\nDTM+137:20251125:102'\nUNT+4+7'\nUNZ+1+7'\n" in text


def test_edifact_of_syntax_4_says_the_century_and_repeats() -> None:
    agreed = Agreement("beta", msgspec.structs.replace(BETA, interchange_version="UNOY:4"))
    segments = [["BGM", "220", "1"], ["DTM", ["137", "1", "102"]], ["FTX", [["A"], ["B"]]]]
    draft = outline_of({"document": "ORDERS", "segments": segments}, agreed)
    text = bytes_of([draft], agreed, 7, NOW).decode()
    assert text.startswith("UNA:+.?*'\nUNB+UNOY:4+4000002:14+4000001:14+20251125:1200+7++++1'")
    assert "FTX+A*B'" in text


@pytest.mark.parametrize(
    ("segments", "says"),
    [
        ([["BEG", "00", "SA", "47*11", "", "20251125"], ["PO1"]], "separates here"),
        ([["BEG", "00", "SA", "4711", "", "today"], ["PO1"]], "'today' is no date"),
        ([["BEG", "00", "SA", "4711", "", "20251125"]], "PO1 is missing"),
        ([*ORDER, ["CTT", "9"]], "it says '9' times PO1, there are 1"),
        ([*ORDER, []], "is no segment"),
        ([*ORDER, ["A*", "1"]], "is no tag of a segment"),
        ([*ORDER, ["N1", "ST", ["a", ["b"]]]], "mixes texts with repetitions"),
        ("BEG*00", "is no document"),
    ],
)
def test_what_cannot_be_written_is_refused_before_a_number_is_used(
    segments: object, says: str
) -> None:
    with pytest.raises(RejectedError, match=says.replace("*", r"\*")):
        written(ACME, segments)


def test_a_document_that_is_not_agreed_is_not_sent() -> None:
    with pytest.raises(RejectedError, match="not agreed with acme"):
        written(changed(writes=("940",)), ORDER)
    with pytest.raises(RejectedError, match="not agreed with acme"):
        written(ACME, ORDER, document="810")


def test_letters_an_encoding_lacks_are_refused() -> None:
    order = [["BEG", "00", "SA", "4711", "", "20251125"], ["PO1", "1", "5", "EA"], ["NTE", "", "€"]]
    assert "€" in written(ACME, order)
    with pytest.raises(RejectedError, match="cannot be written in latin-1"):
        written(changed(encoding="latin-1"), order)
