"""Which connectors there are, found by entry point; nobody keeps a list."""

__all__ = ["counterparts_of", "installed"]

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from andon.core.connector import Connector
from andon.core.counterpart import Counterpart
from andon.core.errors import SettingsError


def installed() -> Mapping[str, EntryPoint]:
    """Every connector by its name, not loaded: its libraries may be missing."""
    found = entry_points(group="andon.connectors")
    return {one.name: one for one in sorted(found, key=lambda one: one.name)}


def counterparts_of(kind: type[Connector[Any]]) -> Sequence[type[Counterpart]]:
    """The simulators beside a connector. Raises SettingsError when there are none."""
    package = kind.__module__.rpartition(".")[0]
    try:
        module = import_module(f"{package}.simulator")
    except ModuleNotFoundError as error:
        if error.name != f"{package}.simulator":
            raise
        raise SettingsError(f"{kind.__name__} cannot be tried: it has no simulator.py.") from error
    found: Sequence[type[Counterpart]] = getattr(module, "COUNTERPARTS", ())
    if not found:
        raise SettingsError(
            f"{kind.__name__} cannot be tried: its simulator.py lists no COUNTERPARTS."
        )
    return found
