"""One mailbox and one way out: where, as whom, how much of a mail is read, what ours look like."""

__all__ = ["ADDRESS", "Hold", "Imap", "MailSettings", "Smtp", "Template"]

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

import msgspec

from andon.connectors._access import Tls
from andon.core.connector import SecretStr, Settings

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
"""An address as it may stand in an envelope: no spaces, no lines, no names."""

_ID = r"((?=\S*\d)[A-Z0-9][\w/-]{2,40})"

Encryption = Literal["tls", "starttls", "none"]
"""`tls` from the first byte; `starttls` before anything is said; `none` shows password and mail to
everybody on the way."""


class Imap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The mailbox we read."""

    host: str
    username: str
    password: SecretStr
    port: int | None = None
    """None: 993 with TLS from the first byte, else 143."""
    encryption: Encryption = "tls"
    tls: Tls | None = None
    """Certificates, where the usual authorities do not do."""
    folder: str = "INBOX"
    afterwards: Literal["leave", "seen", "move"] = "seen"
    """What is done with a mail once it is in the log. Nothing is ever deleted."""
    move_to: str = ""
    """Folder for `move`."""
    poll_every: timedelta = timedelta(seconds=60)
    """How often we look; a server that can tell (IDLE) is heard at once."""

    def __post_init__(self) -> None:
        """Raises ValueError when a mail has nowhere to go."""
        if (self.afterwards == "move") != bool(self.move_to):
            raise ValueError("afterwards = move and move_to go together")


class Smtp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The server that takes our mail."""

    host: str
    sender: str
    """Our address."""
    port: int | None = None
    """None: 465 with TLS from the first byte, 587 with STARTTLS, 25 without."""
    username: str | None = None
    password: SecretStr | None = None
    encryption: Encryption = "starttls"
    tls: Tls | None = None

    def __post_init__(self) -> None:
        """Raises ValueError with every mistake."""
        wrong: list[str] = []
        if not ADDRESS.fullmatch(self.sender):
            wrong.append(f"sender {self.sender!r} is no address")
        if (self.username is None) != (self.password is None):
            wrong.append("username and password go together")
        if wrong:
            raise ValueError("; ".join(wrong))


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of mail of ours. `{name}` is a field of the command; `{{` is a brace."""

    subject: str
    text: str
    to: tuple[str, ...] = ()
    """Who gets it, unless the request says `to`."""


class Hold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a mail that asks for a hold is known, and what it says. All are regular expressions,
    looked for line by line; the first group is what counts."""

    about: str = r"(?i)\b(?:hold|block|quarantine|sperr\w*)\b"
    """Somewhere in subject or text, else the mail is about something else."""
    lots: tuple[str, ...] = (r"(?i)\b(?:lot|batch|charge)\b[ .:#]*(?:no|nr|number)?[ .:#]*" + _ID,)
    """A lot."""
    orders: tuple[str, ...] = (r"(?i)\b(?:order|auftrag)\b[ .:#]*(?:no|nr|number)?[ .:#]*" + _ID,)
    """An order, which alone says no lot: a person must find it."""
    reasons: tuple[str, ...] = (r"(?i)^\s*(?:reason|grund|because)\b\s*:?\s*(.{3,500})",)
    """Why."""

    def __post_init__(self) -> None:
        """Raises ValueError for every expression that cannot be used."""
        wrong: list[str] = []
        for name, patterns in (
            ("lots", self.lots), ("orders", self.orders), ("reasons", self.reasons),
        ):  # fmt: skip
            for pattern in patterns:
                try:
                    if re.compile(pattern).groups < 1:
                        wrong.append(f"{name}: {pattern!r} has no group")
                except re.error as error:
                    wrong.append(f"{name}: {pattern!r}: {error}")
        try:
            re.compile(self.about)
        except re.error as error:
            wrong.append(f"about: {self.about!r}: {error}")
        if wrong:
            raise ValueError("; ".join(wrong))


class MailSettings(Settings, frozen=True, kw_only=True):
    """What we read, what we send, and whom we believe."""

    imap: Imap | None = None
    """Without one we only send."""
    smtp: Smtp | None = None
    """Without one we only read."""
    senders: tuple[str, ...] = ()
    """Whose word counts: `qa@acme.example`, or `@acme.example` for all there. Empty: nobody's, so
    nothing is proposed from a mail."""
    trusted: str = ""
    """Name by which your own receiving server signs `Authentication-Results`. Empty: no mail is
    verified, whoever it says it is from."""
    unverified: bool = False
    """Whether a sender nobody verified may propose a hold: only where mail comes from inside."""
    hold: Hold = Hold()
    """How a hold is read out of a mail."""
    templates: Mapping[str, Template] = {}
    """Our mails by name; `Request.target` is one of them."""
    most_bytes: int = 10_000_000
    """A larger mail is not fetched: its headers are read and the rest is said to be too large."""
    most_text: int = 100_000
    """So many characters of text are kept."""
    most_attachment: int = 0
    """An attachment up to so many bytes comes along whole; every other by its digest."""

    def __post_init__(self) -> None:
        """Raises ValueError with every mistake."""
        wrong: list[str] = [
            f"senders: {one!r} is neither an address nor @domain"
            for one in self.senders
            if not ADDRESS.fullmatch(f"x{one}" if one.startswith("@") else one)
        ]
        for name, template in self.templates.items():
            wrong += [
                f"templates.{name}.to: {one!r} is no address"
                for one in template.to
                if not ADDRESS.fullmatch(one)
            ]
            if "\n" in template.subject or "\r" in template.subject:
                wrong.append(f"templates.{name}.subject holds a line break")
        if not 1_000 <= self.most_bytes <= 100_000_000:
            wrong.append("most_bytes must be from 1,000 to 100,000,000")
        if wrong:
            raise ValueError("; ".join(wrong))
