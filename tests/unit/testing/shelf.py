"""A connector that keeps every promise, in memory, and its other side; tests break one each."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import msgspec

from andon.core.connector import (
    Acknowledge,
    Acknowledgment,
    Arrival,
    Door,
    Item,
    Offer,
    Offered,
    Push,
    Receipt,
    Request,
    SecretStr,
    Settings,
    Sink,
    Source,
)
from andon.core.counterpart import Counterpart, Fetches, Pushes, Speaks, Takes
from andon.core.errors import (
    CredentialsError,
    MappingError,
    OutcomeUnknownError,
    RejectedError,
    UnavailableError,
)

_numbers = itertools.count(1)
KEY = "key-of-the-shelf"
ROOMS: "dict[str, Room]" = {}


class ShelfSettings(Settings, frozen=True, kw_only=True):
    """Which shelf."""

    place: str
    """Its name."""
    key: SecretStr
    """Opens it."""


class Room(Counterpart, Speaks, Takes, Pushes, Fetches):
    """The other side: facts that were said, effects that happened."""

    name = "room"
    dedupes: ClassVar[bool] = True
    refusal_words: ClassVar[str] = "no room"

    def __init__(self) -> None:
        self.place = f"shelf-{next(_numbers)}"
        self.up = False
        self.losing = False
        self.facts: list[str] = []
        self.done: dict[str, str] = {}
        self.names: list[str] = []
        ROOMS[self.place] = self

    async def start(self) -> None:
        self.up = True

    async def stop(self) -> None:
        self.up = False

    def settings(self) -> dict[str, Any]:
        return {"place": self.place, "key": KEY}

    def wrong_access(self) -> dict[str, Any]:
        return {"place": self.place, "key": "not-the-key"}

    async def say(self, count: int) -> Sequence[str]:
        texts = [f"fact-{next(_numbers):08}" for _ in range(count)]
        self.facts += texts
        return texts

    def request(self, effect: str) -> Request:
        return Request(target="put", body={"name": effect})

    async def effects(self) -> Sequence[str]:
        return list(self.names)

    async def lose_answer(self) -> None:
        self.losing = True

    def refused(self) -> Request:
        return Request(target="put", body={"name": ""})

    def arrivals(self, count: int) -> Sequence[tuple[Arrival, str]]:
        names = [f"push-{next(_numbers):08}" for _ in range(count)]
        return [(Arrival({}, {}, {}, msgspec.json.encode({"id": name})), name) for name in names]

    def bad_arrival(self) -> Arrival:
        return Arrival({}, {}, {}, b"{}")

    def ask(self) -> Arrival:
        return Arrival({}, {}, {}, b"")

    def acknowledge(self, names: str) -> Arrival:
        return Arrival({"name": names}, {}, {}, b"")


class Shelf(Source[ShelfSettings], Sink[ShelfSettings]):
    """Keeps every promise."""

    settings_type = ShelfSettings

    def room(self) -> Room:
        room = ROOMS[self.settings.place]
        if not room.up:
            raise UnavailableError(f"{self.settings.place} is dark")
        if self.settings.key.reveal() != KEY:
            raise CredentialsError("the key does not fit")
        return room

    async def open(self) -> None:
        self.room()

    async def read(self, after: str) -> AsyncIterator[Item]:
        at = int(after or 0)
        while True:
            facts = self.room().facts
            while at < len(facts):
                at += 1
                yield self.item(at - 1, facts[at - 1])
            await asyncio.sleep(0.01)

    def item(self, number: int, text: str) -> Item:
        return Item(
            kind="fact",
            key=f"fact/{number}",
            raw=msgspec.json.encode({"text": text, "padding": "x" * 400}),
            position=str(number + 1),
            occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
        )

    async def send(self, request: Request, *, key: str) -> Receipt:
        room = self.room()
        name: str = request.body["name"]
        if not name:
            raise RejectedError("no room for what has no name", "422")
        if key not in room.done:
            room.names.append(name)
            room.done[key] = f"R{len(room.done)}"
        if room.losing:
            room.losing = False
            raise OutcomeUnknownError("no answer")
        return Receipt(reference=room.done[key])

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        found = self.room().done.get(key)
        return None if found is None else Receipt(reference=found)

    def doors(self) -> Sequence[Door]:
        return (
            Push("POST", "/in", self.pushed),
            Offer("GET", "/out", self.rendered),
            Acknowledge("POST", "/out/{name}", self.acknowledged),
        )

    def pushed(self, arrival: Arrival) -> Sequence[Item]:
        key = msgspec.json.decode(arrival.body).get("id")
        if key is None:
            raise MappingError("it has no id")
        return [Item(kind="push", key=key, raw=arrival.body)]

    def rendered(self, arrival: Arrival, offered: Sequence[Offered]) -> bytes:
        return msgspec.json.encode([one.request.body for one in offered])

    def acknowledged(self, arrival: Arrival) -> Acknowledgment:
        return Acknowledgment(names=arrival.path["name"])
