"""Interchanges that are cut, doubled, mixed or wrong: one bad message costs one message."""

import msgspec
import pytest

from andon.connectors._folders.rows import Broken, Row
from andon.connectors.edi.documents import REFUSED, REPORT
from tests.unit.connectors.edi.mailbox import (
    ACME,
    BETA,
    broken,
    document,
    edifact,
    refused,
    report,
    rows,
    settings,
    x12,
)

BSN = "BSN*00*S-1*20251125*1200"
SHIPMENT = [BSN, "HL*1**S", "HL*2*1*O", "PRF*4711", "CTT*2"]


def notice(*lines: str, control: int = 1) -> bytes:
    return x12(lines, document="856", code="SH", control=control)


def flaws(*lines: str) -> list[str]:
    (one, _) = rows(notice(*lines))
    return [str(flaw) for flaw in refused(one).flaws]


def test_what_a_message_says_of_itself_is_kept() -> None:
    (one, told) = rows(notice(*SHIPMENT, control=42))
    read = document(one)
    assert (read.partner, read.document, read.version) == ("acme", "856", "004010")
    assert (read.interchange, read.group, read.control) == ("000000042", "42", "0001")
    assert isinstance(one, Row)
    assert one.key == "acme/000000042/42/0001"
    assert read.digest == report(told).digest


