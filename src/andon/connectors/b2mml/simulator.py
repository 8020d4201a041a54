"""The MES of plant B, at a folder, behind SFTP, at an address, and as one that calls."""

__all__ = ["COUNTERPARTS", "Calling", "Dropped", "Listening", "PlantBFolder", "PlantBSftp", "order"]

import itertools
from base64 import b64encode
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec
from aiohttp import web

from andon.connectors._folders.drops import BehindSftp, Drop, OnFolder
from andon.connectors._ports import free_port
from andon.connectors.b2mml.floor import REFUSAL, Floor
from andon.connectors.b2mml.shape import Json, element_of
from andon.connectors.b2mml.writing import Envelope, written
from andon.core.connector import Arrival, Request
from andon.core.counterpart import Counterpart, Fetches, Pushes, Takes
from andon.core.errors import MappingError

_PASSWORD = "open sesame"


def order(name: str, amount: int = 10) -> Request:
    """An order as the mapping of DistributeOrder writes it."""
    segment: Json = {
        "ID": "MAKE",
        "ProcessSegmentID": "MAKE",
        "OperationsDefinitionID": "MAKE",
        "OperationsSegmentID": "MAKE",
        "MaterialRequirement": [
            {
                "ID": "1",
                "MaterialDefinitionID": "PUMP",
                "MaterialUse": "Produced",
                "Quantity": [
                    {
                        "QuantityString": str(amount),
                        "DataType": "decimal",
                        "UnitOfMeasure": "PCE",
                    }
                ],
            }
        ],
    }
    body: Json = {
        "ID": name,
        "OperationsRequest": [
            {"ID": name, "RequestState": "Released", "SegmentRequirement": [segment]}
        ],
    }
    return Request(
        target="ProcessOperationsSchedule", body={"OperationsSchedule": body}, names=name
    )


class Dropped(Drop):
    """Documents as files. What it takes it leaves where it lies; `work` answers it."""

    def __init__(self) -> None:
        super().__init__()
        self.floor = Floor()

    async def say(self, count: int) -> Sequence[str]:
        """Two documents, half of the reports in each."""
        parts = self.in_two(count)
        for part in parts:
            self.next_in("performance", self.floor.reports(part))
        return [name for part in parts for name in part]

    def request(self, effect: str) -> Request:
        """One order."""
        return order(effect)

    async def effects(self) -> Sequence[str]:
        """The orders it has taken."""
        self.work()
        return list(self.floor.done)

    def work(self) -> None:
        """Takes what lies there, and answers it."""
        for document in self.new_out():
            if (answer := self.floor.take(document)) is not None:
                self.next_in(answer.target, answer.content)


class PlantBFolder(Dropped, OnFolder):
    """On this machine."""


class PlantBSftp(Dropped, BehindSftp):
    """Behind an SFTP server, which takes no file that cancels."""

    refused_names: ClassVar[bytes] = b"Cancel"

    def refused(self) -> Request:
        """Its file is named after verb and noun."""
        return msgspec.structs.replace(order("C-1"), target="CancelOperationsSchedule")


class Listening(Counterpart, Takes):
    """At an address: answers each document in the same breath."""

    name = "http"
    dedupes: ClassVar[bool] = True
    refusal_words: ClassVar[str] = REFUSAL

    def __init__(self) -> None:
        self.floor = Floor()
        self.silent = False
        """Answers with a status and nothing else."""
        self._losing = False
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def start(self) -> None:
        """Listens on loopback, at the same port after a stop."""
        app = web.Application()
        app.router.add_post("/b2mml", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port or free_port(), reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Breaks every connection."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def settings(self) -> dict[str, Any]:
        """With the password it gave us."""
        auth = {"kind": "basic", "user": "andon", "password": _PASSWORD}
        return {"url": f"http://127.0.0.1:{self._port or 9}/b2mml", "auth": auth, "timeout": "2 s"}

    def wrong_access(self) -> dict[str, Any]:
        """Another password."""
        auth = {"kind": "basic", "user": "andon", "password": "open barley"}
        return {**self.settings(), "auth": auth}

    def request(self, effect: str) -> Request:
        """One order."""
        return order(effect)

    def refused(self) -> Request:
        """An order for what it cannot make."""
        return order("nowhere")

    async def effects(self) -> Sequence[str]:
        """The orders it has taken."""
        return list(self.floor.done)

    async def lose_answer(self) -> None:
        """Takes the next document, then the line breaks."""
        self._losing = True

    async def _take(self, request: web.Request) -> web.Response:
        if request.headers.get("authorization") != _basic():
            return web.Response(status=401, text="who are you")
        try:
            answer = self.floor.take(await request.read())
        except MappingError as error:
            return web.Response(status=400, text=str(error))
        if self._losing and request.transport is not None:
            self._losing = False
            request.transport.abort()
        if answer is None or self.silent:
            return web.Response(status=202)
        return web.Response(body=answer.content, content_type="application/xml")


class Calling(Counterpart, Pushes, Fetches):
    """Nobody calls it: it posts what it made, fetches schedules and acknowledges them."""

    name = "calling"

    def __init__(self) -> None:
        self.floor = Floor()
        self._numbers = itertools.count(1)

    async def start(self) -> None:
        """It is always there."""

    async def stop(self) -> None:
        """Nothing is open."""

    def settings(self) -> dict[str, Any]:
        """The paths it was given."""
        return {"posted": "/documents", "fetched": "/schedules"}

    def arrivals(self, count: int) -> Sequence[tuple[Arrival, str]]:
        """So many reports, one document each."""
        names = [f"POSTED-{next(self._numbers):06}" for _ in range(count)]
        return [(Arrival({}, {}, {}, self.floor.reports([name])), name) for name in names]

    def bad_arrival(self) -> Arrival:
        """Half a document."""
        return Arrival({}, {}, {}, self.floor.reports(["HALF"])[:-20])

    def ask(self) -> Arrival:
        """No questions: it takes all there is."""
        return Arrival({}, {}, {}, b"")

    def wanted(self, names: str) -> Request:
        """One order."""
        return order(names)

    def acknowledge(self, names: str) -> Arrival:
        """It is Accepted."""
        request = order(names).body["OperationsSchedule"]
        criterion = {"ResponseExpression": "/", "ResponseExpression@actionCode": "Accepted"}
        root: Json = {
            "@releaseID": "V0700",
            "ApplicationArea": Envelope(
                bod=f"ack-{names}", sender="PLANT-B", created_at=self.floor.now()
            ).area(),
            "DataArea": {
                "Acknowledge": {"ResponseCriteria": [criterion]},
                "OperationsSchedule": [request],
            },
        }
        document = written(element_of("AcknowledgeOperationsSchedule", root), judged=True)
        return Arrival({}, {}, {}, document)


def _basic() -> str:
    return f"Basic {b64encode(f'andon:{_PASSWORD}'.encode()).decode()}"


COUNTERPARTS = (PlantBFolder, PlantBSftp, Listening, Calling)
