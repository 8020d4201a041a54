"""A user's project: `Andon(...)` says which systems, mappings, workflows and owners a plant has."""

__all__ = ["Andon"]

import inspect
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from andon.app.fitting import fitting_faults
from andon.app.parameters import Parameters
from andon.app.web_settings import WebSettings
from andon.core.connector import Connector
from andon.core.errors import Fault, SettingsError
from andon.core.message import Command, Event, Message
from andon.core.plant import Connection, Ownership, Partnership, Policy, Route
from andon.core.workflow import Workflow
from andon.engine.clock import Clock, ScaledClock, SystemClock
from andon.engine.plan import Plan, wire, wiring_faults
from andon.model.vocabulary import VOCABULARY
from andon.store.lifetimes import Lifetimes

_CLOCK = "ANDON_CLOCK"
_Made = list[tuple[Connection, Connector[Any]]]


class Andon:
    """One plant. Nothing happens until it is run; `plan` finds every mistake first."""

    def __init__(
        self,
        name: str,
        *,
        site: str,
        connections: Sequence[Connection] = (),
        workflows: Sequence[Workflow] = (),
        routes: Sequence[Route] = (),
        ownership: Sequence[Ownership] = (),
        policies: Sequence[Policy] = (),
        partnerships: Sequence[Partnership] = (),
        messages: Sequence[type[Message]] = (),
        shared: Mapping[str, str] = {},
        parameters: str | None = None,
        sandbox: bool = False,
    ) -> None:
        self.name = name
        self.site = site
        self.connections = tuple(connections)
        self.workflows = tuple(workflows)
        self.routes = tuple(routes)
        self.ownership = tuple(ownership)
        self.policies = tuple(policies)
        self.partnerships = tuple(partnerships)
        self.messages = tuple(messages)
        self.shared = dict(shared)
        self.sandbox = sandbox
        """Its systems are simulated: what must never happen to a plant, as a scaled clock, may."""
        self._file = _beside_caller(parameters or f"{name}.toml")

    def parameters(self, environment: Mapping[str, str] | None = None) -> Parameters:
        """The project's TOML file with its references resolved."""
        return Parameters.read(self._file, os.environ if environment is None else environment)

    def plan(self, environment: Mapping[str, str] | None = None) -> Plan:
        """The project made ready.
        Raises SettingsError with every mistake, each with file and key."""
        connectors, faults = self._read(environment)
        return self._wired(connectors, faults)

    def checked(self, environment: Mapping[str, str] | None = None) -> Plan:
        """As `plan`, and also raises what a start lets pass: it would show as cases, or as a
        connection that pauses, once items come and commands go."""
        connectors, faults = self._read(environment)
        file = self._file.name
        for connection, connector in connectors:
            at = f"{file}: connections.{connection.name}"
            faults += [
                Fault(f"{at}.{one.at}" if one.at else at, one.says) for one in connector.faults()
            ]
        faults += [
            Fault(f"{self.name}: {fault.at}", fault.says)
            for fault in fitting_faults(connectors, self.routes)
        ]
        return self._wired(connectors, faults)

    def _read(self, environment: Mapping[str, str] | None) -> tuple[_Made, list[Fault]]:
        parameters = self.parameters(environment)
        faults: list[Fault] = list(parameters.faults)
        connectors: _Made = []
        for connection in self.connections:
            settings = parameters.settings(connection.name, connection.connector.settings_type)
            if isinstance(settings, list):
                faults += settings
                continue
            try:
                connectors.append((connection, connection.connector(connection.name, settings)))
            except SettingsError as error:  # what only the making of it shows, as a key's form
                at = f"{self._file.name}: connections.{connection.name}"
                faults.append(Fault(at, str(error)))
        web = parameters.web()
        lifetimes = parameters.lifetimes()
        for found in (web, lifetimes):
            faults += found if isinstance(found, list) else []
        faults += parameters.unknown({connection.name for connection in self.connections})
        faults += [
            Fault(f"{self.name}: {fault.at}", fault.says)
            for fault in wiring_faults(self.connections, self.workflows, self.routes)
        ]
        faults += self._ownership_faults()
        clock = self._clock(environment)
        if isinstance(clock, list):
            faults += clock
        else:
            for _, connector in connectors:
                connector.now = clock.now
        return connectors, faults

    def _wired(self, connectors: _Made, faults: Sequence[Fault]) -> Plan:
        if faults:
            raise SettingsError(
                f"{self.name} cannot start: {len(faults)} mistake{'s' * (len(faults) > 1)}."
                " Nothing was started.",
                faults,
            )
        shapes = tuple(dict.fromkeys((*VOCABULARY, *self.messages)))
        return wire(
            name=self.name,
            site=self.site,
            connections=connectors,
            workflows=self.workflows,
            routes=self.routes,
            ownership=self.ownership,
            policies=self.policies,
            messages=cast("Sequence[type[Event] | type[Command]]", shapes),
            shared=self.shared,
            partnerships=self.partnerships,
        )

    def web(self, environment: Mapping[str, str] | None = None) -> WebSettings:
        """How the project is reached from outside; `plan` names the mistakes in that."""
        found = self.parameters(environment).web()
        return WebSettings() if isinstance(found, list) else found

    def lifetimes(self, environment: Mapping[str, str] | None = None) -> Lifetimes:
        """How long what grows without end is kept. Raises SettingsError with every mistake."""
        found = self.parameters(environment).lifetimes()
        if isinstance(found, list):
            raise SettingsError("Nothing was archived: [retention] does not read.", found)
        return found

    def clock(self, environment: Mapping[str, str] | None = None) -> Clock:
        """The machine's clock, or in a sandbox what `ANDON_CLOCK` says. `plan` names the mistakes
        in that. Raises SettingsError with them."""
        found = self._clock(environment)
        if isinstance(found, list):
            raise SettingsError(f"{self.name} has no clock. Nothing was started.", found)
        return found

    def _clock(self, environment: Mapping[str, str] | None) -> Clock | list[Fault]:
        said = (os.environ if environment is None else environment).get(_CLOCK)
        if said is None:
            return SystemClock()
        if not self.sandbox:
            text = "scales time, and this is no sandbox: unset it, a real plant keeps real time"
            return [Fault(_CLOCK, text)]
        try:
            return ScaledClock.said(said)
        except ValueError as error:
            return [Fault(_CLOCK, str(error))]

    def _ownership_faults(self) -> list[Fault]:
        names = {connection.name for connection in self.connections} | {"andon"}
        return [
            Fault(
                f"{self.name}: ownership/{rule.subject}.{rule.attribute}",
                f"{system!r} is no connection",
            )
            for rule in self.ownership
            for system in (rule.owner, *rule.followers)
            if system not in names
        ]


def _beside_caller(file: str) -> Path:
    path = Path(file)
    if path.is_absolute():
        return path
    for frame in inspect.stack()[2:]:
        if frame.filename != __file__:
            return Path(frame.filename).resolve().parent / path
    return path
