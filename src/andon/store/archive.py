"""Archives: JSON lines in gzip, a digest beside each, whole on disk before a row is removed."""

__all__ = ["Writing", "lines_of", "renamed", "require_whole", "throw_away_halves"]

import gzip
import hashlib
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from andon.core.errors import SettingsError


class Writing:
    """A file on its way to disk, under another name until it is whole."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / name
        self._part = _partial(self.file)
        handle = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._out = os.fdopen(handle, "wb")
        self._gzip = gzip.GzipFile("", "wb", compresslevel=6, fileobj=self._out, mtime=0)
        self.records = 0

    def add(self, lines: Sequence[str]) -> None:
        """One line each; a row of the database as JSON holds no line break."""
        self._gzip.write("".join(f"{line}\n" for line in lines).encode())
        self.records += len(lines)

    def close(self) -> tuple[str, int]:
        """Its digest and size, once all of it and its digest are on disk."""
        self._gzip.close()
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()
        digest = _digest_of(self._part)
        with _sidecar(self.file).open("w") as beside:
            beside.write(f"{digest}  {self.file.name}\n")
            beside.flush()
            os.fsync(beside.fileno())
        return digest, self._part.stat().st_size

    def discard(self) -> None:
        """Takes away what was begun; the disk may be full, so nothing more is written."""
        for open_file in (self._gzip, self._out):
            with suppress(OSError):
                open_file.close()
        self._part.unlink(missing_ok=True)


def _partial(file: Path) -> Path:
    """Its name until it is whole."""
    return file.with_name(f"{file.name}.part")


def _sidecar(file: Path) -> Path:
    """The digest beside it, as `sha256sum -c` reads it."""
    return file.with_name(f"{file.name}.sha256")


def _digest_of(file: Path) -> str:
    """SHA-256 of the file as it lies there."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def renamed(file: Path) -> None:
    """Gives a whole file its name, for good; nothing where it has it already."""
    if _partial(file).exists():
        os.replace(_partial(file), file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def throw_away_halves(folder: Path, mark: str, whole: Collection[str]) -> None:
    """Removes what a killed sweep left under its working name: no row of it left the database."""
    for part in folder.glob(f"*-{mark}-*.part"):
        file = part.with_suffix("")
        if file.name not in whole:
            _sidecar(file).unlink(missing_ok=True)
            part.unlink()


def _why(error: OSError | IndexError) -> str:
    if isinstance(error, IndexError):
        return "its .sha256 is empty"
    return f"{error.strerror} ({Path(str(error.filename)).name})"


def require_whole(file: Path, digest: str | None = None) -> None:
    """Raises SettingsError when the file is missing, or not what was written."""
    try:
        expected = digest or _sidecar(file).read_text().split()[0]
        found = _digest_of(file)
    except (OSError, IndexError) as error:
        raise SettingsError(
            f"The archive {file.name} cannot be read in {file.parent}: {_why(error)}."
            " Put it back there with its .sha256, or say where it lies."
        ) from error
    if found != expected:
        raise SettingsError(
            f"The archive {file.name} is not as it was written: its digest is {found[:12]}, not"
            f" {expected[:12]}. Take it from a backup of {file.parent}."
        )


def lines_of(file: Path) -> Iterator[bytes]:
    """Its rows, one JSON text each."""
    with gzip.open(file, "rb") as rows:
        yield from rows
