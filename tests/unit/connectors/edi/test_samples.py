"""Documents of other projects: what is sound is read, what is not is named with its place."""

from pathlib import Path

import pytest

from andon.connectors._folders.rows import Row
from andon.connectors.edi.documents import REFUSED, REPORT
from andon.connectors.edi.settings import EdiSettings, Partner
from tests.unit.connectors.edi.mailbox import broken, document, refused, report, rows

SAMPLES = Path(__file__).parents[3] / "samples" / "edi"

PAIRS = [
    ("08", "9254110060", "ZZ", "123456789"),
    ("ZZ", "ABCDEFGHIJKLMNO", "ZZ", "123456789012345"),
    ("ZZ", "SENDER", "ZZ", "RECEIVER"),
    ("16", "SENDER1", "14", "RECEIVER1"),
    ("08", "925119TEST", "ZZ", "TESTTPLEDI"),
    ("ZZ", "YOUR-ID-HERE", "ZZ", "WAQE"),
    ("ZZ", "ReceiverID", "ZZ", "Sender"),
]
PARTNERS = {
    f"x{n}": Partner(
        standard="x12",
        qualifier=one,
        id=two,
        our_qualifier=three,
        our_id=four,
        mode="test" if two == "SENDER1" else "production",
    )
    for n, (one, two, three, four) in enumerate(PAIRS)
} | {
    "shop": Partner(
        standard="edifact", qualifier="8", id="12345678", our_qualifier="ZZ", our_id="WBDZDD"
    ),
    "grid": Partner(
        standard="edifact",
        qualifier="500",
        id="9900080000007",
        our_qualifier="500",
        our_id="990000000000X",
    ),
}
SETTINGS = EdiSettings(folder="/nowhere", partners=PARTNERS)

SOUND = {
    "x12/824_apimeister.edi": ["824"],
    "x12/856_gozer.edi": ["856"],
    "x12/940_0_apimeister.edi": ["940"],
    "x12/940_2_apimeister.edi": ["940"],
    "x12/940_4_apimeister.edi": ["940"],
    "x12/997_multiple-interchanges_staedi.edi": ["997", "997", "997"],
    "edifact/ORDERS_pydifact.edi": ["ORDERS"],
}
FAULTY = {
    "x12/850_gozer.edi": "segment 21 (SE), element 1: it says '33' segments, there are 21",
    "x12/856_0_apimeister.edi": "segment 3 (SE), element 1: it says '4' segments, there are 3",
    "x12/856_2_apimeister.edi": "segment 10 (DTM), element 2: '200' is no date",
    "x12/856_4_apimeister.edi": "segment 18 (SE), element 1: it says '15' segments, there are 18",
    "x12/945_0_apimeister.edi": "segment 16 (SE), element 1: it says '12' segments, there are 16",
    "x12/997_invalid_staedi.edi": "segment 5 (AK4), element 2: '66 NON NUMERIC' is no number",
    "edifact/ORDRSP_EDI.Net.edi": "segment 31 (UNT), element 1: it says '17' segments",
}
BROKEN = {
    "edifact/ORDERS_conforming_edifact-rs.edi": "stands where an interchange begins",
    "edifact/ORDERS_malformed_edifact-rs.edi": "stands where an interchange begins",
}


def test_every_sample_is_told_here() -> None:
    there = {str(file.relative_to(SAMPLES)) for file in SAMPLES.glob("*/*.edi") if file.is_file()}
    assert there == SOUND.keys() | FAULTY.keys() | BROKEN.keys()


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_message_is_read(name: str) -> None:
    found = rows((SAMPLES / name).read_bytes(), SETTINGS)
    kinds = [row.kind for row in found if isinstance(row, Row)]
    assert [kind for kind in kinds if kind != REPORT] == SOUND[name]
    assert kinds.count(REPORT) == len(found) - len(SOUND[name])


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_message_is_named_with_its_place_and_kept(name: str) -> None:
    found = rows((SAMPLES / name).read_bytes(), SETTINGS)
    (one,) = [refused(row) for row in found if isinstance(row, Row) and row.kind == REFUSED]
    assert any(str(flaw).startswith(FAULTY[name]) for flaw in one.flaws), one.flaws
    assert one.segments


@pytest.mark.parametrize("name", BROKEN)
def test_a_message_without_an_interchange_is_not_guessed_at(name: str) -> None:
    (one,) = rows((SAMPLES / name).read_bytes(), SETTINGS)
    assert BROKEN[name] in broken(one).says


def test_envelopes_that_disagree_are_told_and_their_messages_read() -> None:
    found = rows((SAMPLES / "x12/940_0_apimeister.edi").read_bytes(), SETTINGS)
    said = report(found[-1]).report
    assert [str(flaw) for flaw in said.flaws] == [
        "control number '3317     ' is not '000003438', by which it began"
    ]
    assert [str(flaw) for flaw in said.groups[0].flaws] == [
        "control number '575103' is not '3317', by which it began"
    ]


def test_an_isa_of_other_widths_is_read_and_told() -> None:
    found = rows((SAMPLES / "x12/945_0_apimeister.edi").read_bytes(), SETTINGS)
    assert report(found[-1]).report.oddities == ["ISA has 76 characters, not 106"]


def test_the_hierarchy_of_a_ship_notice_is_kept() -> None:
    (notice, _) = rows((SAMPLES / "x12/856_gozer.edi").read_bytes(), SETTINGS)
    (shipment,) = document(notice).all("HL")
    (order,) = shipment.all("HL")
    assert order.first("PRF").text(1) == "99999817"
    assert [one.first("SN1").text(2) for one in order.all("HL")] == ["24", "6"]
    assert [one.text(1) for one in shipment.all("N1")] == ["SH", "OB", "SF"]


def test_a_warehouse_order_keeps_parties_head_and_lines_apart() -> None:
    (order, _) = rows((SAMPLES / "x12/940_0_apimeister.edi").read_bytes(), SETTINGS)
    read = document(order)
    assert [one.tag for one in read.segments] == [
        "W05", "N1", "N1", "N1", "N9", "G62", "G62", "NTE", "W66", "LX", "LX", "LX", "W76"
    ]  # fmt: skip
    assert [one.first("W01").text(1) for one in read.all("LX")] == ["12", "32", "12"]
