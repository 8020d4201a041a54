"""mail: mails read and sent, beside imap-tools and aiosmtplib alone, on servers in this process.

Bare fetches one mail after the other and takes its text; the connector fetches them together, and
makes JSON of all that a mail says. Bare sends a mail of the same headers, made by `email`, over a
connection of its own each time, as the connector does.
"""

__all__ = ["measure"]

import asyncio
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any

import aiosmtplib
import imap_tools

from andon.connectors.mail import Mail
from andon.connectors.mail.simulator import SmallMail
from andon.testing.conformance.trial import settings_of
from bench.connectors import Figure, measured

_MAILS = 2_000
_SENDS = 300


async def measure() -> list[Figure]:
    """One mailbox, and one mail after the other. The servers' work is in both figures."""
    peer = SmallMail()
    await peer.start()
    try:
        await peer.say(_MAILS)
        return [await _read(peer), await _sent(peer)]
    finally:
        await peer.stop()


async def _read(peer: SmallMail) -> Figure:
    async def work() -> int:
        mail = Mail("post", settings_of(Mail, peer.settings()))
        items: Any = mail.read("")
        for _ in range(_MAILS):
            await anext(items)
        await items.aclose()
        await mail.close()
        return _MAILS

    def fetched() -> int:
        box = imap_tools.MailBoxUnencrypted("127.0.0.1", peer.imap.port)
        box.login("andon", "post-secret", initial_folder=None)
        client: Any = box.client
        client.select("INBOX", readonly=True)
        uids = box.uids("UID 1:*")
        for uid in uids:
            _, answer = client.uid("FETCH", uid, "(UID BODY.PEEK[])")
            assert imap_tools.MailMessage(answer).text
        box.logout()
        return len(uids)

    async def bare() -> int:
        return await asyncio.to_thread(fetched)

    return await measured("mail", "read", work=work, bare=bare)


async def _sent(peer: SmallMail) -> Figure:
    async def work() -> int:
        mail = Mail("post", settings_of(Mail, peer.settings()))
        for n in range(_SENDS):
            await mail.send(peer.request("one"), key=f"K{n}")
        return _SENDS

    async def bare() -> int:
        for _ in range(_SENDS):
            await aiosmtplib.send(
                _mail(),
                hostname="127.0.0.1",
                port=peer.smtp.port,
                username="andon",
                password="post-secret",
                start_tls=False,
            )
        return _SENDS

    return await measured("mail", "send", work=work, bare=bare)


def _mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "andon@acme.example", "shift@acme.example"
    mail["Subject"], mail["Date"] = "one", formatdate()
    mail["Message-ID"] = make_msgid(domain="acme.example")
    mail.set_content("one")
    return mail
