"""Errors, sorted by who acts next:
the clock, the resolver, the owner of the data, an operator, a developer."""

__all__ = [
    "AndonError",
    "AttentionError",
    "CancelledRunError",
    "CredentialsError",
    "DefectError",
    "DeniedError",
    "Fault",
    "InvalidError",
    "LateError",
    "MappingError",
    "OutcomeUnknownError",
    "RefusedError",
    "RejectedError",
    "ReplayError",
    "SettingsError",
    "ThrottledError",
    "TransientError",
    "UnavailableError",
    "UnknownError",
    "UnroutedError",
]

from collections.abc import Sequence

import msgspec


class Fault(msgspec.Struct, frozen=True):
    """One mistake and its place: a JSON pointer into a document, or a file and key."""

    at: str
    says: str

    def __str__(self) -> str:
        return f"{self.at or '/'}: {self.says}"


class AndonError(Exception):
    """Every failure Andon names. The subclass says whose hands are needed."""

    acts = "developer"


class TransientError(AndonError):
    """The clock acts: try again later. Provably nothing happened at the other side."""

    acts = "clock"


class UnavailableError(TransientError):
    """The system cannot be reached (`reached` is False),
    or answered a status declared without effect."""

    def __init__(self, text: str, *, reached: bool = False) -> None:
        super().__init__(text)
        self.reached = reached


class ThrottledError(TransientError):
    """The system asks us to slow down; `after` seconds if it said so."""

    def __init__(self, text: str, after: float | None = None) -> None:
        super().__init__(text)
        self.after = after


class UnknownError(AndonError):
    """The resolver acts: find out what happened; never send blindly again."""

    acts = "resolver"


class OutcomeUnknownError(UnknownError):
    """A time-out or a lost answer after the first byte of the request left."""


class RefusedError(AndonError):
    """The owner of the data acts: this one is set aside, the next goes on."""

    acts = "data owner"


class MappingError(RefusedError):
    """An item does not read as the mapping expects; `faults` holds every place."""

    def __init__(self, text: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(text)
        self.faults = tuple(faults)


class InvalidError(RefusedError):
    """A message breaks its contract; `faults` lists every error with its JSON pointer."""

    def __init__(self, text: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(text)
        self.faults = tuple(faults)


class RejectedError(RefusedError):
    """The system refused, in its own words and with its own code if it gave one."""

    def __init__(self, text: str, code: str | None = None) -> None:
        super().__init__(text)
        self.code = code


class DeniedError(RefusedError):
    """The gate does not let this command pass."""


class UnroutedError(DeniedError):
    """Nothing at this site takes such a command."""


class LateError(RefusedError):
    """A wait in a workflow ended by its deadline."""


class CancelledRunError(RefusedError):
    """The command was cancelled before it left."""


class AttentionError(AndonError):
    """An operator acts: this connection pauses until then."""

    acts = "operator"


class CredentialsError(AttentionError):
    """The system does not accept who we say we are."""


class SettingsError(AttentionError):
    """Settings are wrong; `faults` lists every mistake with file and key."""

    def __init__(self, text: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(text)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n  ".join([super().__str__(), *map(str, self.faults)])


class DefectError(AndonError):
    """A developer acts: this run stops and is kept."""


class ReplayError(DefectError):
    """A workflow body did something else on replay than its journal says."""
