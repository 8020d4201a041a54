"""Parcels of one connection in order: a queue per order key, of which only the head may leave."""

__all__ = ["Queues", "Ready"]

from collections import deque

from andon.engine.parcel import Parcel

ASIDE = ("parked", "awaiting")


class Queues:
    """Different order keys go side by side; hold, stop and cancel overtake their own."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[Parcel]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._queues.values()))

    def put(self, parcel: Parcel) -> bool:
        """Takes a parcel; whether it stands first."""
        queue = self._queues.setdefault(_key(parcel), deque())
        queue.append(parcel)
        return len(queue) == 1

    def heads(self, parcel: Parcel) -> bool:
        """Whether it stands first in its queue; False also when it was taken out."""
        queue = self._queues.get(_key(parcel))
        return bool(queue) and queue[0] is parcel

    def pop(self, parcel: Parcel) -> Parcel | None:
        """Takes the first out; who stands first then, if anybody does."""
        key = _key(parcel)
        queue = self._queues[key]
        queue.popleft()
        if queue:
            return queue[0]
        del self._queues[key]
        return None

    def forget(self, lanes: set[int]) -> None:
        """Drops the queues of these lanes."""
        for key in [key for key, queue in self._queues.items() if queue[0].lane in lanes]:
            del self._queues[key]

    def set_aside(self, parcel_key: str) -> Parcel | None:
        """The parcel of this key if it waits for a person."""
        for queue in self._queues.values():
            for parcel in queue:
                if parcel.key == parcel_key and parcel.state in ASIDE:
                    return parcel
        return None

    def remove(self, parcel: Parcel) -> None:
        """Takes out one that does not stand first."""
        self._queues[_key(parcel)].remove(parcel)


class Ready:
    """Parcels whose turn has come: urgent ones first, among themselves in the order they came.
    Behind an outage there are thousands, and a hold must not wait for them."""

    def __init__(self) -> None:
        self._urgent: deque[Parcel] = deque()
        self._others: deque[Parcel] = deque()

    def __len__(self) -> int:
        return len(self._urgent) + len(self._others)

    def put(self, parcel: Parcel) -> None:
        """Takes one as the last of its kind."""
        self._line(parcel).append(parcel)

    def put_back(self, parcel: Parcel) -> None:
        """Takes one that was taken out as the first of its kind."""
        self._line(parcel).appendleft(parcel)

    def take(self) -> Parcel:
        """The next to leave. Raises IndexError when there is none."""
        return (self._urgent or self._others).popleft()

    def _line(self, parcel: Parcel) -> deque[Parcel]:
        urgent = parcel.command.OVERTAKES or parcel.command.URGENT
        return self._urgent if urgent else self._others


def _key(parcel: Parcel) -> str:
    """Hold, stop and cancel have a queue of their own: that is how they overtake."""
    return f"!{parcel.key}" if parcel.command.OVERTAKES else parcel.order_key
