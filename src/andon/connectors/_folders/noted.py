"""What a note of a file says: whose it is, under which name it leaves, and what else. Pure."""

__all__ = ["Noted"]

from typing import NamedTuple

from andon.connectors._folders.names import Stamp


class Noted(NamedTuple):
    """One text under several names: the number that is claimed, the file that is sent, what is
    awaited of it. On a local disk that is one link with several names, which costs as little as
    one: a disk spends more on a new link than on a new name."""

    stamp: Stamp
    name: str
    """What the file is renamed to."""
    says: str = ""
    """What its connector wants to know later."""

    def text(self) -> str:
        """No safe name has a slash, so nothing needs to be escaped."""
        return "/".join(part for part in self if part)

    @classmethod
    def read(cls, text: str) -> "Noted":
        """Older releases noted the name alone, and the stamp alone where a number was claimed."""
        stamp, slash, rest = text.partition("/")
        if not slash:
            return cls(text, text)
        name, _, says = rest.partition("/")
        return cls(stamp, name, says)
