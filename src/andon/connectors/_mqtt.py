"""What every MQTT connector needs: one session, acknowledged when we say so, errors by who acts."""

__all__ = ["MqttSettings", "Session", "Taken"]

import asyncio
import contextlib
import logging
import ssl
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import aiomqtt
import msgspec
from aiomqtt.exceptions import MqttConnectError
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from andon.core.connector import SecretStr, Settings
from andon.core.errors import (
    AndonError,
    CredentialsError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)

_quiet = logging.getLogger("andon.mqtt.wire")
_quiet.setLevel(logging.CRITICAL)
_REFUSED_LOGIN = {4, 5, 134, 135, 138}
"""CONNACK codes: 3.1.1 bad login, not authorized; 5.0 the same, and banned."""


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


class Taken(msgspec.Struct, frozen=True):
    """One message as it arrived."""

    topic: str
    payload: bytes
    retained: bool
    number: int
    """Counts from 1 within a session; acknowledge up to it."""


class Session:
    """One connection from `running` to its end. A message of QoS 1 is acknowledged by
    `acknowledge`, not on arrival; what is not acknowledged comes again with the next connection."""

    def __init__(self, name: str, settings: MqttSettings, *, clean: bool, suffix: str = "") -> None:
        self._name = name
        self._settings = settings
        self._clean = clean
        self._id = (settings.client_id or f"andon-{name}") + suffix
        self._client: _Client | None = None
        self._unacknowledged: OrderedDict[int, int] = OrderedDict()
        self._count = 0

    @contextlib.asynccontextmanager
    async def running(self, *, will: aiomqtt.Will | None = None) -> AsyncGenerator["Session"]:
        """Connected. Raises UnavailableError or CredentialsError, also when the connection ends."""
        client = _client(self._name, self._settings, self._id, clean=self._clean, will=will)
        self._unacknowledged.clear()
        try:
            await client.__aenter__()
        except aiomqtt.MqttError as error:
            raise self._named(error) from error
        self._client = client
        try:
            yield self
        except aiomqtt.MqttError as error:
            raise self._named(error) from error
        finally:
            self._client = None
            with contextlib.suppress(aiomqtt.MqttError, TimeoutError):
                async with asyncio.timeout(0.5):
                    await client.__aexit__(None, None, None)

    async def subscribe(self, topics: Sequence[str], qos: int) -> None:
        """Asks for these topics. Raises SettingsError for one the broker does not let us have."""
        assert self._client is not None
        granted = await self._client.subscribe([(topic, qos) for topic in topics])
        refused = [
            topic
            for topic, code in zip(topics, granted or (), strict=False)
            if _number(code) >= 0x80
        ]
        if refused:
            raise SettingsError(
                f"{self._name}: the broker does not let us read {', '.join(refused)}. Ask for the"
                " right to subscribe, or correct the topic."
            )

    async def messages(self) -> AsyncIterator[Taken]:
        """What comes, in order."""
        assert self._client is not None
        async for message in self._client.messages:
            self._count += 1
            if message.qos:
                self._unacknowledged[self._count] = message.mid
            yield Taken(message.topic.value, message.payload, message.retain, self._count)

    def nothing_before(self, number: int) -> bool:
        """Whether no earlier message waits to be acknowledged."""
        return next(iter(self._unacknowledged), number) >= number

    def acknowledge(self, number: int) -> None:
        """Everything up to this message is in the log."""
        while self._client and self._unacknowledged and next(iter(self._unacknowledged)) <= number:
            _, mid = self._unacknowledged.popitem(last=False)
            self._client.acknowledge(mid)

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int,
        retain: bool,
        marks: Sequence[tuple[str, str]],
    ) -> None:
        """Returns when the broker has it (QoS 1), or it has left (QoS 0). `marks` travel as user
        properties of MQTT 5."""
        if self._client is None:
            raise UnavailableError(f"{self._name} is not connected")
        properties: Properties | None = None
        if self._settings.version == "5" and marks:
            properties = Properties(PacketTypes.PUBLISH)
            properties.UserProperty = list(marks)
        await self._client.put(topic, payload, qos=qos, retain=retain, properties=properties)

    def _named(self, error: aiomqtt.MqttError) -> AndonError:
        """The library's error as one of ours, for a connection that does not stand (any more)."""
        if isinstance(error, MqttConnectError) and _number(error.rc) in _REFUSED_LOGIN:
            return CredentialsError(
                f"{self._name}: the broker does not let us in ({error}). Check username, password"
                " and certificate, then resume."
            )
        return UnavailableError(f"{self._name}: the broker does not answer: {error}")


class _Client(aiomqtt.Client):
    """The library's client, acknowledging by hand, with the broker's answer to a publication."""

    def __init__(self, *words: Any, **more: Any) -> None:
        super().__init__(*words, **more)
        self._client.manual_ack_set(True)
        self._answers: dict[int, asyncio.Future[int]] = {}

    def acknowledge(self, mid: int) -> None:
        self._client.ack(mid, 1)

    async def put(
        self, topic: str, payload: bytes, *, qos: int, retain: bool, properties: Properties | None
    ) -> None:
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
            answer.set_result(_number(reason_code))


def _number(code: Any) -> int:
    """A reason, which is a number in 3.1.1 and an object in 5."""
    return int(getattr(code, "value", code) or 0)


def _client(
    name: str, settings: MqttSettings, identity: str, *, clean: bool, will: aiomqtt.Will | None
) -> _Client:
    url = urlsplit(settings.url)
    modern = settings.version == "5"
    properties: Properties | None = None
    if modern:
        properties = Properties(PacketTypes.CONNECT)
        properties.ReceiveMaximum = settings.in_flight
        if not clean:
            properties.SessionExpiryInterval = int(settings.session_for.total_seconds())
    return _Client(
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
