"""The system account that runs PostgreSQL when Andon itself runs as root."""

__all__ = ["Account", "account_home", "own_account", "require_reachable"]

import grp
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from andon.core.errors import SettingsError

NAME = "andon"
HOME = Path("/var/lib/andon")


class Account(NamedTuple):
    """Who runs the server."""

    uid: int
    gid: int


def own_account() -> Account | None:
    """The account `andon`, created if missing. Nothing unless we are root: we run as ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        _create()
        entry = pwd.getpwnam(NAME)
    if entry.pw_uid == 0:
        raise SettingsError(
            f"PostgreSQL cannot run as the account {NAME}: it is another name of root. "
            "Remove that account, or set database.url."
        )
    return Account(entry.pw_uid, entry.pw_gid)


def account_home(home: Path | None = None) -> Path:
    """Where the account finds programs and data: `home`, else ANDON_HOME, else /var/lib/andon."""
    return (home or Path(os.environ.get("ANDON_HOME") or HOME)).resolve()


def require_reachable(folder: Path, account: Account) -> None:
    """Refuse a folder that the account cannot enter; the modes of existing folders are not ours."""
    for place in (*reversed(folder.parents), folder):
        if not _may_enter(place, account):
            raise SettingsError(
                f"PostgreSQL cannot run in {folder}: "
                f"the account {NAME} may not enter {place}. Modes of existing folders are not "
                "changed. Choose a folder that every account can enter, or start without root."
            )


def _may_enter(place: Path, account: Account) -> bool:
    known = place.stat()
    if known.st_uid == account.uid:
        return bool(known.st_mode & 0o100)
    if known.st_gid == account.gid:
        return bool(known.st_mode & 0o010)
    return bool(known.st_mode & 0o001)


def _create() -> None:
    command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin"]
    # With `--user-group` useradd refuses when the group is already there.
    command += ["--gid", NAME] if _group_exists() else ["--user-group"]
    said = ""
    if shutil.which("useradd"):
        made = subprocess.run([*command, NAME], capture_output=True, text=True, check=False)
        if made.returncode == 0:
            return
        said = f" useradd said: {made.stderr.strip()}."
    raise SettingsError(
        f"PostgreSQL does not run as root, and the account {NAME} cannot be created here.{said} "
        f"Create a system account named {NAME}, start Andon without root, or set database.url."
    )


def _group_exists() -> bool:
    try:
        grp.getgrnam(NAME)
    except KeyError:
        return False
    return True
