"""Mails as people and their programs write them, good and bad, are read within bounds."""

import encodings
import time
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.connectors.mail import MailSettings
from andon.connectors.mail.charsets import decoded
from andon.connectors.mail.headers import moment_of
from andon.connectors.mail.markup import text_of
from andon.connectors.mail.parsing import happened_at, parsed

SETTINGS = MailSettings(senders=("@acme.example", "Boss@else.example"), trusted="mx.acme.example")


def read(head: str, body: bytes = b"hello\r\n", **changed: Any) -> Any:
    settings = msgspec.structs.replace(SETTINGS, **changed)
    raw = head.replace("\n", "\r\n").encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body
    said = parsed(raw, settings)
    assert msgspec.json.decode(msgspec.json.encode(said)) == said
    return said


def test_headers_are_read_as_they_were_meant() -> None:
    said = read(
        "From: =?iso-8859-1?q?J=FCrgen?= <QA@acme.example>\nTo: a@b.example, C <c@d.example>\n"
        "Subject: =?utf-8?b?TG90IEw3NyBzcGVycmVu?=\n  =?utf-8?q?_bitte?=\n"
        "Message-ID: <1@acme.example>\nDate: Mon, 23 Nov 2026 12:00:00 +0100"
    )
    assert said["from"] == [{"name": "Jürgen", "address": "qa@acme.example"}]
    assert [to["address"] for to in said["to"]] == ["a@b.example", "c@d.example"]
    assert said["subject"] == "Lot L77 sperren bitte"
    assert said["message_id"] == "<1@acme.example>"
    assert happened_at(said) == datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert (said["text"].strip(), said["text_from"], said["automatic"]) == ("hello", "plain", False)


def test_the_plain_text_is_taken_before_the_html_and_attachments_by_their_digest() -> None:
    body = (
        b"--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n"
        b"--y\r\nContent-Type: text/plain; charset=iso-8859-15\r\n\r\n5 \xa4\r\n"
        b"--y\r\nContent-Type: text/html\r\n\r\n<b>other</b>\r\n--y--\r\n"
        b"--x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="a b.png"\r\n\r\nQUJD\r\n'
        b"--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nlot L1\r\n--x--\r\n"
    )
    said = read("From: a@b.example\nContent-Type: multipart/mixed; boundary=x", body)
    assert (said["text"], said["text_from"]) == ("5 €", "plain")
    image, inner = said["attachments"]
    assert (image["name"], image["type"], image["size"]) == ("a b.png", "image/png", 3)
    assert image["sha256"].startswith("b5d4045c3f466fa91fe2cc6abe79232a1a57cdf104f7a26e716e0a1e")
    assert "content_base64" not in image
    assert inner["type"] == "message/rfc822"
    assert "L1" not in said["text"]
    said = read("Content-Type: multipart/mixed; boundary=x", body, most_attachment=3)
    assert said["attachments"][0]["content_base64"] == "QUJD"


def test_html_alone_becomes_text() -> None:
    html = "<style>x{}</style><p>Lot <b>L77</b></p><script>no()</script>&uuml;ber<br>zwei &lt;3"
    said = read("Content-Type: text/html; charset=utf-8", html.encode())
    assert (said["text"], said["text_from"]) == ("Lot L77\nüber\nzwei <3", "html")


@pytest.mark.parametrize(
    ("charset", "raw", "text", "wrong"),
    [
        ("utf-8", "ü".encode(), "ü", ""),
        ("UTF8", b"\xfc", "\ufffd", "not all"),
        ("ascii", "ü".encode(), "ü", "beyond ASCII"),
        ("windows-1252", b"\x80", "€", ""),
        ("no-such", b"\xfc", "ü", "not known"),
        ("zlib", b"x", "x", "not known"),
        ("unicode_escape", b"\\u0041", "\\u0041", "not known"),
        ("punycode", b"a-b", "a-b", "not known"),
        ("x\0y", b"a", "a", "not known"),
        ("", b"a", "a", ""),
        ("ISO-8859-15", b"\xa4", "€", ""),
        ("ISO_8859-1:1987", b"\xfc", "ü", ""),
        ("koi8-r", b"\xc1", "\N{CYRILLIC SMALL LETTER A}", ""),
        ("x-mac-\u00fc", b"a", "a", "not known"),
    ],
)
def test_a_charset_is_never_an_error(charset: str, raw: bytes, text: str, wrong: str) -> None:
    found, says = decoded(raw, charset)
    assert found == text
    assert wrong in says if wrong else not says


def test_a_made_up_charset_is_not_remembered() -> None:
    remembered = vars(encodings)["_cache"]
    before = len(remembered)
    for n in range(100):
        decoded(b"a", f"made-up-{n}")
    assert len(remembered) == before


