"""A project made ready to run: every name looked up once, every mistake found at once."""

__all__ = ["Plan", "Wired", "reads", "wire", "wiring_faults"]

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from andon.core.connector import Connector, Offer, Settings, Sink, Source
from andon.core.errors import Fault
from andon.core.mapping import Inbound, Outbound
from andon.core.message import Command, Event, subject_name
from andon.core.plant import Connection, Ownership, Partnership, Policy, Route
from andon.core.workflow import Workflow
from andon.governance.contracts import Contracts


def reads(connector: Connector[Any]) -> bool:
    """Whether there is anything to read from it."""
    return isinstance(connector, Source) and connector.reads


class Wired(msgspec.Struct, frozen=True):
    """One connection with its connector made and its mappings looked up."""

    name: str
    site: str
    connector: Connector[Any]
    inbound: Mapping[str, Inbound]
    outbound: Mapping[type[Command], Outbound]

    @property
    def settings(self) -> Settings:
        """The connector's settings."""
        return self.connector.settings

    @property
    def offers(self) -> bool:
        """Whether the system fetches its commands from us."""
        return any(isinstance(door, Offer) for door in self.connector.doors())

    @property
    def faces(self) -> list[str]:
        """Which of source, sink, inbox and outbox it has."""
        faces = [
            *(["source"] if reads(self.connector) else []),
            *(["sink"] if isinstance(self.connector, Sink) and self.connector.sends else []),
        ]
        doors = self.connector.doors()
        if self.offers:
            faces.append("outbox")
        if any(not isinstance(door, Offer) for door in doors):
            faces.append("inbox")
        return faces


class Plan(msgspec.Struct, frozen=True):
    """Everything the loops need to know about a project; immutable."""

    name: str
    site: str
    connections: Mapping[str, Wired]
    workflows: Mapping[str, Workflow]
    starts: Mapping[str, Sequence[Workflow]]
    """Event type name -> workflows it starts."""
    routes: Mapping[tuple[type[Command], str | None], str]
    policies: Mapping[type[Command], Sequence[Policy]]
    ownership: Sequence[Ownership]
    contracts: Contracts
    shared: Mapping[str, str] = {}
    """Kinds whose ids mean the same in every system (lot numbers, say) -> who issues them."""
    partnerships: Sequence[Partnership] = ()

    def named(self, kind: str, local: str) -> str:
        """The full name of an object of a shared kind; any other id stays as its system says it."""
        issuer = self.shared.get(kind)
        return local if issuer is None or "/" in local else subject_name(kind, issuer, local)

    def site_of(self, source: str) -> str:
        """Where a connection is; what others say is said at the project's site."""
        wired = self.connections.get(source)
        return self.site if wired is None else wired.site

    def route(self, command: type[Command], site: str) -> Wired | None:
        """Where a command of this type goes at this site."""
        name = self.routes.get((command, site)) or self.routes.get((command, None))
        return None if name is None else self.connections[name]


def wire(
    *,
    name: str,
    site: str,
    connections: Sequence[tuple[Connection, Connector[Any]]],
    workflows: Sequence[Workflow],
    routes: Sequence[Route],
    ownership: Sequence[Ownership],
    policies: Sequence[Policy],
    messages: Sequence[type[Event] | type[Command]],
    shared: Mapping[str, str] = {},
    partnerships: Sequence[Partnership] = (),
) -> Plan:
    """Looks every name up. Call `wiring_faults` first; this one trusts the project."""
    wired = {c.name: _wired(c, connector, site) for c, connector in connections}
    starts: dict[str, list[Workflow]] = {}
    for flow in workflows:
        starts.setdefault(flow.on.TYPE, []).append(flow)
    decided: dict[type[Command], list[Policy]] = {}
    for rule in policies:
        decided.setdefault(rule.command, []).append(rule)
    return Plan(
        name=name,
        site=site,
        connections=wired,
        workflows={flow.name: flow for flow in workflows},
        starts=starts,
        routes={(route.command, route.site): route.connection for route in routes},
        policies=decided,
        ownership=tuple(ownership),
        contracts=Contracts(messages),
        shared=dict(shared),
        partnerships=tuple(partnerships),
    )


def _wired(connection: Connection, connector: Connector[Any], site: str) -> Wired:
    return Wired(
        name=connection.name,
        site=connection.site or site,
        connector=connector,
        inbound={m.kind: m for m in connection.mappings if isinstance(m, Inbound)},
        outbound={m.command: m for m in connection.mappings if isinstance(m, Outbound)},
    )


def wiring_faults(
    connections: Sequence[Connection], workflows: Sequence[Workflow], routes: Sequence[Route]
) -> list[Fault]:
    """Holes and overlaps: routes to nowhere, commands without a writer, names used twice."""
    faults: list[Fault] = []
    known = {connection.name: connection for connection in connections}
    faults += _twice("connections", [connection.name for connection in connections])
    faults += _twice("workflows", [flow.name for flow in workflows])
    faults += _twice(
        "routes", [f"{r.command.__name__} at {r.site or 'every site'}" for r in routes]
    )
    for connection in connections:
        at = f"connections/{connection.name}: "
        mapped = connection.mappings
        faults += _twice(at + "kinds", [m.kind for m in mapped if isinstance(m, Inbound)])
        faults += _twice(
            at + "commands", [m.command.__name__ for m in mapped if isinstance(m, Outbound)]
        )
    for route in routes:
        at = f"routes/{route.command.__name__}"
        target = known.get(route.connection)
        if target is None:
            names = ", ".join(sorted(known)) or "none"
            faults.append(
                Fault(at, f"goes to {route.connection!r}, which is no connection ({names})")
            )
        elif not any(
            isinstance(m, Outbound) and m.command is route.command for m in target.mappings
        ):
            faults.append(Fault(at, f"connection {target.name!r} has no outbound mapping for it"))
    return faults


def _twice(what: str, names: Sequence[str]) -> list[Fault]:
    return [
        Fault(f"{what}/{name}", "stands twice; give each its own name")
        for name in sorted({n for n in names if names.count(n) > 1})
    ]
