"""Whether we are there: the STATE of a host, retained, and its last will."""

__all__ = ["Standing"]

import contextlib

import aiomqtt
import msgspec

from andon.connectors._mqtt import Session, Taken
from andon.connectors.sparkplug.addresses import NAMESPACE
from andon.core.errors import AndonError
from andon.core.faults import UNREADABLE


class _State(msgspec.Struct):
    online: bool
    timestamp: int


class Standing:
    """Will and birth of one connection share their time, as the standard asks."""

    def __init__(self, host_id: str, arrived: int) -> None:
        self.topic = f"{NAMESPACE}/STATE/{host_id}"
        self._since = arrived

    @property
    def will(self) -> aiomqtt.Will:
        """What the broker says when we are gone without a word."""
        return aiomqtt.Will(self.topic, self._said(online=False), qos=1, retain=True)

    async def begin(self, session: Session) -> None:
        """Listens to what is said of us, then says that we are there."""
        await session.subscribe([self.topic], 1)
        await self._say(session, online=True)

    async def heard(self, session: Session, taken: Taken) -> None:
        """A late will of an earlier connection of ours is contradicted; what the broker had kept of
        it is already replaced."""
        if taken.retained:
            return
        try:
            told = msgspec.json.decode(taken.payload, type=_State)
        except UNREADABLE:
            told = _State(online=False, timestamp=0)
        if not told.online:
            await self._say(session, online=True)

    async def end(self, session: Session) -> None:
        """Says that we leave, if there is still somebody to say it to."""
        with contextlib.suppress(AndonError, aiomqtt.MqttError):
            await self._say(session, online=False)

    async def _say(self, session: Session, *, online: bool) -> None:
        # QoS 0 when leaving: nobody waits for an answer then.
        await session.publish(
            self.topic, self._said(online=online), qos=int(online), retain=True, marks=()
        )

    def _said(self, *, online: bool) -> bytes:
        return msgspec.json.encode(_State(online=online, timestamp=self._since))