@pytest.mark.parametrize(
    ("head", "address", "verified", "listed"),
    [
        ("From: qa@acme.example\n{ok}", "qa@acme.example", True, True),
        ("From: boss@else.example\n{ok}", "boss@else.example", False, True),
        ("From: qa@acme.example.evil.example\n{ok}", "qa@acme.example.evil.example", False, False),
        ("From: qa@acme.example", "qa@acme.example", False, True),
        ("From: qa@acme.example\n{fail}\n{ok}", "qa@acme.example", False, True),
        ("From: qa@acme.example\n{other}", "qa@acme.example", False, True),
        ("From: qa@acme.example\n{comment}", "qa@acme.example", False, True),
        ("From: qa@acme.example\nFrom: x@evil.example\n{ok}", "", False, False),
        ("From: qa@acme.example, x@evil.example\n{ok}", "", False, False),
        ("{ok}", "", False, False),
    ],
)
def test_a_sender_is_verified_as_far_as_our_own_server_says(
    head: str, address: str, verified: bool, listed: bool
) -> None:
    results = "Authentication-Results: "
    said = read(
        head.format(
            ok=results + "mx.acme.example; spf=pass; dmarc=pass (p=none) header.from=acme.example",
            fail=results + "mx.acme.example; dmarc=fail header.from=acme.example",
            other=results + "mx.evil.example; dmarc=pass header.from=acme.example",
            comment=results + "mx.acme.example; spf=pass (x; dmarc=pass header.from=acme.example)",
        )
    )["sender"]
    assert (said["address"], said["verified"], said["listed"]) == (address, verified, listed)


def test_without_a_trusted_server_nobody_is_verified() -> None:
    head = "From: qa@acme.example\nAuthentication-Results: ; dmarc=pass"
    assert not read(head, trusted="")["sender"]["verified"]


def _nested(levels: int) -> bytes:
    body = b""
    for n in range(levels):
        body += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
    return body


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (_nested(300), ""),
        (_nested(2_000), "too many parts"),
        (b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 6_000, "too many"),
        (b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\na\r\n" * 900, ""),
        (b"Subject: " + b"=?utf-8?q?a?= " * 100_000, ""),
        (b"From: " + b"<a@b.example>, (" * 50_000, ""),
        (b"To: " + b"\x00" * 300_000, ""),
        (b"Content-Type: text/html\r\n\r\n" + b"<a " * 300_000, ""),
        (b"Content-Type: text/html\r\n\r\n" + b"<!--" * 300_000, ""),
        (b"Content-Type: text/html\r\n\r\n" + b"&#" * 300_000, ""),
        (b"Content-Type: text/plain; charset*=x'y'%ff\r\n\r\na", ""),
        (b"Content-Transfer-Encoding: base64\r\n\r\n\xff\xff=" * 1_000, ""),
        (b"", ""),
    ],
)
def test_a_bomb_is_read_within_bounds_or_not_at_all(raw: bytes, why: str) -> None:
    began = time.perf_counter()
    said = parsed(raw, SETTINGS)
    assert time.perf_counter() - began < 3
    assert why in said.get("unreadable", "")
    assert bool(said.get("unreadable")) >= bool(why)
    assert len(msgspec.json.encode(said)) < 1_000_000


def test_a_mail_that_is_too_large_is_said_to_be() -> None:
    said = parsed(b"Subject: big\r\n\r\n", SETTINGS, size=50_000_000)
    assert (said["subject"], said["size"]) == ("big", 50_000_000)
    assert "50000000 bytes" in said["unreadable"]
    said = read("Subject: long", b"x" * 200_000)
    assert len(said["text"]) == 100_000
    assert said["faults"] == ["only the first 100000 characters are kept"]


@pytest.mark.parametrize("text", ["", "yesterday", "Mon, 23 Nov 2026 12:00:00 -0000", "1" * 500])
def test_a_date_that_is_none_is_none(text: str) -> None:
    assert moment_of(text) is None


@given(
    st.lists(
        st.sampled_from(
            [
                b"From: a@acme.example\r\n", b"Subject: =?utf-8?q?", b"?=", b"Content-Type: ",
                b"multipart/mixed; boundary=x\r\n", b"text/html; charset=", b"utf-16", b"\r\n",
                b"--x\r\n", b"--x--", b"<p>", b"Content-Transfer-Encoding: base64\r\n", b"\xff\0",
                b"message/rfc822\r\n", b"Date: 1 Jan 0001 00:00 +9999\r\n", b"=?x?b?!?=",
                b"filename*0*=utf-8''%", b"Content-Disposition: attachment; ", b"x-uuencode\r\n",
            ]
        )
        | st.binary(max_size=12),
        max_size=25,
    )
)  # fmt: skip
def test_any_bytes_are_a_mail(parts: list[bytes]) -> None:
    msgspec.json.encode(parsed(b"".join(parts), SETTINGS))


@given(st.text(max_size=80))
def test_any_text_is_html(text: str) -> None:
    assert "<p>" not in text_of(text, 50)
    assert len(text_of(text, 50)) <= 50
