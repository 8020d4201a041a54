"""What is installed: connectors, the extras they need, and whether their libraries are there."""

__all__ = ["Extra", "extra_of", "found", "loaded"]

import re
from importlib.metadata import Distribution, EntryPoint, PackageNotFoundError
from typing import Any

import msgspec

from andon.core.connector import Connector
from andon.core.errors import SettingsError
from andon.testing.conformance import installed


class Extra(msgspec.Struct, frozen=True):
    """What one connector needs beyond the package it came with."""

    install: str
    """What to hand to the installer: `andon[kafka]`; empty when nothing more is needed."""
    libraries: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def found(name: str) -> EntryPoint:
    """The connector of this name. Raises SettingsError with those there are."""
    there = installed()
    if name not in there:
        raise SettingsError(
            f"There is no connector called {name!r} here. There are {', '.join(there)}."
        )
    return there[name]


def extra_of(entry: EntryPoint) -> Extra:
    """The extra that is named like the connector, if its package has one."""
    package = entry.dist
    if package is None or entry.name not in (package.metadata.get_all("Provides-Extra") or ()):
        return Extra("")
    libraries = tuple(
        wanted
        for line in package.requires or ()
        if re.search(rf"extra == ['\"]{re.escape(entry.name)}['\"]", line)
        for wanted in re.findall(r"^[\w.-]+", line)
    )
    missing = tuple(library for library in libraries if not _is_there(library))
    return Extra(f"{package.name}[{entry.name}]", libraries, missing)


def loaded(entry: EntryPoint) -> type[Connector[Any]]:
    """Its class. Raises SettingsError that says which extra to install."""
    extra = extra_of(entry)
    if extra.missing:
        raise SettingsError(
            f"{entry.name} cannot be used: {', '.join(extra.missing)} "
            f"{'is' if len(extra.missing) == 1 else 'are'} not installed."
            f" Install {extra.install}, for example: pip install '{extra.install}'"
        )
    try:
        return entry.load()
    except ImportError as error:
        raise SettingsError(f"{entry.name} cannot be loaded from {entry.value}: {error}") from error


def _is_there(library: str) -> bool:
    try:
        Distribution.from_name(library)
    except PackageNotFoundError:
        return False
    return True
