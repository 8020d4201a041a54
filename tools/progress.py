"""Steps of a set-up: said while they run, timed, skipped while their inputs are unchanged."""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = VENV / ".andon-setup.json"
LOG = ROOT / "build" / "setup.log"


def step(name: str, work: Callable[[], None]) -> None:
    """Run one step and say how long it took."""
    print(f"  {name} ...", end="", flush=True)
    began = time.monotonic()
    work()
    print(f" {time.monotonic() - began:.1f} s", flush=True)


def once(name: str, inputs: Iterable[Path], work: Callable[[], None]) -> None:
    """Run a step unless its last success was with the same content in these files."""
    digest = digest_of(inputs)
    if stamps().get(name) == digest:
        return
    step(name, work)
    STAMPS.write_text(json.dumps(stamps() | {name: digest}))


def is_done(name: str, inputs: Iterable[Path]) -> bool:
    """Whether the step would be skipped."""
    return stamps().get(name) == digest_of(inputs)


def stamps() -> dict[str, str]:
    """What succeeded, with which inputs; lives in the environment, so it goes with it."""
    try:
        return json.loads(STAMPS.read_text())
    except (OSError, ValueError):
        return {}


def digest_of(paths: Iterable[Path]) -> str:
    """One digest over the content, and the Python that everything is installed for."""
    digest = hashlib.sha256((VENV / "pyvenv.cfg").read_bytes())
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def run(command: Iterable[str | Path], environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the command succeeded; what it said is in build/setup.log."""
    words = [str(word) for word in command]
    with LOG.open("ab") as log:
        log.write(f"$ {' '.join(words)}\n".encode())
        log.flush()
        try:
            done = subprocess.run(words, cwd=ROOT, env=environment, stdout=log, stderr=log)
        except OSError as error:
            log.write(f"{error}\n".encode())
            return False
    return done.returncode == 0


def stop(cannot: str, *do: str) -> NoReturn:
    """End with what cannot be done, the last words of what failed, and what to do next."""
    said = LOG.read_text(errors="replace").splitlines()
    news = [line for line in said if not line.startswith("Requirement already satisfied")]
    known = [f"    {line[:160]}" for line in news[-12:]]
    if known:
        known.append(f"  (all of it: {LOG.relative_to(ROOT)})")
    print("\n" + "\n".join([cannot, *known, *(f"  - {line}" for line in do)]), file=sys.stderr)
    sys.exit(1)
