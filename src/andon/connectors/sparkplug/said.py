"""What comes out of listening to nodes: changes, births and deaths, what nobody can read."""

__all__ = ["Ask", "Change", "Life", "Odd", "Said"]

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from andon.connectors.sparkplug.addresses import Address
from andon.connectors.sparkplug.news import Known, Watched


class Change(NamedTuple):
    """A watched metric says something new, or nothing any more."""

    address: Address
    metric: Known
    watched: Watched
    value: Any
    at: int
    properties: Mapping[str, Any]
    beside: dict[str, Any]
    """What other metrics of the same node or device say once the whole message is read."""
    stale: bool
    """The node or device is gone: this is what it said last."""
    returned: bool
    """Node or device were away: this holds anew, even where nothing changed."""
    historical: bool
    """From the node's memory, told late."""
    again: int
    """Tells two tellings of one value at one time apart; 0 where nothing has to be."""


class Life(NamedTuple):
    """A node or device came, went, or was not heard."""

    address: Address
    what: Literal["born", "dead", "silent", "gap"]
    at: int
    why: str


class Odd(NamedTuple):
    """A value nobody can read; the others of its message were read."""

    address: Address
    metric: str
    at: int
    says: str
    raw: bytes
    """The metric as it came."""


class Ask(NamedTuple):
    """This node shall be asked for its birth."""

    address: Address


Said = Change | Life | Odd | Ask
