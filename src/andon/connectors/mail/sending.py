"""One mail at a time by SMTP: refused before anything is sent, or taken, or unknown."""

__all__ = ["message_id", "sent", "written"]

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import blake2b
from string import Formatter
from typing import Any, cast

import aiosmtplib
from aiosmtplib import errors

from andon.connectors.mail.settings import ADDRESS, MailSettings, Smtp
from andon.core.connector import Request
from andon.core.errors import (
    CredentialsError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)

_PORTS = {"tls": 465, "starttls": 587, "none": 25}
_LONGEST_HEADER = 900


class _Fields(Formatter):
    """Names of fields only: no attributes, no indexes, no formats."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        del args
        if field_name not in kwargs:
            raise RejectedError(
                f"The mail needs {field_name!r}, and the request has none.", "field"
            )
        return kwargs[field_name], field_name


def message_id(key: str, smtp: Smtp) -> str:
    """The same for the same command, so whoever gets the mail twice can tell."""
    digest = blake2b(key.encode(), digest_size=20).hexdigest()
    return f"<{digest}.andon@{smtp.sender.rpartition('@')[2]}>"


def written(settings: MailSettings, smtp: Smtp, request: Request, key: str) -> EmailMessage:
    """The mail a request asks for. Raises RejectedError."""
    template = settings.templates.get(request.target)
    if template is None:
        names = ", ".join(sorted(settings.templates)) or "none"
        raise RejectedError(f"There is no template {request.target!r} ({names}).", "template")
    body: Any = request.body or {}
    fields = {str(name): _words(value) for name, value in cast("Mapping[str, Any]", body).items()}
    to = _recipients(cast("Mapping[str, Any]", body).get("to", template.to))
    subject = _Fields().vformat(template.subject, (), fields)
    text = _Fields().vformat(template.text, (), fields)
    _one_line("subject", subject)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = smtp.sender
    mail["To"] = ", ".join(to)
    mail["Subject"] = subject
    mail["Date"] = datetime.now(UTC)
    mail["Message-ID"] = message_id(key, smtp)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text.replace("\r\n", "\n").replace("\r", "\n"))
    return mail


def _recipients(told: Any) -> Sequence[str]:
    to = [told] if isinstance(told, str) else list(told)
    if not to:
        raise RejectedError("The mail goes to nobody: give the template or the request `to`.", "to")
    for address in to:
        if not isinstance(address, str) or not ADDRESS.fullmatch(address):
            raise RejectedError(f"{str(address)[:200]!r} is no address to send to.", "to")
    return to


def _one_line(name: str, text: str) -> None:
    """What would begin a header of its own is refused, not repaired."""
    if any(sign < " " or sign in "\x7f\x85\u2028\u2029" for sign in text):
        raise RejectedError(f"The {name} holds a line break or a control character.", name)
    if len(text) > _LONGEST_HEADER:
        raise RejectedError(f"The {name} has more than {_LONGEST_HEADER} characters.", name)


def _words(value: Any) -> str:
    return "" if value is None else str(value)


async def sent(
    name: str, smtp: Smtp, mail: EmailMessage, *, within: float, tls: ssl.SSLContext | None
) -> str:
    """What the server said when it took the mail for all recipients.

    Raises UnavailableError when nothing was taken and it may be tried again, RejectedError in the
    server's words, OutcomeUnknownError when the answer to the mail itself is lost.
    """
    client = _client(smtp, within, tls)
    try:
        await _connected(name, smtp, client)
        await _announced(name, smtp, client, mail)
        return await _given(name, client, mail)
    finally:
        client.close()


def _client(smtp: Smtp, within: float, tls: ssl.SSLContext | None) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=smtp.host,
        port=smtp.port or _PORTS[smtp.encryption],
        timeout=within,
        use_tls=smtp.encryption == "tls",
        start_tls=smtp.encryption == "starttls",
        tls_context=tls,
    )


async def _connected(name: str, smtp: Smtp, client: aiosmtplib.SMTP) -> None:
    try:
        await client.connect()
        if smtp.username is not None and smtp.password is not None:
            await client.login(smtp.username, smtp.password.reveal())
    except errors.SMTPAuthenticationError as error:
        said = f"{error.code} {error.message}"
        if 400 <= error.code < 500:
            raise UnavailableError(f"{name}: {smtp.host}: {said}", reached=True) from None
        raise CredentialsError(
            f"{name}: {smtp.host} does not let {smtp.username} in ({said}). Check username and"
            " password, then resume."
        ) from None
    except ssl.SSLCertVerificationError as error:
        raise SettingsError(
            f"{name}: {smtp.host} shows a certificate nobody vouches for ({error.verify_message})."
            " Set tls.ca, or correct host."
        ) from error
    except (errors.SMTPServerDisconnected, errors.SMTPConnectError, OSError, TimeoutError) as error:
        if isinstance(error.__cause__, ssl.SSLCertVerificationError):
            raise SettingsError(
                f"{name}: {smtp.host} shows a certificate nobody vouches for ({error.__cause__})."
            ) from error
        raise UnavailableError(f"{name}: {smtp.host} does not answer: {error}") from error
    except errors.SMTPException as error:
        raise SettingsError(
            f"{name}: {smtp.host} and we cannot agree: {error}. It may offer no STARTTLS, or no way"
            " to log in; nothing was sent. Check encryption and username."
        ) from error


async def _announced(name: str, smtp: Smtp, client: aiosmtplib.SMTP, mail: EmailMessage) -> None:
    """Sender and every recipient, or nobody: half a mail is worse than none."""
    try:
        await client.mail(smtp.sender)
        for address in str(mail["To"]).split(", "):
            await client.rcpt(address)
    except errors.SMTPResponseException as error:
        raise _answered(name, error) from error
    except (errors.SMTPException, OSError, TimeoutError) as error:
        raise UnavailableError(
            f"{name}: {smtp.host} went away before the mail was sent: {error}", reached=True
        ) from error


async def _given(name: str, client: aiosmtplib.SMTP, mail: EmailMessage) -> str:
    try:
        answer = await client.data(mail.as_bytes())
    except errors.SMTPDataError as error:
        raise _answered(name, error) from error
    except (errors.SMTPException, OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        raise OutcomeUnknownError(
            f"{name}: the server did not say whether it took {mail['Message-ID']}: {error}"
        ) from error
    return answer.message


def _answered(name: str, error: errors.SMTPResponseException) -> Exception:
    """4yz: not now, and nothing was taken. 5yz: not at all (RFC 5321, 4.2.1)."""
    who = f" {error.recipient}:" if isinstance(error, errors.SMTPRecipientRefused) else ""
    text = f"{name}:{who} {error.code} {error.message}"
    if 400 <= error.code < 500:
        return UnavailableError(text, reached=True)
    return RejectedError(text, str(error.code))
