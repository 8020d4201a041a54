"""What every MQTT connector needs: one session, acknowledged when we say so, errors by who acts."""

__all__ = ["MqttSettings", "Session", "Taken"]

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

import aiomqtt
import msgspec
from aiomqtt.exceptions import MqttConnectError
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from andon.connectors._mqtt_wire import MqttSettings, Wire, number_of, wire_of
from andon.core.errors import (
    AndonError,
    CredentialsError,
    SettingsError,
    UnavailableError,
)

_REFUSED_LOGIN = {4, 5, 134, 135, 138}
"""CONNACK codes: 3.1.1 bad login, not authorized; 5.0 the same, and banned."""


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

    def __init__(
        self,
        name: str,
        settings: MqttSettings,
        *,
        clean: bool,
        suffix: str = "",
        waiting: int | None = None,
    ) -> None:
        """Beyond `waiting` messages that nobody has taken, what comes is dropped: for QoS 0, which
        no window holds back."""
        self._name = name
        self._waiting = waiting
        self._settings = settings
        self._clean = clean
        self._id = (settings.client_id or f"andon-{name}") + suffix
        self._client: Wire | None = None
        self._unacknowledged: OrderedDict[int, int] = OrderedDict()
        self._count = 0

    @contextlib.asynccontextmanager
    async def running(self, *, will: aiomqtt.Will | None = None) -> AsyncGenerator["Session"]:
        """Connected. Raises UnavailableError or CredentialsError, also when the connection ends."""
        client = wire_of(
            self._name,
            self._settings,
            self._id,
            clean=self._clean,
            will=will,
            waiting=self._waiting,
        )
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
        if self._client is None:
            raise UnavailableError(f"{self._name} is not connected")
        try:
            granted = await self._client.subscribe([(topic, qos) for topic in topics])
        except aiomqtt.MqttError as error:
            raise self._named(error) from error
        refused = [
            topic
            for topic, code in zip(topics, granted or (), strict=False)
            if number_of(code) >= 0x80
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
            yield self._taken(message)

    async def gathered(self, *, within: float) -> AsyncIterator[list[Taken]]:
        """What is there, in order, many at once; an empty list after each silence of `within`."""
        assert self._client is not None
        async for messages in self._client.gathered(within):
            yield [self._taken(message) for message in messages]

    def _taken(self, message: aiomqtt.Message) -> Taken:
        self._count += 1
        if message.qos:
            self._unacknowledged[self._count] = message.mid
        return Taken(message.topic.value, message.payload, message.retain, self._count)

    @property
    def dropped(self) -> int:
        """How many messages found no room."""
        return 0 if self._client is None else self._client.dropped

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
        if isinstance(error, MqttConnectError) and number_of(error.rc) in _REFUSED_LOGIN:
            return CredentialsError(
                f"{self._name}: the broker does not let us in ({error}). Check username, password"
                " and certificate, then resume."
            )
        return UnavailableError(f"{self._name}: the broker does not answer: {error}")
