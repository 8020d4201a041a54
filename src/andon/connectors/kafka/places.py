"""Where we stand in every partition, as one position that our log keeps."""

__all__ = ["Place", "Places"]

from collections.abc import Iterator, Mapping

import msgspec

from andon.core.connector import Position
from andon.core.errors import SettingsError
from andon.core.faults import UNREADABLE


class Place(msgspec.Struct, frozen=True, array_like=True):
    """The next offset to read, and how often this partition began anew since we know it."""

    offset: int
    life: int = 0


_Told = dict[str, dict[int, Place]]
_DECODER = msgspec.json.Decoder(_Told)


class Places:
    """Topic and partition -> place. Told as JSON, `{"orders":{"0":[15,0]}}`."""

    def __init__(self, told: Mapping[str, Mapping[int, Place]] | None = None) -> None:
        self._places: _Told = {topic: dict(each) for topic, each in (told or {}).items()}

    @classmethod
    def of(cls, position: Position) -> "Places":
        """What a position says; empty is nowhere yet. Raises SettingsError."""
        if not position:
            return cls()
        try:
            told = _DECODER.decode(position)
        except UNREADABLE as error:
            raise SettingsError(
                f"{position[:200]!r} is no position in topics of Kafka. It was kept by another"
                " connector under this name: give the connection a new name."
            ) from error
        if any(
            place.offset < 0 or place.life < 0 for each in told.values() for place in each.values()
        ):
            raise SettingsError(f"{position[:200]!r} holds an offset below 0")
        return cls(told)

    def of_partition(self, topic: str, partition: int) -> Place | None:
        """None for a partition nobody has read yet."""
        return self._places.get(topic, {}).get(partition)

    def move(self, topic: str, partition: int, place: Place) -> None:
        """From now on we stand there."""
        self._places.setdefault(topic, {})[partition] = place

    def position(self) -> Position:
        """For the log."""
        return msgspec.json.encode(self._places).decode()

    def around(self, topic: str, partition: int) -> tuple[str, str]:
        """A position without the place of one partition, which goes between the two: while it alone
        moves on, the others need not be written again for each record."""
        places = {name: each for name, each in self._places.items() if name != topic}
        told = {n: p for n, p in self._places.get(topic, {}).items() if n != partition}
        # what was put in last is written last
        text = msgspec.json.encode({**places, topic: {**told, partition: None}}).decode()
        head, _, tail = text.rpartition("null")
        return head, tail

    def __iter__(self) -> Iterator[tuple[str, int, Place]]:
        for topic, each in self._places.items():
            for partition, place in each.items():
                yield topic, partition, place

    def knows(self, topic: str) -> bool:
        """Whether anything of this topic was read or decided."""
        return topic in self._places
