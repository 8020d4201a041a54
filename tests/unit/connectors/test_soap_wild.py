"""A WSDL with what is met in the field: what is written keeps to it and is read back."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from andon.connectors.soap.documents import gathered
from andon.connectors.soap.said import body_of
from andon.connectors.soap.service import Service, parsed
from andon.connectors.soap.shapes import pointer_fault
from andon.core.connector import SecretStr
from andon.core.errors import MappingError, SettingsError
from tests.unit.connectors.soap_wild import SCHEMA, wsdl

_SCHEMA = etree.XMLSchema(etree.fromstring(SCHEMA))


async def _nobody(url: str) -> bytes:
    raise AssertionError(url)


def service_of(folder: Path, port: str | None = None) -> Service:
    path = folder / "wild.wsdl"
    path.write_text(wsdl())
    return Service(asyncio.run(gathered(str(path), _nobody)), port, None)


@pytest.fixture(scope="module")
def wild(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return service_of(tmp_path_factory.mktemp("wild"))


def test_a_port_is_chosen_and_another_can_be(tmp_path: Path) -> None:
    first = service_of(tmp_path)
    assert first.address == "http://localhost/Twelve"
    assert "action" in first.operation("Ask").headers["content-type"]
    second = service_of(tmp_path, "Eleven")
    assert second.address == "http://localhost/Eleven"
    assert second.operation("Ask").headers["soapaction"] == '"urn:Ask"'
    with pytest.raises(SettingsError, match="Twelve, Eleven"):
        service_of(tmp_path, "Thirteen")


@pytest.mark.parametrize(
    ("name", "says"),
    [("Old", "rpc/encoded"), ("Two", "several elements"), ("Bare", "one bare value")],
)
def test_what_is_not_spoken_is_said(wild: Service, name: str, says: str) -> None:
    assert says in (wild.wrong(name) or "")


def test_pointers_are_followed_through_every_kind_of_type(wild: Service) -> None:
    gives = wild.operation("Ask").gives

    def fault(pointer: str) -> str | None:
        return pointer_fault(wild.shapes, gives, tuple(pointer.split("/")[1:]))

    for right in ("/Id", "/Day", "/Plant", "/Part/0/Length", "/Comment", "/by", "/version"):
        assert fault(right) is None
    for wrong in ("/Part/Length", "/Part/0/Width", "/Id/Inner", "/Plants", "/Part/0/Length/0"):
        assert fault(wrong) is not None


def test_one_of_a_choice_is_needed_and_not_two(wild: Service) -> None:
    ask = wild.operation("Ask")
    right: dict[str, Any] = {"Id": 1, "Plant": "P", "Empty": None, "version": 1}
    for wrong in (right, {**right, "Day": "2026-01-01", "Moment": "2026-01-01T00:00:00Z"}):
        try:
            written = ask.envelope(wrong)
        except MappingError:
            continue
        content = body_of(written)
        assert content is not None
        assert not _SCHEMA.validate(etree.fromstring(etree.tostring(content)))


_TEXT = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=8)
_DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
_MOMENTS = st.datetimes(timezones=st.just(UTC))
_PARTS = st.fixed_dictionaries(
    {"Name": _TEXT, "Length": st.decimals(places=3, min_value=-(10**9), max_value=10**9)}
)
_ASKED = st.fixed_dictionaries(
    {"Id": st.integers(0, 65535), "Plant": _TEXT, "Empty": st.none() | st.integers(-9, 9),
     "version": st.integers(-9, 9)},
    optional={
        "Store": _TEXT, "Part": st.lists(_PARTS, min_size=1, max_size=3), "by": _TEXT,
        "Codes": st.sampled_from(["1 2 3", "1", [1, 2], []]), "Blob": st.binary(max_size=9),
        "For": st.timedeltas(timedelta(0), timedelta(days=9)), "Done": st.booleans(),
        "Ratio": st.floats(allow_nan=False), "Comment": st.lists(_TEXT, min_size=1, max_size=3),
    },
)  # fmt: skip


@settings(max_examples=30)
@given(_ASKED, _DAYS | _MOMENTS)
def test_whatever_fits_is_written_by_the_schema_and_read_back(
    asked: dict[str, Any], on: date
) -> None:
    wild = once()
    ask = wild.operation("Ask")
    arguments = {**asked, ("Moment" if isinstance(on, datetime) else "Day"): on}
    content = body_of(parsed(etree.tostring(ask.envelope(arguments)), 100_000))
    assert content is not None
    alone = etree.fromstring(etree.tostring(content))
    assert _SCHEMA.validate(alone), _SCHEMA.error_log
    found = ask.answer(content)
    assert found["Id"] == asked["Id"]
    assert found["Plant"] == asked["Plant"]
    assert found["Empty"] == asked["Empty"]
    assert found["version"] == asked["version"]
    for name in ("Comment", "Store", "by"):
        if name in asked:
            assert found[name] == asked[name]
    for part, given_part in zip(found.get("Part", []), asked.get("Part", []), strict=True):
        assert Decimal(part["Length"]) == given_part["Length"]
        assert part["Name"] == given_part["Name"]
    if "Codes" in asked:
        codes = asked["Codes"]
        assert found["Codes"] == (codes if isinstance(codes, str) else " ".join(map(str, codes)))
    if "Done" in asked:
        assert found["Done"] is asked["Done"]


_once: list[Service] = []


def once() -> Service:
    if not _once:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            _once.append(service_of(Path(folder)))
    return _once[0]


def test_a_type_that_an_answer_names_is_read_as_that_type(wild: Service) -> None:
    text = (
        '<AskResponse xmlns="urn:wild" xmlns:t="urn:wild" version="3"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<Id xsi:type="t:Screw"><Name>s</Name><Length>1.0</Length></Id>'
        '<Plant xsi:type="t:Nobody">P</Plant></AskResponse>'
    )
    found = wild.operation("Ask").answer(parsed(text.encode(), 10_000))
    assert found == {"Id": {"Name": "s", "Length": "1.0"}, "Plant": "P", "version": 3}


def test_a_login_of_the_services_own_stands_in_the_header(tmp_path: Path) -> None:
    path = tmp_path / "wild.wsdl"
    path.write_text(wsdl())
    documents = asyncio.run(gathered(str(path), _nobody))
    login = {"User": SecretStr("andon"), "Password": SecretStr("open <sesame>")}
    ask = Service(documents, None, None, header={"Login": login}).operation("Ask")
    arguments = {"Id": 1, "Day": "2026-01-01", "Plant": "P", "Empty": 1, "version": 1}
    text = etree.tostring(ask.envelope(arguments)).decode()
    head, _, _ = text.partition("Body>")
    assert "<ns0:User>andon</ns0:User>" in head
    assert "open &lt;sesame&gt;" in head
    assert ask.header_faults("Login") == []
    assert ask.header_faults("Logon") is None
    wrong = Service(documents, None, None, header={"login": {"Usr": SecretStr("secret")}})
    faults = wrong.operation("Ask").header_faults("login")
    assert faults is not None
    assert {fault.at for fault in faults} == {
        "header.login/Usr",
        "header.login/User",
        "header.login/Password",
    }
    assert "secret" not in str(faults)
