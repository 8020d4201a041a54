"""IDocs read and written, SAP's numbers and days, and what its status numbers mean."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.connectors._folders.rows import Bad, Broken, Row
from andon.connectors.idoc.audit import Verdict, aleaud, meaning_of, status, verdicts_in
from andon.connectors.idoc.document import Idoc, idocs_in
from andon.connectors.idoc.items import items_of, rows_of
from andon.connectors.idoc.simulated.sap import Sap
from andon.connectors.idoc.values import amount, day, moment, written
from andon.connectors.idoc.writing import Control, docnum_of, document_of
from andon.core.connector import Request
from andon.core.errors import MappingError, OutcomeUnknownError, RejectedError

BERLIN = ZoneInfo("Europe/Berlin")
CONTROL = Control(
    "100",
    {"SNDPOR": "ANDON", "SNDPRT": "LS", "SNDPRN": "ANDON"},
    {"RCVPOR": "SAPS4H", "RCVPRT": "LS", "RCVPRN": "S4HCLNT100"},
    datetime(2026, 1, 31, 12, 30, 59, tzinfo=BERLIN),
)
HEAD = (
    '<EDI_DC40 SEGMENT="1"><MANDT>100</MANDT><DOCNUM>42</DOCNUM><IDOCTYP>DELVRY07</IDOCTYP>'
    "<MESTYP>DESADV</MESTYP><SNDPRN>S4HCLNT100</SNDPRN></EDI_DC40>"
)


def document(*idocs: str, root: str = "DELVRY07") -> bytes:
    inside = "".join(f'<IDOC BEGIN="1">{one}</IDOC>' for one in idocs)
    return f"<{root}>{inside}</{root}>".encode()


def read(content: bytes) -> list[Any]:
    return list(rows_of(BytesIO(content)))


# Reading


def test_nothing_of_an_idoc_is_lost() -> None:
    inside = (
        '<E1EDL20 SEGMENT="1"><VBELN>0080000001</VBELN><BTGEW>12.500-</BTGEW><LEER/>'
        '<E1EDL24 SEGMENT="1"><POSNR>000010</POSNR></E1EDL24>'
        '<E1ADRM1 SEGMENT="1"><NAME1>Müller &amp; Söhne</NAME1></E1ADRM1>'
        '<E1EDL24 SEGMENT="1"><POSNR>000020</POSNR><POSNR>again</POSNR></E1EDL24></E1EDL20>'
        '<Z1OURS SEGMENT="1" VERSION="2"><FIELD> spaces kept </FIELD></Z1OURS>'
    )
    row, part = read(document(HEAD + inside))
    assert isinstance(row, Row)
    assert (row.kind, part.kind) == ("DESADV", "DELVRY.delivery")
    assert row.key.startswith("100.S4HCLNT100/0000000000000042/")
    assert msgspec.json.decode(row.raw or b"") == {
        "EDI_DC40": {
            "MANDT": "100",
            "DOCNUM": "0000000000000042",
            "IDOCTYP": "DELVRY07",
            "MESTYP": "DESADV",
            "SNDPRN": "S4HCLNT100",
        },
        "E1EDL20": [
            {
                "@": 1,
                "VBELN": "0080000001",
                "BTGEW": "12.500-",
                "LEER": "",
                "E1EDL24": [
                    {"@": 2, "POSNR": "000010"},
                    {"@": 4, "POSNR": ["000020", "again"]},
                ],
                "E1ADRM1": [{"@": 3, "NAME1": "Müller & Söhne"}],
            }
        ],
        "Z1OURS": [{"@": 5, "@VERSION": "2", "FIELD": " spaces kept "}],
    }


def test_a_file_holds_many_and_one_that_cannot_be_read_does_not_stop_the_next() -> None:
    no_number = HEAD.replace("<DOCNUM>42</DOCNUM>", "")
    odd_number = HEAD.replace("42", "4A")
    rows = read(document(HEAD, no_number, odd_number, "", HEAD.replace("42", "43")))
    assert [type(one) for one in rows] == [Row, Bad, Bad, Bad, Row]
    assert "no DOCNUM" in rows[1].says
    assert "4A" in rows[2].says
    assert "has none" in rows[3].says


def test_the_same_number_with_another_content_has_another_key() -> None:
    first, second = (read(document(HEAD + f"<E1X SEGMENT='1'><A>{n}</A></E1X>"))[0] for n in "12")
    again = read(document(HEAD.replace("100", "100", 1) + "<E1X SEGMENT='1'><A>1</A></E1X>"))[0]
    assert first.key == again.key
    assert first.key != second.key
    assert first.key.rpartition("/")[0] == second.key.rpartition("/")[0]


def test_an_order_is_a_document_and_a_header_of_its_own() -> None:
    rows = read(Sap().orders_document(["a", "b"]))
    assert [row.kind for row in rows] == ["LOIPRO", "LOIPRO.order"] * 2
    assert rows[1].key.endswith("/order/000004711000")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no XML"),
        (b"EDI_DC40  100000000000", "flat IDoc"),
        (b"<x/>", "no IDOC"),
        (b"<x><y/></x>", "<y> where IDOC stands"),
        (document(HEAD)[:-20], "no XML"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + document("&b;"), "document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + document(HEAD), "document type"),
        (b"<?xml version='1.0' encoding='nobody-knows'?>" + document(HEAD), "no XML"),
        (document(HEAD + "<E1X SEGMENT='1'>" + "<A>" * 400 + "</A>" * 400 + "</E1X>"), "no XML"),
        (document(HEAD + "\x01"), "no XML"),
    ],
)
def test_a_broken_file_says_what_is_broken(content: bytes, says: str) -> None:
    *_, last = read(content)
    assert isinstance(last, Broken)
    assert says in last.says
    with pytest.raises(MappingError):
        items_of(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    text = document(HEAD + "<E1X SEGMENT='1'><A>Grün</A></E1X>").decode()
    content = f"<?xml version='1.0' encoding='{encoding}'?>{text}".encode(encoding)
    (row,) = read(content)
    assert "Grün" in (row.raw or b"").decode()


def test_a_post_is_taken_as_a_whole_or_not_at_all() -> None:
    with pytest.raises(MappingError) as caught:
        items_of(document(HEAD, HEAD.replace("42", "x")))
    assert "'x'" in caught.value.faults[0].says


@given(st.binary(max_size=400))
def test_any_bytes_are_rows_or_say_what_is_broken(content: bytes) -> None:
    assert all(isinstance(one, Row | Bad | Broken) for one in read(content))


@given(st.text(max_size=40), st.integers(0, 3))
def test_any_text_in_a_field_comes_back(text: str, depth: int) -> None:
    fields: dict[str, Any] = {"FIELD": text}
    for _ in range(depth):
        fields = {"ZSEG": [fields]}
    request = Request(target="ZTYPE", body={"EDI_DC40": {"MESTYP": "ZMES"}, "ZTOP": [fields]})
    try:
        content = document_of(request, "k", CONTROL)
    except MappingError:
        return  # a character that XML cannot
    (one,) = idocs_in(BytesIO(content))
    assert isinstance(one, Idoc)
    found = one.body["ZTOP"][0]
    for _ in range(depth):
        found = found["ZSEG"][0]
    assert found.get("FIELD", "") == text


# SAP's values


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12.500-", "-12.5"), ("12.500", "12.5"), ("-3", "-3"), ("+3", "3"), (" 7 ", "7"),
        (".5", "0.5"), ("5.", "5"), ("0000010", "10"), ("0-", "0"),
    ],
)  # fmt: skip
def test_a_minus_may_stand_behind(text: str, number: str) -> None:
    assert amount(text) == Decimal(number)


@pytest.mark.parametrize("text", ["1,5", "1.234,5", "-5-", "5--", "1e5", "NaN", "x", "٣", "-"])
def test_what_is_no_number_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        amount(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12)))
def test_a_number_comes_back(number: Decimal) -> None:
    if abs(number) < 10**20:
        assert amount(written(number)) == number


def test_days_and_times_are_where_the_plant_is() -> None:
    assert amount("  ") is None
    assert day("00000000") is None
    assert day("99991231") is None
    assert moment("20260131", "240000", BERLIN) == datetime(2026, 1, 31, 23, tzinfo=UTC)
    assert moment("20260701", "", BERLIN) == datetime(2026, 6, 30, 22, tzinfo=UTC)
    for wrong in ("20260231", "2026-01-31", "260131", "\uff12026013"):
        with pytest.raises(ValueError, match="no day"):
            day(wrong)
    with pytest.raises(ValueError, match="time of day"):
        moment("20260131", "250000", BERLIN)


# Writing


def test_what_is_written_is_read_back_with_a_whole_control_record() -> None:
    fields = {
        "AUFNR": "000001000001",
        "VORNR": "0010",
        "LMNGA": Decimal("-1.50"),
        "AUERU": True,
        "BUDAT": "@today",
        "ISDD": date(2026, 1, 30),
        "ISDZ": time(23, 59, 1),
        "LEER": None,
        "E1CONF4": [{"MATNR": "X"}],
    }
    body = {"EDI_DC40": {"MESTYP": "CONF32", "SERIAL": "1"}, "E1CONF3": [fields]}
    content = document_of(Request(target="CONF32", body=body), "key-1", CONTROL)
    (one,) = idocs_in(BytesIO(content))
    assert isinstance(one, Idoc)
    assert one.control == {
        "TABNAM": "EDI_DC40",
        "MANDT": "100",
        "DOCNUM": docnum_of("key-1"),
        "DIRECT": "2",
        "IDOCTYP": "CONF32",
        "MESTYP": "CONF32",
        "SNDPOR": "ANDON",
        "SNDPRT": "LS",
        "SNDPRN": "ANDON",
        "RCVPOR": "SAPS4H",
        "RCVPRT": "LS",
        "RCVPRN": "S4HCLNT100",
        "CREDAT": "20260131",
        "CRETIM": "123059",
        "ARCKEY": "key-1",
        "SERIAL": "1",
    }
    (line,) = one.body["E1CONF3"]
    assert line["LMNGA"] == "1.5-"
    assert (line["AUERU"], line["BUDAT"], line["ISDD"]) == ("X", "20260131", "20260130")
    assert line["ISDZ"] == "235901"
    assert "LEER" not in line
    assert line["E1CONF4"][0]["MATNR"] == "X"


def test_everything_that_cannot_be_written_is_said_with_its_place() -> None:
    body: dict[str, Any] = {
        "EDI_DC40": {"DOCNUM": "1", "MESTYP": "X" * 31},
        "E1CONF3": [
            {"VORNR": "0010", "LMNGA": 1.5, "BUDAT": datetime(2026, 1, 1, tzinfo=UTC)},
            "no segment",
        ],
        "E1OTHER": [{}],
    }
    with pytest.raises(MappingError) as caught:
        document_of(Request(target="CONF32", body=body), "k", CONTROL)
    assert {one.at for one in caught.value.faults} == {
        "/EDI_DC40/DOCNUM",
        "/EDI_DC40/MESTYP",
        "/E1CONF3/0/AUFNR",
        "/E1OTHER",
    }
    del body["E1OTHER"]
    body["EDI_DC40"] = {"MESTYP": "CONF32"}
    body["E1CONF3"] = [{"AUFNR": "1", **body["E1CONF3"][0], "a b": "c"}, "no segment"]
    with pytest.raises(MappingError) as caught:
        document_of(Request(target="CONF32", body=body), "k", CONTROL)
    assert {one.at for one in caught.value.faults} == {
        "/E1CONF3/0/LMNGA",
        "/E1CONF3/0/BUDAT",
        "/E1CONF3/0/a b",
        "/E1CONF3/1",
    }


def test_our_numbers_are_steady_and_apart() -> None:
    numbers = {docnum_of(f"k{n}") for n in range(10_000)}
    assert len(numbers) == 10_000
    assert all(len(number) == 16 and number.isdigit() for number in numbers)
    assert docnum_of("k1") == docnum_of("k1")


# What became of it


def test_an_aleaud_says_what_became_of_each() -> None:
    request = aleaud(
        "CONF32",
        [Verdict("1".zfill(16), "53", "saved", reference="0000004711"), Verdict("2", "51", "no")],
    )
    (one,) = idocs_in(BytesIO(document_of(request, "k", CONTROL)))
    assert isinstance(one, Idoc)
    done, refused = verdicts_in(one.body)
    receipt = done.receipt()
    assert receipt is not None
    assert receipt.reference == "0000004711"
    with pytest.raises(RejectedError, match=r"no \(status 51\)"):
        refused.receipt()


def test_the_words_of_a_status_are_filled_in() -> None:
    state = {
        "DOCNUM": "7", "STATUS": "51", "STATXT": "Order &1 is locked by &2", "STAPA1": "4711",
        "STAPA2_LNG": "MUELLER", "STAMID": "CO", "STAMNO": "469",
    }  # fmt: skip
    (verdict,) = verdicts_in({"E1ADHDR": [{"E1STATE": [state]}]})
    assert verdict.words == "Order 4711 is locked by MUELLER"
    assert verdict.code == "CO/469"
    assert verdict.docnum == "7".zfill(16)


def test_what_was_posted_in_part_is_unknown_and_what_goes_on_is_no_end() -> None:
    with pytest.raises(OutcomeUnknownError, match="WE02"):
        Verdict("1", "52", "").receipt()
    assert Verdict("1", "64", "ready").receipt() is None
    assert meaning_of("99") == "waiting"


def test_a_status_record_is_read_back() -> None:
    request = status(Verdict("7".zfill(16), "16", "taken"), CONTROL.now)
    (one,) = idocs_in(BytesIO(document_of(request, "k", CONTROL)))
    assert isinstance(one, Idoc)
    (verdict,) = verdicts_in(one.body)
    assert (verdict.status, verdict.words, verdict.meaning) == ("16", "taken", "done")


@given(st.recursive(st.text(max_size=3) | st.integers(), lambda kids: st.lists(kids, max_size=3)
       | st.dictionaries(st.sampled_from(["E1ADHDR", "E1STATE", "E1PRTOB", "E1STATS", "DOCNUM"]),
                         kids, max_size=3), max_leaves=12))  # fmt: skip
def test_any_body_is_verdicts_or_none(body: Any) -> None:
    if isinstance(body, dict):
        for verdict in verdicts_in(body):  # pyright: ignore[reportUnknownArgumentType]
            assert verdict.meaning == "waiting"


def test_an_idoc_without_an_end_is_given_up_before_it_fills_the_memory() -> None:
    endless = b"<LOIPRO01><IDOC>" + b"<AUFNR>1</AUFNR>" * 600_000
    (only,) = rows_of(BytesIO(endless))
    assert isinstance(only, Broken)
    assert "no end in sight" in only.says
