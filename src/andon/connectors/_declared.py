"""What settings declare, and whether it holds."""

__all__ = ["faults_of", "no_proof"]

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from andon.core.connector import Proof
from andon.core.errors import Fault, SettingsError


def faults_of(check: Callable[[], object]) -> Sequence[Fault]:
    """What it raises as SettingsError; nothing where it returns."""
    try:
        check()
    except SettingsError as error:
        return error.faults
    return ()


def no_proof(name: str, declared: Mapping[str, Any], target: str, proof: Proof) -> str | None:
    """What the entries of this setting lack for a target: one of its name, and what is looked for
    needs its `find`."""
    entry = declared.get(target)
    if entry is None:
        return f"`{name}` has no {target!r} ({', '.join(declared) or 'none'})"
    if entry.find is None and proof in ("findable", "state"):
        return f"`{name}.{target}` has no `find`, so nothing tells whether it happened"
    return None
