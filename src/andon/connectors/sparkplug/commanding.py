"""Commands to nodes and devices, proven by what they report afterwards."""

__all__ = ["Commanding"]

import time
from typing import Any

import msgspec

from andon.connectors.sparkplug.addresses import Address, address_of, command_topic
from andon.connectors.sparkplug.device import Device
from andon.connectors.sparkplug.line import Line
from andon.connectors.sparkplug.listening import now
from andon.connectors.sparkplug.schema import Metric, new_payload
from andon.connectors.sparkplug.settings import SparkplugSettings
from andon.connectors.sparkplug.values import value_of
from andon.connectors.sparkplug.writing import put_metric
from andon.core.connector import Receipt, Request
from andon.core.errors import OutcomeUnknownError, RejectedError


class _Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a request."""

    metrics: dict[str, Any]
    confirm: dict[str, Any] | None = None
    """Metrics that prove it; none: the same, `{}`: nothing can."""


class Commanding:
    """Writes metrics, and waits until the node or device says that they are so."""

    def __init__(self, name: str, settings: SparkplugSettings) -> None:
        self._name = name
        self._settings = settings
        self._line = Line(name, settings)

    async def close(self) -> None:
        """Leaves the broker."""
        await self._line.close()

    async def send(self, request: Request) -> Receipt:
        """What holds already is not commanded again. Raises OutcomeUnknownError when the node does
        not report it in time."""
        ends = now().now + self._settings.timeout.total_seconds()
        address, wanted = _read(request)
        session = await self._line.connected()
        device = await self._line.born(session, address, anew=False)
        written = {name: self._metric(device, name, v) for name, v in wanted.metrics.items()}
        confirm = self._confirming(device, wanted)
        if confirm and _holds(device, confirm):
            return Receipt(body={"confirmed": confirm})
        payload = new_payload()
        payload.timestamp = round(time.time() * 1000)
        for metric in written.values():
            payload.metrics.append(metric)
        await session.publish(
            command_topic(address), payload.SerializeToString(), qos=0, retain=False, marks=()
        )
        if not await self._line.until(lambda: _holds(device, confirm), ends):
            raise OutcomeUnknownError(
                f"{self._name}: {address} was commanded and has not reported"
                f" {confirm} within {self._settings.timeout.total_seconds():g} s."
            )
        return Receipt(body={"confirmed": confirm})

    async def find(self, request: Request) -> Receipt | None:
        """Raises UnavailableError while the node cannot be asked."""
        address, wanted = _read(request)
        if wanted.confirm == {}:
            raise OutcomeUnknownError(
                f"{self._name}: nothing that {address} reports proves this command."
            )
        session = await self._line.connected()
        device = await self._line.born(session, address, anew=True)
        confirm = self._confirming(device, wanted)
        return Receipt(body={"confirmed": confirm}) if _holds(device, confirm) else None

    # -- what is written and what proves it -----------------------------------------------------

    def _metric(self, device: Device, name: str, value: Any) -> Metric:
        known = device.metrics.get(name)
        if known is None:
            names = ", ".join(sorted(device.metrics)[:20])
            raise RejectedError(
                f"{device.address} has no metric {name!r}. Its birth names {names}.",
                "unknown-metric",
            )
        metric = new_payload().metrics.add()
        metric.name = name
        metric.timestamp = round(time.time() * 1000)
        try:
            put_metric(metric, known.datatype, value)
        except (ValueError, KeyError, TypeError) as error:
            raise RejectedError(
                f"{name} of {device.address} cannot be {value!r}: {error}", "value-invalid"
            ) from error
        return metric

    def _confirming(self, device: Device, wanted: _Wanted) -> dict[str, Any]:
        """The proof in the words in which a node reports it."""
        asked = wanted.metrics if wanted.confirm is None else wanted.confirm
        found: dict[str, Any] = {}
        for name, value in asked.items():
            metric = self._metric(device, name, value)
            found[name] = None if value is None else value_of(metric, metric.datatype)
        return found


def _read(request: Request) -> tuple[Address, _Wanted]:
    address = address_of(request.target)
    try:
        return address, msgspec.convert(request.body, _Wanted)
    except msgspec.ValidationError as error:
        raise RejectedError(
            f"The request for {address} cannot be written: {error}. Its body is"
            ' {"metrics": {name: value}}, and perhaps "confirm".',
            "body-invalid",
        ) from error


def _holds(device: Device, confirm: dict[str, Any]) -> bool:
    return device.born and all(
        name in device.metrics and device.metrics[name].value == value
        for name, value in confirm.items()
    )
