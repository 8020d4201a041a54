"""Where the files of one connection lie, when they may be taken, and what they are called."""

__all__ = ["FolderSettings"]

from datetime import timedelta
from typing import Literal

from andon.connectors._folders.rows import longest
from andon.core.connector import SecretStr, Settings


class FolderSettings(Settings, frozen=True, kw_only=True):
    """One place where files are exchanged with one system."""

    folder: str
    """`/srv/exchange/mes`, or `sftp://mes@files.example:22/exchange`."""
    password: SecretStr | None = None
    """For SFTP, where no key is used."""
    key: SecretStr | None = None
    """Private key for SFTP, as OpenSSH writes it."""
    passphrase: SecretStr | None = None
    """Of the private key."""
    known_hosts: str = ""
    """The server's key, as `ssh-keyscan` prints it; SFTP does not start without.
    `{ file = "known_hosts" }` reads it from a file."""

    incoming: str = "in"
    """Folder we read, below `folder`; empty where nothing is read."""
    names: str = "*"
    """Which files are ours: `confirmation-*.csv`."""
    unfinished: tuple[str, ...] = ("*.part", "*.tmp", "*.filepart", ".*", "*~")
    """Files never looked at: their sender is still writing."""
    settle: timedelta = timedelta(seconds=10)
    """How long size and time of a file stand still before it is taken.
    0 s where finished files are renamed into the folder."""
    marker: str = ""
    """A file that says that another one is finished: `{name}.ok`, `{stem}.done`.
    With it `settle` does not count."""
    sequence: str = ""
    """Where a name holds the number the sender counts up, `-(\\d+)\\.csv$`: files are read in that
    order, and gaps are reported. Without it, the oldest is read first."""
    poll_every: timedelta = timedelta(seconds=1)
    """Pause between two looks into the folder."""
    archive: str = "archive"
    """Where files go once all of it is recorded."""
    rejected: str = "rejected"
    """Where files go that cannot be read, each with its reason beside it."""

    repeated: Literal["finding", "silent"] = "finding"
    """A file that is in the archive already, name and content: its rows are known and recorded
    once; this says whether people are told."""
    empty: Literal["finding", "silent"] = "finding"
    """A file without a byte goes to the archive; this says whether people are told."""
    most_bytes: int = 2_000_000_000
    """Larger files, or such as unpack to more, are rejected."""
    item_bytes: int = longest
    """An item that is larger as JSON is not recorded; its digest is, and an exception."""

    outgoing: str = "out"
    """Folder we write to, below `folder`."""
    out_name: str = "{target}-{sequence:06}.txt"
    """Name of an outgoing file. `{target}` is the request's, `{sequence}` counts up per target,
    `{stamp}` is our key."""
    sent: str = ".sent"
    """Folder for our notes of what was sent, below `folder`; the receiver leaves it alone."""
    sent_kept: timedelta = timedelta(days=60)
    """How long a note is kept; far longer than a command may wait for its outcome."""
