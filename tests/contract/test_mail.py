"""Mail beyond the suite: marks, moves, new UIDs, sizes, refusals before and after DATA, TLS."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from andon.connectors.mail import Mail
from andon.connectors.mail.mailbox import Mailbox
from andon.connectors.mail.simulated_imap import ImapServer
from andon.connectors.mail.simulated_smtp import SmtpServer
from andon.connectors.mail.simulator import SmallMail
from andon.core.connector import Request
from andon.core.errors import OutcomeUnknownError, RejectedError, SettingsError, UnavailableError
from andon.testing.conformance.trial import Follower, Trial, settings_of
from tests.contract.certificates import Certificates


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[SmallMail]:
    one = SmallMail()
    await one.start()
    yield one
    await one.stop()


def table(peer: SmallMail, *, imap: Any = None, smtp: Any = None, **more: Any) -> dict[str, Any]:
    right = peer.settings()
    return {
        **right,
        **more,
        "imap": {**right["imap"], **(imap or {})},
        "smtp": {**right["smtp"], **(smtp or {})},
    }


def made(peer: SmallMail, **changed: Any) -> Mail:
    return Mail("post", settings_of(Mail, table(peer, **changed)))


@pytest.mark.parametrize("afterwards", ["seen", "move", "leave"])
async def test_only_what_is_in_the_log_is_marked_and_nothing_is_deleted(
    peer: SmallMail, afterwards: str
) -> None:
    move_to = "Done" if afterwards == "move" else ""
    changed = table(peer, imap={"afterwards": afterwards, "move_to": move_to})
    texts = await peer.say(4)
    inbox, done = peer.imap.folders["INBOX"], peer.imap.folders["Done"]
    async with Trial(Mail, peer).connected(changed) as mail, Follower(mail, "") as follower:
        assert await follower.has(texts)
        assert not inbox.seen
        assert len(inbox.mails) == 4
        await mail.committed(follower.items[1].position or "")
        seen, left, moved = len(inbox.seen), len(inbox.mails), len(done.mails)
    assert (seen, left, moved) == {"seen": (2, 4, 0), "move": (0, 2, 2), "leave": (0, 4, 0)}[
        afterwards
    ]


async def test_a_mailbox_that_is_away_when_it_should_mark_is_told_the_next_time(
    peer: SmallMail,
) -> None:
    texts = await peer.say(2)
    trial = Trial(Mail, peer)
    async with trial.connected() as mail, Follower(mail, "") as follower:
        assert await follower.has(texts)
        position = follower.items[-1].position or ""
        await peer.imap.stop()
        await mail.committed(position)
        await peer.imap.start()
        assert not peer.imap.folders["INBOX"].seen


async def test_new_uids_are_read_again_under_the_same_keys(peer: SmallMail) -> None:
    texts = await peer.say(3)
    async with Trial(Mail, peer).following() as follower:
        assert await follower.has(texts)
        known = {item.key for item in follower.items}
        position = follower.items[-1].position or ""
    peer.imap.validity = 8
    async with Trial(Mail, peer).following(position) as follower:
        assert await follower.has(texts)
        assert {item.key for item in follower.items} == known


async def test_a_mail_is_heard_at_once_by_a_server_that_can_tell(peer: SmallMail) -> None:
    changed = table(peer, imap={"poll_every": "25 min"})
    async with Trial(Mail, peer).connected(changed) as mail, Follower(mail, "") as follower:
        await follower.has(await peer.say(1))
        assert await follower.has(await peer.say(1), within=3)


async def test_a_mail_that_is_too_large_is_not_fetched_and_the_next_one_is(peer: SmallMail) -> None:
    big = b"From: qa@acme.example\r\nSubject: big\r\n\r\n" + b"x" * 200_000
    peer.imap.deliver([big])
    texts = await peer.say(1)
    changed = table(peer, most_bytes=100_000)
    async with Trial(Mail, peer).connected(changed) as mail, Follower(mail, "") as follower:
        assert await follower.has(texts)
        said = msgspec.json.decode(follower.items[0].raw)
    assert (said["subject"], said["size"]) == ("big", len(big))
    assert "are read" in said["unreadable"]


async def test_a_folder_that_is_not_there_waits_for_an_operator(peer: SmallMail) -> None:
    mail = made(peer, imap={"folder": "Qualität"})
    with pytest.raises(SettingsError, match="no folder 'Qualität'"):
        await anext(mail.read(""))
    with pytest.raises(SettingsError, match="no position"):
        await anext(made(peer).read("x:1"))


async def test_a_server_that_says_not_now_has_taken_nothing(peer: SmallMail) -> None:
    mail = made(peer)
    peer.smtp.answers = ["451 4.7.1 greylisted, come back", "554 5.7.1 spam", "250 taken"]
    with pytest.raises(UnavailableError, match="greylisted") as raised:
        await mail.send(peer.request("one"), key="K1")
    assert raised.value.reached
    with pytest.raises(RejectedError, match="spam") as refused:
        await mail.send(peer.request("one"), key="K1")
    assert refused.value.code == "554"
    receipt = await mail.send(peer.request("one"), key="K1")
    assert receipt.body == {"answer": "taken"}
    assert receipt.reference is not None
    assert receipt.reference.encode() in peer.smtp.took[0]
    with pytest.raises(OutcomeUnknownError, match="Message-ID is <"):
        await mail.find(peer.request("one"), key="K1")


async def test_one_unknown_recipient_keeps_the_mail_from_all(peer: SmallMail) -> None:
    with pytest.raises(RejectedError, match=r"nobody@acme\.example") as raised:
        await made(peer).send(peer.refused(), key="K")
    assert raised.value.code == "550"
    assert not peer.smtp.took


@pytest.mark.parametrize("encryption", ["tls", "starttls"])
async def test_a_certificate_nobody_vouches_for_is_refused_before_the_password_is_said(
    tmp_path: Path, encryption: str
) -> None:
    certificates = Certificates(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.server, certificates.server_key)
    access = {"username": "andon", "password": "post-secret"}
    imap = ImapServer(**access, tls=context if encryption == "tls" else None)
    smtp = SmtpServer(**access, tls=context if encryption == "tls" else None)
    await imap.start()
    await smtp.start()
    to = {**access, "host": "127.0.0.1", "encryption": encryption}
    settings: dict[str, Any] = {
        "timeout": "2s",
        "imap": {**to, "port": imap.port},
        "smtp": {**to, "port": smtp.port, "sender": "andon@acme.example"},
        "templates": {"t": {"subject": "s", "text": "t", "to": ["a@b.example"]}},
    }
    words = "vouches" if encryption == "tls" else "STARTTLS"
    try:
        mail = Mail("post", settings_of(Mail, settings))
        await mail.open()
        with pytest.raises(SettingsError, match=words):
            await anext(mail.read(""))
        with pytest.raises(SettingsError, match=words):
            await mail.send(Request(target="t"), key="K")
        if encryption == "tls":
            for face in ("imap", "smtp"):
                settings[face]["tls"] = {"ca": str(certificates.authority)}
            mail = Mail("post", settings_of(Mail, settings))
            await mail.open()
            await mail.send(Request(target="t"), key="K")
            assert len(smtp.took) == 1
    finally:
        await imap.stop()
        await smtp.stop()


async def test_a_heap_of_mails_that_comes_between_two_looks_is_read_in_parts(
    peer: SmallMail,
) -> None:
    inbox = peer.imap.folders["INBOX"]
    imap = settings_of(Mail, peer.settings()).imap
    assert imap is not None
    box = Mailbox("post", imap, 2.0)
    await box.open()
    try:
        assert await box.uids(0) == []
        peer.imap.deliver([b"Subject: one\r\n\r\n"] * 45_000)
        found, parts = list[int](), list[int]()
        while some := await box.uids(max(found, default=0)):
            parts.append(len(some))
            found += some
        assert found == list(range(1, 45_001))
        assert max(parts) == 20_000
        inbox.mails = {45_001: b"Subject: behind many that were deleted\r\n\r\n"}
        inbox.next = 45_002
        assert await box.uids(3) == [45_001]
        assert await box.uids(45_001) == []
    finally:
        await box.close()
