"""A subscription whose notifications are acknowledged once they are in the log."""

__all__ = ["Feed", "SilentError", "Told"]

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from andon.connectors.opcua.library import status, ua
from andon.connectors.opcua.monitoring import Watched, watch
from andon.connectors.opcua.session import Session
from andon.core.errors import UnavailableError

_PUBLICATIONS, _SECONDS = 25, 10
"""Without news, a sign of life comes after so many publications, or so many seconds if that is
sooner: it keeps the session, too."""
_LAST = 0xFFFFFFFF


class SilentError(UnavailableError):
    """The server gives no sign of life, though the connection stands."""


class Told(msgspec.Struct):
    """One notification: readings by handle. `gap`: something before it was lost."""

    number: int
    values: Sequence[tuple[int, Any]]
    gap: bool = False


class Feed:
    """One subscription at the server; it outlives the session if the server lets it."""

    def __init__(self, session: Session, id: int, *, next: int, alive: float) -> None:
        self.id = id
        self._session = session
        self._next = next
        self._patience = alive * 2 + session.timeout
        self._owed: deque[int] = deque()
        self._waiting: asyncio.Task[Any] | None = None
        self.answered = False

    @staticmethod
    async def begun(
        session: Session, watched: Sequence[Watched], every: timedelta, keep: timedelta
    ) -> "tuple[Feed, dict[str, tuple[float, int]]]":
        """A new one, and what the server made of sampling (ms) and queue where it revised them.
        Raises SettingsError with every variable it refuses."""
        interval = every.total_seconds() * 1000
        params = ua.CreateSubscriptionParameters()
        params.RequestedPublishingInterval = interval
        params.RequestedMaxKeepAliveCount = _quiet(every)
        lifetime = keep.total_seconds() * 1000 / max(interval, 1)
        params.RequestedLifetimeCount = int(max(lifetime, _quiet(every) * 3))
        params.MaxNotificationsPerPublish = 10_000
        params.PublishingEnabled = True
        made = await session.calls.create_subscription(params, None)
        seconds = made.RevisedPublishingInterval * made.RevisedMaxKeepAliveCount / 1000
        feed = Feed(session, made.SubscriptionId, next=1, alive=seconds)
        return feed, await watch(session, feed.id, watched)

    @staticmethod
    async def taken_over(
        session: Session, id: int, after: int, every: timedelta
    ) -> "tuple[Feed, list[Told]] | None":
        """The one an earlier session left, and what was told and not acknowledged; None if it is
        gone or the server does not hand it over."""
        params = ua.TransferSubscriptionsParameters()
        params.SubscriptionIds = [id]
        params.SendInitialValues = False
        try:
            (result,) = await session.calls.transfer_subscriptions(params)
            result.StatusCode.check()
        except ua.UaStatusCodeError:
            return None
        feed = Feed(
            session, id, next=_following(after), alive=_PUBLICATIONS * every.total_seconds()
        )
        held: list[int] = result.AvailableSequenceNumbers or []
        owed = sorted(one for one in held if one > after)
        again = [told for one in owed if (told := await feed.again(one)) is not None]
        return feed, [feed.in_order(told) for told in again]

    async def again(self, number: int) -> Told | None:
        """A notification that was told and not acknowledged."""
        try:
            message = await self._session.calls.republish(self.id, number)
        except ua.UaStatusCodeError:
            return None
        return _told(message) if message.SequenceNumber == number else None

    async def next(self, within: float | None = None) -> Told | None:
        """What is told next; None when it is nothing, or nothing within so many seconds.
        Nothing is lost by giving up."""
        if self._waiting is None:
            acks = [ua.SubscriptionAcknowledgement(self.id, one) for one in self._owed]
            self._owed.clear()
            self._waiting = asyncio.create_task(self._session.calls.publish(acks))
        done, _ = await asyncio.wait({self._waiting}, timeout=within or self._patience)
        if not done:
            if within is not None:
                return None
            raise SilentError(f"subscription {self.id} is silent for {self._patience:.0f} s")
        waited, self._waiting = self._waiting, None
        answer = waited.result().Parameters
        self.answered = True
        if answer.SubscriptionId != self.id:
            return None
        return self._heard(answer.NotificationMessage)

    def acknowledge(self, number: int) -> None:
        """It is in the log: the server may forget it."""
        if number not in self._owed:
            self._owed.append(number)

    async def close(self) -> None:
        """Stops waiting."""
        if self._waiting is not None:
            self._waiting.cancel()
            await asyncio.gather(self._waiting, return_exceptions=True)
            self._waiting = None

    def _heard(self, message: Any) -> Told | None:
        for part in _parts(message):
            if isinstance(part, ua.StatusChangeNotification):
                raise UnavailableError(
                    f"the server ended subscription {self.id}: {status(part.Status.value)}"
                )
        told = _told(message)
        if not told.values:  # only a sign of life; it names the number that comes next
            lost = message.SequenceNumber not in (0, self._next)
            if lost:
                self._next = message.SequenceNumber
            return Told(0, [], gap=True) if lost else None
        return self.in_order(told)

    def in_order(self, told: Told) -> Told:
        """Marks a notification before which one is missing."""
        told.gap = told.number != self._next
        self._next = _following(told.number)
        return told


def _quiet(every: timedelta) -> int:
    return max(1, min(_PUBLICATIONS, int(_SECONDS / max(every.total_seconds(), 0.001))))


def _following(number: int) -> int:
    return 1 if number >= _LAST else number + 1


def _parts(message: Any) -> list[Any]:
    return message.NotificationData or []


def _told(message: Any) -> Told:
    values: list[tuple[int, Any]] = []
    for part in _parts(message):
        if isinstance(part, ua.DataChangeNotification):
            changes: list[Any] = part.MonitoredItems or []
            values += [(one.ClientHandle, one.Value) for one in changes]
    return Told(message.SequenceNumber, values)
