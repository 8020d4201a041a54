"""A hold somebody writes about is proposed, never placed; a mail of ours says what it was told."""

from typing import Any

import msgspec
import pytest

from andon.connectors.mail import Hold, MailSettings, Smtp, Template, hold_proposals, mailed
from andon.connectors.mail.sending import message_id, written
from andon.core.connector import Item, Request
from andon.core.errors import MappingError, RejectedError
from andon.core.mapping import Known, Said
from andon.core.message import Finding
from andon.model.quality import HoldProposed, PlaceHold

SETTINGS = MailSettings(
    senders=("@acme.example",),
    smtp=Smtp(host="x", sender="andon@acme.example"),
    templates={"held": Template(subject="Lot {lot_id} held", text="{reason}", to=("a@b.example",))},
)
SMTP = Smtp(host="x", sender="andon@acme.example")


def heard(text: str, *, subject: str = "Please hold", **changed: Any) -> list[Said]:
    sender = {"address": "qa@acme.example", "listed": True, "verified": True}
    mail: dict[str, Any] = {
        "message_id": "<1>", "subject": subject, "automatic": False, "text": text,
        **changed, "sender": {**sender, **changed.get("sender", {})},
    }  # fmt: skip
    item = Item(kind="mail", key="<1>", raw=msgspec.json.encode(mail))
    return list(hold_proposals.reads(item, Known(SETTINGS)))


def test_each_lot_that_is_named_is_proposed_once_with_the_reason() -> None:
    said = heard("Hello,\nlot L-77 and Batch no. X99 (lot L-77!)\nReason: cracks at the neck\n")
    assert said == [
        HoldProposed(lot_id=lot, reason="cracks at the neck", proposed_by="qa@acme.example")
        for lot in ("L-77", "X99")
    ]


def test_without_a_reason_the_subject_is_one() -> None:
    (said,) = heard("thanks", subject="Bitte Charge 4711 sperren")
    assert isinstance(said, HoldProposed)
    assert (said.lot_id, said.reason) == ("4711", "Bitte Charge 4711 sperren")


@pytest.mark.parametrize(
    ("text", "subject", "automatic"),
    [
        ("Lot L77 looks fine", "Lot L77", False),
        ("hold lot L77", "Out of office", True),
        ("thanks\n> please hold lot L77", "Re: lot L77", False),
        ("thanks\n----- Original Message -----\nplease hold lot L77", "Re: lot L77", False),
    ],
)
def test_what_asks_for_no_hold_is_no_news(text: str, subject: str, automatic: bool) -> None:
    assert heard(text, subject=subject, automatic=automatic) == []


@pytest.mark.parametrize(
    ("sender", "why"),
    [
        ({"listed": False}, "qa@acme.example is not in `senders`"),
        ({"verified": False}, "nobody verified that this mail is from qa@acme.example"),
        ({"address": "", "listed": False}, "Somebody who cannot be told"),
    ],
)
def test_whose_word_does_not_count_is_a_finding(sender: Any, why: str) -> None:
    (said,) = heard("hold lot L77", sender=sender)
    assert isinstance(said, Finding)
    assert why in said.text


def test_what_is_not_clear_is_a_finding() -> None:
    (said,) = heard("hold everything of order 1001")
    assert isinstance(said, Finding)
    assert "orders: 1001" in said.text
    (said,) = heard("\n".join(f"lot L{n:03}" for n in range(30)))
    assert isinstance(said, Finding)
    assert "30 lots" in said.text


def test_a_mail_that_was_not_read_is_refused_by_the_mapping() -> None:
    with pytest.raises(MappingError, match="too many parts"):
        heard("", unreadable="it has too many parts")


def test_patterns_that_cannot_be_used_are_all_named() -> None:
    with pytest.raises(ValueError, match="has no group") as raised:
        Hold(lots=("lot",), reasons=("(",), about="[")
    assert "about" in str(raised.value)
    assert "reasons" in str(raised.value)


# -- our mails ------------------------------------------------------------------------------------


def request(**fields: Any) -> Request:
    return Request(target="held", body={"lot_id": "L77", "reason": "cracks", **fields})


def test_a_command_becomes_a_mail_that_is_known_by_its_key() -> None:
    outbound = mailed(PlaceHold, "held")
    asked = outbound.writes(PlaceHold(lot_id="L77", reason="Größe"), Known(SETTINGS))
    mail = written(SETTINGS, SMTP, asked, "K1")
    assert (mail["Subject"], mail["To"], mail["From"]) == (
        "Lot L77 held", "a@b.example", "andon@acme.example",
    )  # fmt: skip
    assert mail.get_content().strip() == "Größe"
    assert mail["Message-ID"] == message_id("K1", SMTP) != message_id("K2", SMTP)
    assert mail["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    "value", ["L77\nBcc: x@y.example", "L77\r\n\r\nhello", "a\u2028b", "a\x85b", "a\0b", "x" * 2000]
)
def test_what_would_begin_another_header_is_refused(value: str) -> None:
    with pytest.raises(RejectedError, match="subject"):
        written(SETTINGS, SMTP, request(lot_id=value), "K")


@pytest.mark.parametrize(
    "to", ["a b@c.example", "a@b.example\nRCPT TO:<x@y.example>", "<a@b.example>", "ü@b.example", 7]
)
def test_what_is_no_address_is_refused(to: Any) -> None:
    with pytest.raises(RejectedError, match="is no address"):
        written(SETTINGS, SMTP, request(to=[to]), "K")


def test_a_mail_to_nobody_or_without_a_field_or_template_is_refused() -> None:
    with pytest.raises(RejectedError, match="to nobody"):
        written(SETTINGS, SMTP, request(to=[]), "K")
    with pytest.raises(RejectedError, match="'lot_id'"):
        written(SETTINGS, SMTP, Request(target="held", body={}), "K")
    with pytest.raises(RejectedError, match="no template 'other' \\(held\\)"):
        written(SETTINGS, SMTP, Request(target="other"), "K")


def test_a_template_reaches_fields_and_nothing_behind_them() -> None:
    sly = Template(subject="{lot_id.__class__}", text="", to=("a@b.example",))
    settings = msgspec.structs.replace(SETTINGS, templates={"held": sly})
    with pytest.raises(RejectedError, match="__class__"):
        written(settings, SMTP, request(), "K")
