"""Every connector that reads, each in a process of its own."""

__all__ = ["prove", "shown"]

import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from andon.core.connector import Connector, Source
from andon.core.counterpart import Counterpart, Speaks
from andon.testing.conformance import counterparts_of, installed
from bench.hub import ROOT
from proof.memory.reading import NotShown, Reading, Shown

_WITHIN = 1800
_QUICK = {"rest": "Journal"}
"""The counterpart that can hold a million things; the first one elsewhere."""


def prove(
    many: int, *, only: Sequence[str] = (), told: Callable[[str], None] = print
) -> list[Shown]:
    """What each held. None that reads is left out: what could not be measured says why."""
    done: list[Shown] = []
    for name, entry in installed().items():
        kind = entry.load()
        if _reads(kind) and (not only or name in only):
            done.append(shown(name, counterparts_of(kind), many))
            told(f"{name}: {done[-1]}")
    return done


def _reads(kind: type[Connector[Any]]) -> bool:
    return issubclass(kind, Source)


def shown(name: str, counterparts: Sequence[type[Counterpart]], many: int) -> Shown:
    """One connector, with the quickest of those counterparts that speak."""
    peers = [peer for peer in counterparts if issubclass(peer, Speaks)]
    if not peers:
        return _missed(name, "none", "no counterpart here says anything it could read")
    quick = [peer for peer in peers if peer.__name__ == _QUICK.get(name)]
    return _asked(name, next(iter([*quick, *peers])), many)


def _asked(name: str, peer: type[Counterpart], many: int) -> Shown:
    where = f"{peer.__module__}:{peer.__name__}"
    command = [sys.executable, "-m", "proof.memory.one", name, where, str(many)]
    try:
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=_WITHIN, check=False)
    except subprocess.TimeoutExpired:
        return _missed(name, peer.__name__, f"{many:,} items were not read within {_WITHIN} s")
    if ran.returncode:
        last = ran.stderr.decode(errors="replace").strip().splitlines()[-1:]
        return _missed(name, peer.__name__, " ".join([f"ended with {ran.returncode}:", *last]))
    return msgspec.json.decode(ran.stdout, type=Reading)


def _missed(name: str, peer: str, why: str) -> NotShown:
    today = datetime.now(UTC).date()
    return NotShown(connector=name, counterpart=peer, fault=why, measured_on=today)
