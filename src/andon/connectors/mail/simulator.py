"""A mailbox people write to about lots, and a server that takes what we write to them."""

__all__ = ["COUNTERPARTS", "SmallMail"]

import email
import itertools
from collections.abc import Sequence
from typing import Any

from andon.connectors.mail.simulated_imap import ImapServer
from andon.connectors.mail.simulated_smtp import SmtpServer
from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes

_MAIL = """\
Authentication-Results: mx.acme.example; dmarc=pass header.from=acme.example\r
From: Quality <qa@acme.example>\r
To: andon@acme.example\r
Subject: Please hold lot {name}\r
Message-ID: <{name}@acme.example>\r
Date: Mon, 23 Nov 2026 12:00:00 +0000\r
\r
Reason: cracks at the neck\r
"""


class SmallMail(Counterpart, Speaks, Takes):
    """IMAP and SMTP without TLS. What was taken is known by the first line of each mail."""

    name = "servers"
    dedupes = False
    refusal_words = "no such user here"

    def __init__(self) -> None:
        self.imap = ImapServer(username="andon", password="post-secret")
        self.smtp = SmtpServer(username="andon", password="post-secret")
        self._numbers = itertools.count(1)

    async def start(self) -> None:
        """Both listen."""
        await self.imap.start()
        await self.smtp.start()

    async def stop(self) -> None:
        """All connections break."""
        await self.imap.stop()
        await self.smtp.stop()

    def settings(self) -> dict[str, Any]:
        """One account at both servers."""
        access = {
            "host": "127.0.0.1", "username": "andon", "password": "post-secret",
            "encryption": "none",
        }  # fmt: skip
        return {
            "timeout": "2s",
            "imap": {**access, "port": self.imap.port or 9, "poll_every": "10s"},
            "smtp": {**access, "port": self.smtp.port or 9, "sender": "andon@acme.example"},
            "senders": ["@acme.example"],
            "trusted": "mx.acme.example",
            "templates": {
                "held": {
                    "subject": "Lot {lot} is held",
                    "text": "{effect}\nLot {lot} is held.",
                    "to": ["shift@acme.example"],
                }
            },
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another password."""
        right = self.settings()
        return {
            **right,
            "imap": {**right["imap"], "password": "guessed"},
            "smtp": {**right["smtp"], "password": "guessed"},
        }

    async def say(self, count: int) -> Sequence[str]:
        """Mails of one minute, each about a lot of its own."""
        names = [f"L-{next(self._numbers)}-x" for _ in range(count)]
        self.imap.deliver([_MAIL.format(name=name).encode() for name in names])
        return names

    def request(self, effect: str) -> Request:
        """A mail to the shift."""
        return Request(target="held", body={"effect": effect, "lot": "L77"})

    async def effects(self) -> Sequence[str]:
        """What was taken."""
        return [
            str(email.message_from_bytes(mail).get_payload()).split("\r\n")[0].split("\n")[0]
            for mail in self.smtp.took
        ]

    async def lose_answer(self) -> None:
        """The mail is taken; nobody hears that."""
        self.smtp.losing = True

    def refused(self) -> Request:
        """To somebody who is not there."""
        body = {"effect": "none", "lot": "L77", "to": ["shift@acme.example", self.smtp.unknown]}
        return Request(target="held", body=body)


COUNTERPARTS = (SmallMail,)
