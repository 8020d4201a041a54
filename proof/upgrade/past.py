"""The newest code in this repository's history that knows an older schema."""

__all__ = ["Past", "laid_out"]

import re
import subprocess
from pathlib import Path

import msgspec

from andon.store.migrate import SCHEMA_VERSION
from bench.failure import MeasurementError
from bench.hub import ROOT

_STEPS = "src/andon/store/migrations/versions"


class Past(msgspec.Struct, frozen=True):
    """Its code in a folder, as it was committed."""

    folder: Path
    revision: str
    schema: int

    @property
    def command(self) -> str:
        """Put before a command, it runs the old code with the libraries of today."""
        return f"env PYTHONPATH={self.folder / 'src'}:{self.folder}"


def laid_out(folder: Path, revision: str | None = None) -> Past:
    """The code of `revision`, else of the last commit before the newest step of the schema,
    unpacked below `folder`. Raises MeasurementError where history has none."""
    revision = revision or f"{_newest_step()}^"
    last = _git("rev-parse", "--short", revision).decode().strip()
    names = _git("ls-tree", "--name-only", last, f"{_STEPS}/").decode()
    schema = max(map(int, re.findall(r"/v(\d+)_\w+\.py$", names, re.MULTILINE)))
    if schema == SCHEMA_VERSION:
        raise MeasurementError(f"{last} knows schema {schema} already: there is no upgrade in it.")
    folder.mkdir()
    packed = _git("archive", last, "src", "bench")
    subprocess.run(["tar", "-x", "-C", folder], input=packed, check=True)
    return Past(folder, last, schema)


def _newest_step() -> str:
    """The commit that brought the last step of the schema."""
    step = next((ROOT / _STEPS).glob(f"v{SCHEMA_VERSION:04}_*.py"))
    found = _git("log", "--diff-filter=A", "--format=%h", "--", str(step)).split()
    if not found:
        raise MeasurementError(
            f"This history does not hold the step to schema {SCHEMA_VERSION}."
            " A shallow clone holds no past: git fetch --unshallow."
        )
    return found[-1].decode()


def _git(*words: str) -> bytes:
    ran = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)
    if ran.returncode != 0:
        raise MeasurementError(f"git {words[0]} failed: {ran.stderr.decode().strip()}")
    return ran.stdout
