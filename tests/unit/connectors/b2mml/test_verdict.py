"""What an answer changed, by its codes and by comparing it with what was sent."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest

from andon.connectors._xml import tree_of
from andon.connectors.b2mml.answering import answer_to
from andon.connectors.b2mml.document import About, Criterion
from andon.connectors.b2mml.reading import looked_through, nouns_in
from andon.connectors.b2mml.schema import schema_faults
from andon.connectors.b2mml.verdict import differences, verdict_of
from andon.core.errors import RejectedError
from tests.unit.connectors.b2mml.documents import SAMPLES, bod, request

NOW = datetime(2026, 11, 25, 7, tzinfo=UTC)


def nouns(*requests: str) -> dict[str, Any]:
    return nouns_in(bod("Process", "OperationsSchedule", "<ID>S</ID>" + "".join(requests)))


def about(*codes: str, verb: str = "Acknowledge") -> About:
    criteria = tuple(Criterion(code, says="because") for code in codes)
    return About(verb=verb, noun="OperationsSchedule", criteria=criteria)


SENT = nouns(request("1"), request("2"))


@pytest.mark.parametrize(
    ("answered", "found"),
    [
        (nouns(request("1"), request("2")), []),
        (nouns(request("2"), request("1")), []),
        (nouns(request("1", amount="10.0"), request("2")), []),
        (
            nouns(request("1"), request("2", amount="20")),
            [
                "/OperationsSchedule[S]/OperationsRequest[2]/SegmentRequirement[10]"
                "/MaterialRequirement[1]/Quantity/QuantityString: 10 became 20"
            ],
        ),
        (nouns(request("1")), ["/OperationsSchedule[S]/OperationsRequest[2]: 2 became nothing"]),
        (
            nouns(request("1"), request("2"), request("3")),
            ["/OperationsSchedule[S]/OperationsRequest[3]: nothing became 3"],
        ),
        ({"OperationsSchedule": [{"ID": "S"}]}, []),
        ({}, []),
    ],
)
def test_differences_have_a_place_and_what_is_left_unsaid_is_none(
    answered: dict[str, Any], found: list[str]
) -> None:
    assert [str(one) for one in differences(SENT, answered)] == found


def test_the_worst_code_counts_and_an_accepted_answer_with_other_values_is_modified() -> None:
    other = nouns(request("1"), request("2", amount="20"))
    assert verdict_of(about("Accepted"), SENT, SENT).code == "Accepted"
    assert verdict_of(about(), SENT, SENT).code == "Accepted"
    assert verdict_of(about("Accepted"), other, SENT).code == "Modified"
    assert verdict_of(about("Accepted", "Modified"), SENT, SENT).code == "Modified"
    assert verdict_of(about("Modified", "Rejected"), SENT, SENT).code == "Rejected"
    assert verdict_of(about("Parked"), SENT, SENT).code == "Rejected"
    assert verdict_of(about(verb="Confirm"), {}, SENT).code == "Rejected"
    assert verdict_of(about("Accepted", verb="Confirm"), {}, SENT).code == "Accepted"


def test_anything_but_accepted_is_a_refusal_in_their_words() -> None:
    verdict_of(about("Accepted"), SENT, SENT).require("order 1")
    for codes, said in ((("Rejected",), "because"), (("Modified",), "with changes")):
        with pytest.raises(RejectedError, match=said) as raised:
            verdict_of(about(*codes), SENT, SENT).require("order 1")
        assert raised.value.code == codes[0]
    with pytest.raises(RejectedError, match="no reason was given"):
        verdict_of(about(verb="Confirm"), {}, None).require("order 1")


def answer(document: bytes, refused: str = "") -> bytes:
    found = answer_to(document, sender="andon", created_at=NOW, refused=refused)
    assert found is not None
    return found.content


def test_we_answer_in_the_words_they_wrote_and_by_the_schema() -> None:
    data = "<ID>S</ID>" + request("1")
    document = bod("Process", "OperationsSchedule", data, wants="Always")
    content = answer(document)
    assert schema_faults(tree_of(content, "answer")) == []
    said = looked_through(BytesIO(content))
    assert (said.verb, said.answers, said.sender) == ("Acknowledge", "B-1", "andon")
    assert verdict_of(said, nouns_in(content), nouns_in(document)).code == "Accepted"
    refusal = answer(document, "no such material")
    verdict = verdict_of(looked_through(BytesIO(refusal)), nouns_in(refusal), nouns_in(document))
    assert (verdict.code, "no such material" in verdict.says) == ("Rejected", True)


def test_we_answer_only_those_who_ask() -> None:
    def asked(wants: str, refused: str = "") -> bool:
        document = bod("Process", "MaterialLot", "<ID>L</ID>", wants=wants)
        found = answer_to(document, sender="andon", created_at=NOW, refused=refused)
        return found is not None

    assert [asked("Always"), asked("OnError"), asked("")] == [True, False, False]
    assert [asked("Always", "x"), asked("OnError", "x"), asked("", "x")] == [True, True, False]
    assert answer_to(b"<half", sender="andon", created_at=NOW) is None


def test_a_sync_is_answered_by_a_confirmbod_and_an_old_release_in_its_own_words() -> None:
    document = bod("Sync", "MaterialLot", "<ID>L</ID>").replace(
        b"</LogicalID>", b"</LogicalID><ConfirmationCode>Always</ConfirmationCode>"
    )
    content = answer(document, "unknown lot")
    assert schema_faults(tree_of(content, "answer")) == []
    verdict = verdict_of(looked_through(BytesIO(content)), nouns_in(content), None)
    assert verdict.code == "Rejected"
    assert "unknown lot" in verdict.says
    old = (SAMPLES / "PRO-20121210181416-27942.xml").read_bytes()
    old = old.replace(b"SyncProd", b"ProcessProd").replace(
        b"<Sync />", b'<Process acknowledgeCode="Always" />'
    )
    content = answer(old)
    assert b"AcknowledgeProductionSchedule" in content
    assert looked_through(BytesIO(content)).release == "V0401"
    assert b"www.mesa.org" not in content