def test_a_bad_message_between_good_ones_costs_itself_alone() -> None:
    whole = notice(*SHIPMENT).decode()
    begin, end = whole.index("ST*"), whole.index("GE*")
    first = whole[begin:end]
    second = first.replace("*0001~", "*0002~").replace("20251125", "20259999")
    third = first.replace("*0001~", "*0003~")
    tail = whole[end:].replace("GE*1*", "GE*3*")
    found = rows((whole[:begin] + first + second + third + tail).encode())
    assert [row.kind for row in found if isinstance(row, Row)] == ["856", REFUSED, "856", REPORT]
    assert str(refused(found[1]).flaws[0]) == "segment 2 (BSN), element 3: '20259999' is no date"
    (group,) = report(found[3]).report.groups
    assert (group.came, group.accepted, group.said) == (3, 2, 3)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["HL*1**S"], "segment 1 (BSN): BSN is missing"),
        (["BSN*00**20251125*1200"], "segment 2 (BSN), element 2: it is missing"),
        (["BSN*000*S-1*20251125*1200"], "segment 2 (BSN), element 1: '000' is longer than 2"),
        (["BSN*00*S-1*20251125*2560"], "segment 2 (BSN), element 4: '2560' is no time"),
        ([BSN, "HL*1**S", "HL*2*9*O"],
         "segment 4 (HL), element 2: it hangs under HL 9, which did not come before it"),
        ([BSN, "HL*1**S", "HL*1**S"], "segment 4 (HL), element 1: HL 1 is there already"),
        ([BSN, "HL*1*1*S"],
         "segment 3 (HL), element 2: it hangs under HL 1, which did not come before it"),
        ([BSN, "HL*1**S", "SN1**many*EA"], "segment 4 (SN1), element 2: 'many' is no number"),
        ([BSN, "HL*1**S", "CTT*7"],
         "segment 4 (CTT), element 1: it says '7' times HL, there are 1"),
        ([BSN, "", "HL*1**S"], "segment 3 (): '' is no segment"),
        ([BSN, "hl*1**S"], "segment 3 (hl): 'hl' is no segment"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_segment_and_element(lines: list[str], says: str) -> None:
    assert says in flaws(*lines)


def test_a_hierarchy_that_never_ends_is_refused() -> None:
    levels = [f"HL*{n}*{n - 1 or ''}*P" for n in range(1, 2000)]
    assert "nested deeper than 24 levels" in " ".join(flaws(BSN, *levels))


def test_a_file_that_is_cut_gives_what_is_whole() -> None:
    whole = notice(*SHIPMENT) + notice(*SHIPMENT, control=2)
    for length in range(len(whole)):
        found = rows(whole[:length])
        kinds = [row.kind for row in found if isinstance(row, Row)]
        if length > len(whole) // 2:
            assert kinds[0] == "856"
        assert all(isinstance(row, Row) for row in found[:-1])
    cut = rows(whole[: whole.index(b"SE*7")])
    assert "it is truncated: SE is missing" in str(refused(cut[0]).flaws[0])
    assert "IEA is missing" in str(report(cut[1]).report.flaws[0])


def test_interchanges_cut_by_other_signs_may_follow_each_other() -> None:
    other = notice(*SHIPMENT, control=2).translate(bytes.maketrans(b"*~>", b"|!:"))
    orders = edifact(["BGM+220+PO-1+9", "DTM+137:20251125:102"], document="ORDERS")
    found = rows(notice(*SHIPMENT) + other + orders, settings(acme=ACME, beta=BETA))
    assert [row.kind for row in found if isinstance(row, Row)] == [
        "856", REPORT, "856", REPORT, "ORDERS", REPORT
    ]  # fmt: skip


def test_what_stands_between_interchanges_is_named_and_ends_the_reading() -> None:
    (_, _, last) = rows(notice(*SHIPMENT) + b"From: acme\n" + notice(*SHIPMENT, control=2))
    assert broken(last).says.startswith("b'From: acme")
    assert broken(last).line == 12


def test_somebody_unknown_is_refused_and_kept() -> None:
    (one, _) = rows(notice(*SHIPMENT).replace(b"*ACME   ", b"*NOBODY "))
    assert "nobody in `partners` is ZZ:NOBODY" in str(refused(one).flaws[0])
    assert refused(one).segments


def test_a_test_is_no_news_for_production() -> None:
    (one, _) = rows(notice(*SHIPMENT).replace(b"*P*>", b"*T*>"))
    assert str(refused(one).flaws[0]) == "it is marked test, production is agreed"


def test_a_document_nobody_agreed_to_is_refused() -> None:
    only = msgspec.structs.replace(ACME, reads=("855",))
    (one, _) = rows(notice(*SHIPMENT), settings(acme=only))
    assert str(refused(one).flaws[0]) == "856 is not agreed with acme"


def test_a_message_twice_in_a_group_is_one() -> None:
    text = notice(*SHIPMENT).decode()
    message = text[text.index("ST*") : text.index("GE*")]
    found = rows(text.replace(message, message * 2).replace("GE*1", "GE*2").encode())
    assert [row.kind for row in found if isinstance(row, Row)] == ["856", REFUSED, REPORT]


def test_letters_that_are_none_are_shown_and_refused() -> None:
    (one, _) = rows(notice(BSN, "HL*1**S", "N1*SF*M\xdcLLER").replace("Ü".encode(), b"\xdc"))
    assert "is not written in utf-8" in str(refused(one).flaws[0])
    latin = msgspec.structs.replace(ACME, encoding="latin-1")
    content = notice(BSN, "HL*1**S", "N1*SF*M\xdcLLER").replace("Ü".encode(), b"\xdc")
    (read, _) = rows(content, settings(acme=latin))
    assert document(read).first("HL").first("N1").text(2) == "MÜLLER"


def test_a_message_that_is_too_large_is_counted_and_not_kept() -> None:
    lines = [BSN, *[f"HL*{n}**S" for n in range(1, 2000)]]
    (one, told) = rows(notice(*lines), settings(5_000, acme=ACME))
    assert "more than the 5000 bytes" in str(refused(one).flaws[0])
    assert refused(one).segments == []
    assert report(told).report.groups[0].came == 1


def test_a_segment_without_end_is_no_danger() -> None:
    content = notice(*SHIPMENT)[:200] + b"x" * 1_200_000
    found = rows(content)
    assert isinstance(found[-1], Broken)
    assert "has no end" in found[-1].says


def test_releases_repetitions_and_components_are_read_by_edifact_4() -> None:
    content = (
        b"UNA:+.?*'UNB+UNOC:4+4000001:14+4000002:14+20251125:1200+1'UNH+1+ORDERS:D:96A:UN'"
        b"BGM+220+PO?+1??+9'DTM+137:20251125:102'FTX+AAA*BBB:C+++it?'s ?*:'UNT+5+1'UNZ+1+1'"
    )
    (one, _) = rows(content, settings(beta=BETA))
    read = document(one)
    assert read.first("BGM").text(2) == "PO+1?"
    assert read.first("FTX").elements == [[["AAA"], ["BBB", "C"]], "", "", "it's *"]


def test_groups_of_edifact_are_read_and_counted() -> None:
    content = (
        b"UNB+UNOC:3+4000001:14+4000002:14+251125:1200+1'UNG+ORDERS+A+B+251125:1200+G1+UN+D:96A'"
        b"UNH+1+ORDERS:D:96A:UN'BGM+220+PO-1+9'DTM+137:20251125:102'UNT+4+1'UNE+1+G1'"
        b"UNG+ORDERS+A+B+251125:1200+G2+UN+D:96A'UNE+3+G2'UNZ+2+1'"
    )
    (one, told) = rows(content, settings(beta=BETA))
    assert document(one).group == "G1"
    said = report(told).report
    assert [(g.control, g.came, len(g.flaws)) for g in said.groups] == [("G1", 1, 0), ("G2", 0, 1)]
    assert said.flaws == []


def test_a_message_that_grows_too_large_as_json_is_not_acknowledged_as_taken() -> None:
    lines = [BSN, *[f"HL*{n}**S" for n in range(1, 100)]]
    (one, told) = rows(notice(*lines), settings(2_500, acme=ACME))
    assert "as JSON it has" in str(refused(one).flaws[0])
    assert report(told).report.groups[0].accepted == 0


def test_loops_of_loops_are_kept() -> None:
    stops = ["B2**SCAC**L-1", "S5*1*CL", "N1*SF*ACME", "L5*1*PUMPS", "OID*O-1", "L5*1*A", "S5*2*CU"]
    (one, _) = rows(x12([*stops, "N1*ST*US", "L3*9"], document="204", code="SM"))
    read = document(one)
    assert [[s.tag for s in stop.under] for stop in read.all("S5")] == [["N1", "L5", "OID"], ["N1"]]
    assert read.segments[-1].tag == "L3"
    lines = ["BGM+241+F-1+9", "NAD+BY+1::9", "LIN+1++PUMP:IN", "LOC+7+DOCK", "QTY+70:9:PCE"]
    lines += ["SCC+1++W", "QTY+113:5:PCE", "DTM+2:20251201:102", "SCC+4++W", "QTY+113:7:PCE"]
    (one, _) = rows(edifact([*lines, "UNS+S"], document="DELFOR"), settings(beta=BETA))
    (line,) = document(one).all("LIN")
    assert [s.first("QTY").text(1, 2) for s in line.all("SCC")] == ["5", "7"]
    assert line.first("QTY").text(1, 2) == "9"
