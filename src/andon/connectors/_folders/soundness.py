"""Mistakes in settings that types alone do not show, all at once."""

__all__ = ["folder_faults", "login_of"]

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import asyncssh

from andon.connectors._folders.login import Login
from andon.connectors._folders.names import is_safe
from andon.connectors._folders.settings import FolderSettings
from andon.core.errors import Fault


def login_of(settings: FolderSettings) -> tuple[Login, str]:
    """Login and path of an `sftp://` address. Raises ValueError."""
    parts = urlsplit(settings.folder)
    if parts.scheme != "sftp" or not parts.hostname or not parts.username:
        raise ValueError(f"{settings.folder!r} does not read sftp://user@host:port/path")
    if parts.password is not None:
        raise ValueError("a password stands in the address; write it as `password`")
    login = Login(
        host=parts.hostname,
        port=parts.port or 22,
        user=unquote(parts.username),
        known_hosts=settings.known_hosts,
        password=settings.password,
        key=settings.key,
        passphrase=settings.passphrase,
    )
    path = unquote(parts.path) or "/"
    return login, path.removeprefix("/~/") or "."


def folder_faults(settings: FolderSettings) -> list[Fault]:
    """Every mistake about the place, the names and the numbers."""
    return [*_place_faults(settings), *_folder_faults(settings), *_pattern_faults(settings)]


def _place_faults(settings: FolderSettings) -> Iterator[Fault]:
    if "://" not in settings.folder:
        if not settings.folder.startswith("/"):
            yield Fault("folder", f"{settings.folder!r} is neither a whole path nor sftp://")
        return
    try:
        login, _ = login_of(settings)
    except ValueError as error:
        yield Fault("folder", str(error))
        return
    if not settings.known_hosts.strip():
        yield Fault("known_hosts", f"is missing; ssh-keyscan -p {login.port} {login.host}")
    else:
        try:
            asyncssh.import_known_hosts(settings.known_hosts)
        except ValueError as error:
            yield Fault("known_hosts", str(error))
    if settings.password is None and settings.key is None:
        yield Fault("password", "is missing, and so is `key`; one of them is needed")
    if settings.key is not None:
        phrase = settings.passphrase.reveal() if settings.passphrase else None
        try:
            asyncssh.import_private_key(settings.key.reveal(), phrase)
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
            # What the library says may quote the key.
            yield Fault("key", "does not read as a private key, or `passphrase` is not its own")


def _folder_faults(settings: FolderSettings) -> Iterator[Fault]:
    places = ("incoming", "archive", "rejected", "outgoing", "sent")
    for name in places:
        path: str = getattr(settings, name)
        if path not in ("", ".") and not all(is_safe(part) for part in path.split("/")):
            yield Fault(name, f"{path!r} does not stay below the folder")
        elif not path and name != "incoming":
            yield Fault(name, "is empty; name a folder")
    used = [getattr(settings, name) for name in places]
    for name in places:
        if used.count(path := getattr(settings, name)) > 1:
            yield Fault(name, f"{path!r} stands twice; each needs a folder of its own")


def _pattern_faults(settings: FolderSettings) -> Iterator[Fault]:
    try:
        if re.compile(settings.sequence).groups != 1 and settings.sequence:
            yield Fault("sequence", r"needs exactly one group for the number: -(\d+)\.csv$")
    except re.error as error:
        yield Fault("sequence", f"is no regular expression: {error}")
    if settings.marker:
        try:
            if settings.marker.format(name="a", stem="b") == settings.marker:
                yield Fault("marker", "names no file: write {name}.ok or {stem}.ok")
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            yield Fault("marker", f"knows only {{name}} and {{stem}}: {error!r}")
    try:
        one, two = (settings.out_name.format(target="t", sequence=n, stamp=str(n)) for n in (1, 2))
        if one == two:
            yield Fault("out_name", "gives two files one name; add {sequence} or {stamp}")
        elif not is_safe(one):
            yield Fault("out_name", f"{one!r} is no name that every system takes")
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        yield Fault("out_name", f"knows only {{target}}, {{sequence}} and {{stamp}}: {error!r}")
