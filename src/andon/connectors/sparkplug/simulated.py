"""An edge node with devices on a broker in this process: it is born, reports, obeys and dies."""

__all__ = ["EdgeNode", "Point"]

import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from andon.connectors.sparkplug.addresses import NAMESPACE
from andon.connectors.sparkplug.datatypes import NUMBERS
from andon.connectors.sparkplug.payloads import read_payload
from andon.connectors.sparkplug.schema import Metric, Payload, new_payload
from andon.connectors.sparkplug.values import value_of
from andon.connectors.sparkplug.writing import put, put_metric
from andon.core.errors import MappingError

Publish = Callable[[str, bytes], None]
_REBIRTH = "Node Control/Rebirth"
_LARGEST = 1_048_576


class Point(msgspec.Struct):
    """One metric of a node or device."""

    type: str
    value: Any
    at: int = 0
    """Milliseconds of its last change."""
    properties: Mapping[str, tuple[str, Any]] = {}
    """Key -> type and value; they go with the birth."""


class EdgeNode:
    """Speaks by `publish` with QoS 0, births with names and aliases, data by alias only."""

    def __init__(
        self,
        publish: Publish,
        group: str,
        name: str,
        devices: Mapping[str, Mapping[str, Point]],
        *,
        clock: Callable[[], int] = lambda: round(time.time() * 1000),
    ) -> None:
        self.publish = publish
        self.devices = {device: dict(points) for device, points in devices.items()}
        self.commanded: list[tuple[str, str, Any]] = []
        """Device, metric and value of every write that it obeyed."""
        self.mute = False
        """The next command is obeyed and not reported."""
        self.rebirths = 0
        """How often it was asked for a birth."""
        self.answers = True
        """Whether it answers a request for its birth."""
        self._group, self._name = group, name
        self._clock = clock
        self._session = -1
        self._seq = 0
        self._online = False
        numbers = (device + "\0" + point for device in self.devices for point in
                   self.devices[device])  # fmt: skip
        self._aliases = {place: n for n, place in enumerate(numbers)}

    # -- what it does ---------------------------------------------------------------------------

    def connect(self) -> None:
        """A new session: births of everything."""
        self._session = (self._session + 1) % 256
        self._online = True
        self._births()

    def die(self, session: int | None = None) -> None:
        """Its will; another session's comes late."""
        payload = self._payload()
        self._add_session(payload, self._session if session is None else session)
        self._online = self._online and session not in (None, self._session)
        self._say("NDEATH", payload)

    def vanish(self) -> None:
        """It is gone, and nobody tells."""
        self._online = False

    def drop(self, device: str) -> None:
        """A device is gone."""
        self._numbered("DDEATH", self._payload(), device)

    def revive(self, device: str) -> None:
        """A device is back."""
        self._device_birth(device)

    def skip(self) -> None:
        """A message is lost on its way."""
        self._seq = (self._seq + 1) % 256

    def report(
        self,
        device: str,
        values: Mapping[str, Any],
        *,
        at: int | None = None,
        historical: bool = False,
        named: bool = False,
    ) -> None:
        """Changes, or what it remembers of earlier ones."""
        self.publish(*self.message(device, values, at=at, historical=historical, named=named))

    def message(
        self,
        device: str,
        values: Mapping[str, Any],
        *,
        at: int | None = None,
        historical: bool = False,
        named: bool = False,
    ) -> tuple[str, bytes]:
        """Topic and payload of a report that takes its number now and is sent by somebody else."""
        payload = self._payload()
        for name, value in values.items():
            point = self.devices[device][name]
            metric = payload.metrics.add()
            put_metric(metric, NUMBERS[point.type], value)
            metric.timestamp = self._clock() if at is None else at
            if named:
                metric.name = name
            else:
                metric.alias = self._aliases[device + "\0" + name]
            if historical:
                metric.is_historical = True
            else:
                point.value, point.at = value, metric.timestamp
        self._number(payload)
        return self._topic("DDATA", device), payload.SerializeToString()

    def took(self, topic: str, data: bytes) -> None:
        """What a broker passes on to it: commands."""
        parts = topic.split("/")
        if not self._online or parts[:2] != [NAMESPACE, self._group] or parts[3] != self._name:
            return
        if parts[2] == "NCMD":
            for metric in read_payload(data, largest=_LARGEST).metrics:
                if metric.name == _REBIRTH and metric.boolean_value:
                    self.rebirths += 1
                    if self.answers:
                        self._births()
        elif parts[2] == "DCMD" and len(parts) == 5:
            self._obey(parts[4], data)

    # -- how it speaks --------------------------------------------------------------------------

    def _obey(self, device: str, data: bytes) -> None:
        try:
            payload = read_payload(data, largest=_LARGEST)
        except MappingError:
            return
        for metric in payload.metrics:
            point = self.devices.get(device, {}).get(metric.name)
            if point is None or NUMBERS[point.type] != metric.datatype:
                continue  # a node has no words to refuse with
            value = None if metric.is_null else value_of(metric, metric.datatype)
            self.commanded.append((device, metric.name, value))
            if self.mute:
                self.mute = False
                point.value, point.at = value, self._clock()
            else:
                self.report(device, {metric.name: value})

    def _births(self) -> None:
        payload = self._payload()
        self._add_session(payload, self._session)
        control = payload.metrics.add()
        control.name = _REBIRTH
        put_metric(control, NUMBERS["Boolean"], False)
        self._seq = 0
        self._number(payload)
        self._say("NBIRTH", payload)
        for device in self.devices:
            self._device_birth(device)

    def _device_birth(self, device: str) -> None:
        payload = self._payload()
        for name, point in self.devices[device].items():
            metric = payload.metrics.add()
            metric.name, metric.alias = name, self._aliases[device + "\0" + name]
            metric.timestamp = point.at or payload.timestamp
            put_metric(metric, NUMBERS[point.type], point.value)
            self._describe(metric, point)
        self._numbered("DBIRTH", payload, device)

    def _describe(self, metric: Metric, point: Point) -> None:
        for key, (kind, value) in point.properties.items():
            metric.properties.keys.append(key)
            held = metric.properties.values.add()
            held.type = NUMBERS[kind]
            put(held, held.type, value)

    def _add_session(self, payload: Payload, session: int) -> None:
        metric = payload.metrics.add()
        metric.name = "bdSeq"
        put_metric(metric, NUMBERS["Int64"], session)

    def _payload(self) -> Payload:
        payload = new_payload()
        payload.timestamp = self._clock()
        return payload

    def _number(self, payload: Payload) -> None:
        payload.seq = self._seq
        self._seq = (self._seq + 1) % 256

    def _numbered(self, said: str, payload: Payload, device: str) -> None:
        self._number(payload)
        self._say(said, payload, device)

    def _say(self, said: str, payload: Payload, device: str | None = None) -> None:
        self.publish(self._topic(said, device), payload.SerializeToString())

    def _topic(self, said: str, device: str | None) -> str:
        tail = "" if device is None else f"/{device}"
        return f"{NAMESPACE}/{self._group}/{said}/{self._name}{tail}"
