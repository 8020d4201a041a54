"""Whether mappings and routes fit what the connectors' settings bring and take; nobody is asked."""

__all__ = ["fitting_faults"]

from collections.abc import Callable, Iterator, Sequence, Set
from typing import Any

from andon.app.specimen import specimen
from andon.core.connector import Connector, Offer, Sink
from andon.core.errors import Fault
from andon.core.mapping import Inbound, Known, Outbound
from andon.core.message import Command
from andon.core.plant import Connection, Route
from andon.engine.plan import reads

_OURS = "andon.connectors."
Made = Sequence[tuple[Connection, Connector[Any]]]


def fitting_faults(made: Made, routes: Sequence[Route]) -> Iterator[Fault]:
    """For the connections whose settings read: mappings that never get an item, items that no
    mapping reads, routes to who takes nothing, targets that the settings do not have."""
    for connection, connector in made:
        at = f"connections/{connection.name}"
        yield from _kinds(at, connection, connector)
        if isinstance(connector, Sink):
            routed = {route.command for route in routes if route.connection == connection.name}
            yield from _targets(at, connection, connector, routed)
    able = {connection.name: _takes(connector) for connection, connector in made}
    for route in routes:
        if not able.get(route.connection, True):
            yield Fault(
                f"routes/{route.command.__name__}",
                f"goes to {route.connection!r}, whose settings say nowhere to send to",
            )


def _takes(connector: Connector[Any]) -> bool:
    sends = isinstance(connector, Sink) and connector.sends
    return sends or any(isinstance(door, Offer) for door in connector.doors())


def _kinds(at: str, connection: Connection, connector: Connector[Any]) -> Iterator[Fault]:
    mapped = {one.kind: one for one in connection.mappings if isinstance(one, Inbound)}
    brought = connector.kinds
    if brought is None:
        return
    listens = reads(connector) or bool(mapped)
    for kind in sorted(brought - mapped.keys()) if listens else ():
        yield Fault(
            at, f"its settings bring items of kind {kind!r}, and no mapping reads them{_of(mapped)}"
        )
    for kind in sorted(mapped.keys() - brought):
        if not _is_ours(mapped[kind].reads):
            yield Fault(at, f"its settings bring no items of kind {kind!r}{_of(brought)}")


def _of(names: Any) -> str:
    return f" ({', '.join(sorted(names)) or 'none'})"


def _is_ours(reads: Callable[..., Any]) -> bool:
    """A connector's own mappings are a stock to choose from."""
    return reads.__module__.startswith(_OURS)


def _targets(
    at: str, connection: Connection, connector: Sink[Any], routed: Set[type[Command]]
) -> Iterator[Fault]:
    known = Known(connector.settings, local="1")
    for one in connection.mappings:
        if not isinstance(one, Outbound) or one.command not in routed:
            continue
        target = _target(one, known)
        lacks = None if target is None else connector.missing_for(target, one.proof)
        if lacks is not None:
            yield Fault(f"{at}/{one.command.__name__}", lacks)


def _target(mapping: Outbound, known: Known) -> str | None:
    """Where it would send; None where a made-up command is not enough to tell."""
    command = specimen(mapping.command)
    try:
        return None if command is None else mapping.writes(command, known).target
    except Exception:  # a mapping may refuse what is made up in any way
        return None
