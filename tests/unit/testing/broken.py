"""Shelves that break one promise each; the name of the check that must notice is `broken`."""

import asyncio
import itertools
import logging
import time
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from andon.core.connector import (
    Acknowledgment,
    Arrival,
    Item,
    Offered,
    Receipt,
    Request,
    SecretStr,
    Settings,
)
from andon.core.errors import MappingError, OutcomeUnknownError, RejectedError, UnavailableError
from tests.unit.testing.shelf import Shelf

_numbers = itertools.count()


class BareSettings(Settings, frozen=True, kw_only=True):
    place: str
    key: SecretStr


class Undescribed(Shelf):
    broken: ClassVar[str] = "form"
    settings_type = BareSettings


class AnySettings(Settings, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """Takes what it gets."""

    place: str
    """Its name."""
    key: SecretStr
    """Opens it."""
    lock: object = None
    """Takes anything."""

    def __post_init__(self) -> None:
        if self.lock is not None:
            raise ValueError("only one mistake, and no key")


class Blaming(Shelf):
    broken: ClassVar[str] = "nobody_there"

    async def open(self) -> None:
        try:
            self.room()
        except UnavailableError as error:
            raise RejectedError(str(error)) from error


class Trusting(Shelf):
    broken: ClassVar[str] = "wrong_access"

    async def open(self) -> None:
        if self.settings.key.reveal() == "not-the-key":
            raise UnavailableError("something is wrong")
        self.room()


class Chatty(Shelf):
    broken: ClassVar[str] = "secrets"

    async def open(self) -> None:
        logging.getLogger("shelf").debug("opening with %s", self.settings.key.reveal())
        self.room()


class Telling(Shelf):
    broken: ClassVar[str] = "secrets"

    async def open(self) -> None:
        try:
            self.room()
        except UnavailableError as error:
            raise UnavailableError(f"{error}: {self.settings.key.reveal()}") from error


class Silent(Shelf):
    broken: ClassVar[str] = "read"

    def item(self, number: int, text: str) -> Item:
        return msgspec.structs.replace(super().item(number, text), position=None)


class Naive(Shelf):
    broken: ClassVar[str] = "items"

    def item(self, number: int, text: str) -> Item:
        at = datetime(2026, 1, 1)  # noqa: DTZ001 the mistake itself
        return msgspec.structs.replace(super().item(number, text), occurred_at=at)


class Binary(Shelf):
    broken: ClassVar[str] = "items"

    def item(self, number: int, text: str) -> Item:
        return msgspec.structs.replace(super().item(number, text), raw=b"\xff" + text.encode())


class Skipping(Shelf):
    broken: ClassVar[str] = "resume"

    async def read(self, after: str) -> AsyncIterator[Item]:
        async for item in super().read(str(int(after) + 1) if after else ""):
            yield item


class Remembering(Shelf):
    broken: ClassVar[str] = "reread"
    yielded: int = 0

    async def read(self, after: str) -> AsyncIterator[Item]:
        async for item in super().read(after or str(self.yielded or "")):
            self.yielded += 1
            yield item


class Overeager(Shelf):
    broken: ClassVar[str] = "committed"
    _forgotten: ClassVar[dict[str, int]] = {}

    async def read(self, after: str) -> AsyncIterator[Item]:
        forgotten = self._forgotten.get(self.settings.place, 0)
        async for item in super().read(str(max(int(after or 0), forgotten))):
            yield item

    async def committed(self, position: str) -> None:
        self._forgotten[self.settings.place] = len(self.room().facts)


class Rekeying(Shelf):
    broken: ClassVar[str] = "keys"

    def item(self, number: int, text: str) -> Item:
        return msgspec.structs.replace(super().item(number, text), key=str(next(_numbers)))


class SameKey(Shelf):
    broken: ClassVar[str] = "keys"

    def item(self, number: int, text: str) -> Item:
        return msgspec.structs.replace(super().item(number, text), key="same")


class GivingUp(Shelf):
    broken: ClassVar[str] = "heal"

    async def read(self, after: str) -> AsyncIterator[Item]:
        try:
            async for item in super().read(after):
                yield item
        except UnavailableError as error:
            raise OSError("connection reset") from error


class Mute(Shelf):
    broken: ClassVar[str] = "heal"

    async def read(self, after: str) -> AsyncIterator[Item]:
        try:
            async for item in super().read(after):
                yield item
        except UnavailableError:
            await asyncio.Event().wait()


class Greedy(Shelf):
    broken: ClassVar[str] = "memory"

    async def read(self, after: str) -> AsyncIterator[Item]:
        taken = [self.item(number, text) for number, text in enumerate(self.room().facts)]
        for item in taken:
            yield item


class Lingering(Shelf):
    broken: ClassVar[str] = "closing"
    _left: ClassVar[set[asyncio.Task[None]]] = set()

    async def open(self) -> None:
        self._left.add(asyncio.create_task(asyncio.sleep(3)))


class Slow(Shelf):
    broken: ClassVar[str] = "closing"

    async def close(self) -> None:
        await asyncio.sleep(1.2)


class Blocking(Shelf):
    """Nobody else has a turn meanwhile."""

    broken: ClassVar[str] = "closing"

    async def close(self) -> None:
        time.sleep(1.2)  # noqa: ASYNC251 that is what is wrong with it


class Forgetful(Shelf):
    broken: ClassVar[str] = "twice"

    async def send(self, request: Request, *, key: str) -> Receipt:
        return await super().send(request, key=f"{key}-{next(_numbers)}")


class Optimistic(Shelf):
    broken: ClassVar[str] = "lost_answer"

    async def send(self, request: Request, *, key: str) -> Receipt:
        try:
            return await super().send(request, key=key)
        except OutcomeUnknownError as error:
            raise UnavailableError("try again") from error


class Blind(Shelf):
    broken: ClassVar[str] = "find"

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        return None


class Seeing(Shelf):
    broken: ClassVar[str] = "absent"

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        return Receipt(reference="R0")


class Rewording(Shelf):
    broken: ClassVar[str] = "refusal"

    async def send(self, request: Request, *, key: str) -> Receipt:
        try:
            return await super().send(request, key=key)
        except RejectedError as error:
            raise RejectedError("status 422") from error


class Doubling(Shelf):
    broken: ClassVar[str] = "send"

    async def send(self, request: Request, *, key: str) -> Receipt:
        self.room().names.append(request.body["name"])
        return await super().send(request, key=key)


class Alarming(Shelf):
    broken: ClassVar[str] = "away"

    async def send(self, request: Request, *, key: str) -> Receipt:
        try:
            return await super().send(request, key=key)
        except UnavailableError as error:
            raise OutcomeUnknownError(str(error)) from error


class PushRekeying(Shelf):
    broken: ClassVar[str] = "push"

    def pushed(self, arrival: Arrival) -> Sequence[Item]:
        (item,) = super().pushed(arrival)
        return [msgspec.structs.replace(item, key=str(next(_numbers)))]


class OpenDoor(Shelf):
    broken: ClassVar[str] = "bad_push"

    def pushed(self, arrival: Arrival) -> Sequence[Item]:
        try:
            return super().pushed(arrival)
        except MappingError:
            return [Item(kind="push", key="none", raw=arrival.body)]


class Empty(Shelf):
    broken: ClassVar[str] = "offer"

    def rendered(self, arrival: Arrival, offered: Sequence[Offered]) -> bytes:
        return b"[]"


class Mistaken(Shelf):
    broken: ClassVar[str] = "acknowledge"

    def acknowledged(self, arrival: Arrival) -> Acknowledgment:
        return Acknowledgment(names="another")


class Lenient(Shelf):
    broken: ClassVar[str] = "wrong_settings"
    settings_type = AnySettings


def all_of(kind: type[Any]) -> list[type[Any]]:
    return kind.__subclasses__()
