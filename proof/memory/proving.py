"""Every connector that can be asked for many things, each in a process of its own."""

__all__ = ["faults", "prove", "write"]

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from andon.core.counterpart import Speaks
from andon.testing.conformance import counterparts_of, installed
from bench.hub import ROOT
from proof.memory.reading import REMEMBERED, Reading

_WITHIN = 1800
_QUICK = {"rest": "Journal"}
"""The counterpart that can hold a million things; the first one elsewhere."""


def prove(
    many: int, *, only: Sequence[str] = (), told: Callable[[str], None] = print
) -> list[Reading | str]:
    """What each held; a text where it could not be read to the end."""
    done: list[Reading | str] = []
    for name, entry in installed().items():
        if only and name not in only:
            continue
        peers = [
            peer
            for peer in counterparts_of(entry.load())
            if issubclass(peer, Speaks) and peer.most >= 20_000
        ]
        for peer in [one for one in peers if one.__name__ == _QUICK.get(name)] or peers[:1]:
            done.append(_one(name, f"{peer.__module__}:{peer.__name__}", many))
            told(f"{name} {peer.__name__}: {done[-1]}")
    return done


def _one(name: str, peer: str, many: int) -> Reading | str:
    command = [sys.executable, "-m", "proof.memory.one", name, peer, str(many)]
    try:
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=_WITHIN, check=False)
    except subprocess.TimeoutExpired:
        return f"{name} with {peer} did not read {many:,} items within {_WITHIN} s"
    if ran.returncode:
        return f"{name} with {peer}: {ran.stderr.decode()[-400:]}"
    return msgspec.json.decode(ran.stdout, type=Reading)


def faults(done: Sequence[Reading | str]) -> list[str]:
    """What the proof does not show."""
    return [
        fault if isinstance(one, str) else f"{one.connector} {one.counterpart}: {fault}"
        for one in done
        if (fault := one if isinstance(one, str) else one.fault)
    ]


def write(done: Sequence[Reading | str], out: Path) -> None:
    """Writes memory.md and memory.json."""
    read = [one for one in done if isinstance(one, Reading)]
    (out / "memory.json").write_bytes(msgspec.json.format(msgspec.json.encode(read)) + b"\n")
    lines = [
        "# A million items",
        "",
        "Every connector that reads, in a process of its own; its simulator in another. First all",
        "items wait while nobody consumes, then they are read and committed in batches. Memory is",
        "what the process grew by since its first item. Made by `python -m proof --target memory`.",
        "",
        "| connector | counterpart | items | keys | grown while waiting, MB |"
        " grown while reading, MB | items/s |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {one.connector} | {one.counterpart} | {one.items:,} | {one.keys:,} |"
            f" {one.waiting_mb} | {one.reading_mb} | {one.items_per_s:,} |"
            for one in read
        ),
        "",
        "Some connectors remember things by design, so their memory follows what a minute brings:",
        "",
        *(f"- {name}: {what}" for name, (_, what) in REMEMBERED.items()),
        "",
        *(f"- Not shown: {fault}" for fault in faults(done)),
    ]
    (out / "memory.md").write_text("\n".join(lines).rstrip() + "\n")
