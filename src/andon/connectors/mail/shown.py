"""A mailbox to look around in, with one mail about a lot, and a server that takes ours."""

__all__ = ["Shown"]

import email
from collections.abc import Sequence

from andon.connectors.mail.simulated_imap import ImapServer
from andon.connectors.mail.simulated_smtp import SmtpServer
from andon.core.counterpart import Shows

_USER, _PASSWORD = "andon", "post-secret"
_MAIL = """\
Authentication-Results: mx.acme.example; dmarc=pass header.from=acme.example\r
From: Quality <qa@acme.example>\r
To: andon@acme.example\r
Subject: please hold\r
Message-ID: <1@acme.example>\r
Date: Mon, 23 Nov 2026 12:00:00 +0000\r
\r
Lot L77\r
Reason: cracks at the neck\r
"""


class Shown(Shows):
    """At two ports, without encryption: `1143,1025` for IMAP and SMTP."""

    def __init__(self) -> None:
        self._imap = ImapServer(username=_USER, password=_PASSWORD)
        self._smtp = SmtpServer(username=_USER, password=_PASSWORD)

    async def start(self, place: str) -> Sequence[str]:
        """The mail lies in the inbox when it begins."""
        imap, smtp = place.split(",")
        self._imap.port, self._smtp.port = int(imap), int(smtp)
        await self._imap.start()
        await self._smtp.start()
        self._imap.deliver([_MAIL.encode()])
        return [
            f"IMAP 127.0.0.1:{imap}, SMTP 127.0.0.1:{smtp}, user {_USER}, password {_PASSWORD}",
            "qa@acme.example wrote: please hold lot L77",
        ]

    async def effects(self) -> Sequence[str]:
        """The mails it took."""
        mails = [email.message_from_bytes(one) for one in self._smtp.took]
        return [f"a mail to {one['To']}: {one['Subject']}" for one in mails]
