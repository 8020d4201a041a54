"""One promise and how it is tried."""

__all__ = ["BrokenPromiseError", "Check", "check", "promise"]

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from andon.core.connector import Connector
from andon.core.counterpart import Counterpart
from andon.core.errors import DefectError
from andon.testing.conformance.trial import Trial

Fits = Callable[[Counterpart], str]
"""Why a counterpart cannot be used for a check; empty when it can."""


class BrokenPromiseError(DefectError):
    """A connector does not keep what every connector promises."""


class Check(msgspec.Struct, frozen=True):
    """One promise. Its name is its key in `quality.toml`, its text the docstring."""

    name: str
    says: str
    faces: tuple[type, ...]
    """The connector has one of these; none means any connector."""
    counterpart: type | None
    """What the counterpart must be able to do."""
    fits: Fits
    proves: Callable[[Trial], Awaitable[None]]

    def unfit(self, kind: type[Connector[Any]], counterpart: Counterpart) -> str:
        """Why this cannot be tried on this pair; empty when it can."""
        if self.faces and not issubclass(kind, self.faces):
            return f"no {' or '.join(face.__name__.lower() for face in self.faces)}"
        if self.counterpart is not None and not isinstance(counterpart, self.counterpart):
            return f"{counterpart.name} is none that {self.counterpart.__name__.lower()}"
        return self.fits(counterpart)


def check(
    *faces: type, counterpart: type | None = None, fits: Fits = lambda _: ""
) -> Callable[[Callable[[Trial], Awaitable[None]]], Check]:
    """Marks what proves a promise; the docstring says the promise."""

    def made(proves: Callable[[Trial], Awaitable[None]]) -> Check:
        name = getattr(proves, "__name__", "")
        return Check(name, (proves.__doc__ or "").strip(), faces, counterpart, fits, proves)

    return made


def promise(kept: object, otherwise: str) -> None:
    """Raises BrokenPromiseError with `otherwise` unless `kept`."""
    if not kept:
        raise BrokenPromiseError(otherwise)
