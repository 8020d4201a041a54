"""Mails as they come, and what a hold in one is read as."""

import msgspec

from andon.connectors.mail import MailSettings, hold_proposals
from andon.connectors.mail.charsets import decoded
from andon.connectors.mail.markup import text_of
from andon.connectors.mail.parsing import parsed
from andon.core.connector import Item
from andon.core.mapping import Known
from fuzz import Parser

_SETTINGS = MailSettings(senders=("@acme.example",), trusted="mx.acme.example", most_attachment=100)
_MAIL = (
    b"Authentication-Results: mx.acme.example; dmarc=pass header.from=acme.example\r\n"
    b"From: =?utf-8?q?Qualit=C3=A4t?= <qa@acme.example>\r\nSubject: hold lot L77\r\n"
    b"Date: Mon, 23 Nov 2026 12:00:00 +0100\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
    b"Content-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"PGI+aG9sZDwvYj4=\r\n--b\r\nContent-Type: application/pdf\r\n"
    b'Content-Disposition: attachment; filename="a.pdf"\r\n\r\n%PDF\r\n--b--\r\n'
)


def _mail(raw: bytes) -> object:
    said = parsed(raw, _SETTINGS)
    item = Item(kind="mail", key="k", raw=msgspec.json.encode(said))
    return list(hold_proposals.reads(item, Known(_SETTINGS)))


PARSERS = (
    Parser("mail", _mail, [_MAIL]),
    Parser("html", lambda raw: text_of(raw.decode("latin-1"), 1000), [b"<p>a<br>&amp;</p>"]),
    Parser("charset", lambda raw: decoded(raw[8:], raw[:8].decode("latin-1")), [b"utf-8   \xff"]),
)
