"""How far a connector has been taken: its `quality.toml`."""

__all__ = ["Face", "Level", "Quality", "faces_of", "quality_of", "read_quality"]

import tomllib
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Literal

import msgspec

from andon.core.connector import Acknowledge, Connector, Offer, Push, Sink, Source
from andon.core.errors import SettingsError

Face = Literal["source", "sink", "inbox", "outbox"]

Level = Literal["proven", "simulated", "partial"]
"""Proven: the suite passes on the simulator and on the real system. Simulated: on the simulator
only. Partial: not deep enough yet, and its README says what is missing."""


class Quality(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a connector says about itself."""

    level: Level
    faces: tuple[Face, ...]
    system: str
    """What it was tried with, and its version."""
    exempt: Mapping[str, str] = {}
    """Checks that do not hold for this system, each with the reason."""


def quality_of(kind: type[Connector[Any]]) -> Quality:
    """What the `quality.toml` beside the connector says. Raises SettingsError."""
    package = kind.__module__.rpartition(".")[0] or kind.__module__
    return read_quality(resources.files(package) / "quality.toml", kind.__name__)


def read_quality(file: Traversable, name: str) -> Quality:
    """One file, read. Raises SettingsError with what is wrong in it."""
    try:
        found = msgspec.convert(tomllib.loads(file.read_text()), Quality)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(
            f"{name} does not say how far it was taken: its quality.toml cannot be used: {error}."
            " Write level, faces, system and [exempt] check = reason, as in connectors/tryton."
        ) from error
    if unreasoned := [check for check, why in found.exempt.items() if not why.strip()]:
        raise SettingsError(
            f"{name} gives no reason for being exempt from {unreasoned}. Write one."
        )
    return found


def faces_of(connector: Connector[Any]) -> set[Face]:
    """The faces it really has."""
    faces: set[Face] = set()
    if isinstance(connector, Source) and connector.reads:
        faces.add("source")
    if isinstance(connector, Sink) and connector.sends:
        faces.add("sink")
    for door in connector.doors():
        match door:
            case Push():
                faces.add("inbox")
            case Offer() | Acknowledge():
                faces.add("outbox")
    return faces
