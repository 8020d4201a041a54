"""One MQTT connection of the library's, acknowledging by hand, gathering what comes."""

__all__ = ["MqttSettings", "Wire", "number_of", "wire_of"]

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import aiomqtt
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from andon.core.connector import SecretStr, Settings
from andon.core.errors import (
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)

_quiet = logging.getLogger("andon.mqtt.wire")
_quiet.setLevel(logging.CRITICAL)
_TOGETHER = 100


class MqttSettings(Settings, frozen=True, kw_only=True):
    """One broker and how we come in."""

    url: str
    """`mqtt://broker.example:1883`, or `mqtts://broker.example:8883` with TLS."""
    username: str | None = None
    """Account at the broker, if it wants one."""
    password: SecretStr | None = None
    """Its password."""
    client_id: str | None = None
    """Names our session at the broker; none: `andon-<connection>`. Two programs with one id throw
    each other out, so a second Andon needs another."""
    version: Literal["5", "3.1.1"] = "5"
    """Protocol version."""
    keep_alive: timedelta = timedelta(seconds=30)
    """A connection silent for so long is looked after; half as long again and it is dead."""
    session_for: timedelta = timedelta(days=7)
    """How long the broker keeps what we missed (MQTT 5; with 3.1.1 the broker's setting rules)."""
    in_flight: int = 500
    """Messages the broker may send before the first of them is in the log (MQTT 5)."""
    ca_file: str | None = None
    """Certificates that vouch for the broker; none: the system's."""
    cert_file: str | None = None
    """Our certificate, where the broker wants one."""
    key_file: str | None = None
    """The key to our certificate."""


class Wire(aiomqtt.Client):
    """The library's client, acknowledging by hand, with the broker's answer to a publication."""

    def __init__(self, *words: Any, **more: Any) -> None:
        super().__init__(*words, **more)
        self._client.manual_ack_set(True)
        self._answers: dict[int, asyncio.Future[int]] = {}
        self.dropped = 0

    def acknowledge(self, mid: int) -> None:
        """The broker may forget this message."""
        self._client.ack(mid, 1)

    async def gathered(self, within: float) -> AsyncIterator[list[aiomqtt.Message]]:
        """The library makes a task for every message; this does so only when it must wait."""
        while True:
            found: list[aiomqtt.Message] = []
            if self._queue.empty():
                found += await self._next(within)
            while len(found) < _TOGETHER and not self._queue.empty():
                found.append(self._queue.get_nowait())
            yield found
            await asyncio.sleep(0)  # others get their turn, however much comes

    async def _next(self, within: float) -> list[aiomqtt.Message]:
        task = asyncio.ensure_future(self._queue.get())
        try:
            await asyncio.wait(
                {task, self._disconnected}, timeout=within, return_when=asyncio.FIRST_COMPLETED
            )
            if task.done():
                return [task.result()]
        finally:
            task.cancel()
        if self._disconnected.done():
            raise aiomqtt.MqttError("disconnected") from self._disconnected.exception()
        return []

    async def put(
        self, topic: str, payload: bytes, *, qos: int, retain: bool, properties: Properties | None
    ) -> None:
        """Returns when the broker answered (QoS 1). Raises UnavailableError, OutcomeUnknownError,
        RejectedError."""
        sent = self._client.publish(topic, payload, qos, retain, properties)
        if sent.rc == MQTTErrorCode.MQTT_ERR_NO_CONN:
            raise UnavailableError(f"{topic}: there is no connection to the broker")
        if sent.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise OutcomeUnknownError(f"{topic}: the connection broke while it was published")
        if qos == 0:
            return
        answer = self._answers.setdefault(sent.mid, asyncio.get_running_loop().create_future())
        try:
            await asyncio.wait({answer, self._disconnected}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise OutcomeUnknownError(
                    f"{topic}: the connection broke before the broker answered"
                )
            if answer.result() >= 0x80:
                raise RejectedError(
                    f"{topic}: the broker refused it (reason 0x{answer.result():02x})",
                    f"0x{answer.result():02x}",
                )
        finally:
            self._answers.pop(sent.mid, None)

    def _on_message(self, client: Any, userdata: Any, message: Any) -> None:
        if self._queue.full():
            self.dropped += 1
            if message.qos:
                self.acknowledge(message.mid)
            return
        super()._on_message(client, userdata, message)

    def _on_publish(
        self,
        client: Any,  # noqa: ARG002 the library's signature
        userdata: Any,  # noqa: ARG002
        mid: int,
        reason_code: Any,
        properties: Any,  # noqa: ARG002
    ) -> None:
        answer = self._answers.setdefault(mid, asyncio.get_running_loop().create_future())
        if not answer.done():
            answer.set_result(number_of(reason_code))


def number_of(code: Any) -> int:
    """A reason, which is a number in 3.1.1 and an object in 5."""
    return int(getattr(code, "value", code) or 0)


def wire_of(
    name: str,
    settings: MqttSettings,
    identity: str,
    *,
    clean: bool,
    will: aiomqtt.Will | None,
    waiting: int | None,
) -> Wire:
    """As the settings say; not connected yet."""
    url = urlsplit(settings.url)
    modern = settings.version == "5"
    properties: Properties | None = None
    if modern:
        properties = Properties(PacketTypes.CONNECT)
        properties.ReceiveMaximum = settings.in_flight
        if not clean:
            properties.SessionExpiryInterval = int(settings.session_for.total_seconds())
    return Wire(
        hostname=url.hostname or "",
        port=url.port or (8883 if url.scheme == "mqtts" else 1883),
        username=settings.username,
        password=None if settings.password is None else settings.password.reveal(),
        identifier=identity,
        protocol=aiomqtt.ProtocolVersion.V5 if modern else aiomqtt.ProtocolVersion.V311,
        clean_session=None if modern else clean,
        clean_start=clean if modern else MQTT_CLEAN_START_FIRST_ONLY,
        keepalive=int(settings.keep_alive.total_seconds()),
        timeout=settings.timeout.total_seconds(),
        properties=properties,
        tls_context=_tls(name, settings) if url.scheme == "mqtts" else None,
        logger=_quiet,
        will=will,
        max_queued_incoming_messages=waiting,
    )


def _tls(name: str, settings: MqttSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
        if settings.cert_file is not None:
            context.load_cert_chain(settings.cert_file, settings.key_file)
    except (OSError, ssl.SSLError) as error:
        named = ", ".join(
            str(Path(file))
            for file in (settings.ca_file, settings.cert_file, settings.key_file)
            if file is not None
        )
        raise SettingsError(f"{name}: {named} cannot be used for TLS: {error}") from error
    return context
