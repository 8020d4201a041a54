"""What the processes of a running Andon report to the one that started them."""

__all__ = ["DATABASE_IS_AWAY", "SETTINGS_ARE_WRONG", "Declared", "Refused", "Said"]

import msgspec

from andon.core.plant import Ownership

SETTINGS_ARE_WRONG = 78
"""Exit status (EX_CONFIG): starting again would not help."""
DATABASE_IS_AWAY = 75
"""Exit status (EX_TEMPFAIL): starting again helps as soon as the database answers."""


class Declared(msgspec.Struct, frozen=True, tag=True):
    """The project is right: its name, and who owns what."""

    name: str
    ownership: tuple[Ownership, ...]


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The project cannot start, in words for whoever started it."""

    says: str


Said = Declared | Refused
"""The first line of a stem, as JSON."""
