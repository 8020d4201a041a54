"""Virtual environments for programs that are not ours, made from hashed requirement files."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "counterparts"
"""Environments and seeded databases live here, ignored by git; deleting it costs a minute."""

Progress = Callable[[str], None]


class MissingPythonError(Exception):
    """No Python new enough is on this machine."""


def python_at_least(minor: int, *, below: int = 15) -> Path:
    """The lowest Python 3 of at least this minor version: on the path, or pyenv's or uv's."""
    for wanted in range(minor, min(below, newest_allowed() + 1)):
        for candidate in _candidates(wanted):
            if _works(candidate, wanted):
                return candidate
    raise MissingPythonError(
        f"Python 3.{minor} or newer cannot be found. Looked for python3.{minor} .. "
        f"python3.{below - 1} on the path, under pyenv and under uv. Install it "
        f"(Debian/Ubuntu: python3.{minor} and python3.{minor}-venv; macOS: brew install "
        f"python@3.{minor}; any: uv python install 3.{minor}) and run this again."
    )


def newest_allowed() -> int:
    """`ANDON_NEWEST_PYTHON=3.11` has Pythons newer than that count as not installed, to see what a
    machine without them does."""
    named = os.environ.get("ANDON_NEWEST_PYTHON", "3.14")
    return int(named.removeprefix("3."))


def _candidates(minor: int) -> Iterable[Path]:
    if sys.version_info[:2] == (3, minor):
        yield Path(sys.executable)
    # Every one on the path, not the first: a pyenv shim may be first and refuse to run.
    for folder in os.get_exec_path():
        candidate = Path(folder) / f"python3.{minor}"
        if os.access(candidate, os.X_OK):  # false where a folder of the path may not be entered
            yield candidate
    pyenv = [os.environ.get("PYENV_ROOT"), Path.home() / ".pyenv"]
    for home in filter(None, pyenv):
        yield from _below(Path(home), f"versions/3.{minor}.*/bin/python3")
    yield from _below(Path.home() / ".local/share/uv/python", f"cpython-3.{minor}*/bin/python3")


def _below(home: Path, pattern: str) -> list[Path]:
    """Nothing where the folder is another person's."""
    return sorted(home.glob(pattern)) if os.access(home, os.R_OK | os.X_OK) else []


def _works(python: Path, minor: int) -> bool:
    says = f"import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, {minor}))"
    try:
        return subprocess.run([python, "-c", says], capture_output=True).returncode == 0
    except OSError:
        return False


def environment(name: str, *, minor: int, progress: Progress) -> Path:
    """The environment of `requirements/<name>.txt`, made or renewed when the file changed.

    Made with Python 3.`minor` or newer; raises MissingPythonError when there is none.
    """
    requirements = ROOT / "requirements" / f"{name}.txt"
    home = BUILD / name
    stamp = home / "requirements.sha256"
    digest = digest_of([requirements])
    made = stamp.is_file() and stamp.read_text() == digest
    if made and newest_allowed() >= minor and (home / "bin" / "python").exists():
        return home
    python = python_at_least(minor)
    began = time.monotonic()
    progress(f"{name}: installing into {home.relative_to(ROOT)}")
    shutil.rmtree(home, ignore_errors=True)
    home.parent.mkdir(parents=True, exist_ok=True)
    run([python, "-m", "venv", home])
    _install(home, requirements)
    stamp.write_text(digest)
    progress(f"{name}: installed in {time.monotonic() - began:.0f} s")
    return home


def _install(home: Path, requirements: Path) -> None:
    python = home / "bin" / "python"
    uv = shutil.which("uv", path=os.pathsep.join([str(ROOT / ".venv/bin"), os.defpath]))
    if uv is not None:
        fast = [uv, "pip", "install", "-q", "--compile-bytecode", "--python", python]
        fast += ["--require-hashes"]
        if subprocess.run([*fast, "-r", requirements], capture_output=True).returncode == 0:
            return
    # pip knows settings (a proxy, a mirror) that uv does not read.
    slow = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    run([*slow, "--require-hashes", "-r", requirements])


def keep(fresh: Path, cache: Path) -> None:
    """Makes a finished folder the cache; older ones go, one still being made by others stays."""
    kind = cache.name.rpartition("-")[0]
    for old in cache.parent.glob(f"{kind}-*"):
        if old.suffix != ".part" and old != cache:
            shutil.rmtree(old, ignore_errors=True)
    try:
        fresh.rename(cache)
    except OSError:
        # Somebody else finished the same one first.
        shutil.rmtree(fresh, ignore_errors=True)


def digest_of(files: Iterable[Path]) -> str:
    """One digest over the contents of these files."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def run(
    command: list[object], *, env: dict[str, str] | None = None, cwd: Path | None = None
) -> str:
    """Runs to the end and returns what was said; says everything when it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, env=env, cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode != 0:
        said = done.stdout.strip()[-4000:]
        raise RuntimeError(f"`{' '.join(words)}` ended with {done.returncode}:\n{said}")
    return done.stdout
