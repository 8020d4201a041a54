"""A repository of EPCIS 2.0: captures by jobs, answers queries by pages, never forgets."""

__all__ = ["COUNTERPARTS", "Repository"]

import asyncio
import itertools
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import msgspec
from aiohttp import web

from andon.connectors._ports import free_port
from andon.connectors.epcis.document import captured_events, document_of, event_faults
from andon.connectors.epcis.identity import CONTEXT
from andon.core.connector import Arrival, Request
from andon.core.counterpart import Counterpart, Pushes, Speaks, Takes
from andon.core.errors import MappingError

_TOKEN = "partner-secret"
_LOT = "urn:epc:class:lgtin:4012345.011111.{}"


class Repository(Counterpart, Speaks, Takes, Pushes):
    """Refuses what is not well in its own words; an eventID it knows is captured no second time."""

    name = "repository"
    dedupes = True

    def __init__(self) -> None:
        self._port = 0
        self._runner: web.AppRunner | None = None
        self._events: dict[str, dict[str, Any]] = {}
        self._journal: list[dict[str, Any]] = []
        self._times: list[datetime] = []
        """When each of the journal was recorded; the clock only goes forward."""
        self._captured: list[str] = []
        self._jobs: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count(1)
        self._losing = False
        self._clock = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def listens_at(self, port: int) -> None:
        """From the next start on."""
        self._port = port

    async def start(self) -> None:
        """Answers at the address it had before."""
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.add_routes(
            [
                web.post("/epcis/capture", self._capture),
                web.get("/epcis/capture/{id}", self._job),
                web.get("/epcis/events", self._query),
                web.get("/epcis/events/{id:.+}", self._one),
            ]
        )
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
        """Where it is; before the first start nobody is there."""
        return {
            "url": f"http://127.0.0.1:{self._port or 9}/epcis",
            "token": _TOKEN,
            "poll_every": "50ms",
            "timeout": "2s",
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another partner's token."""
        return {**self.settings(), "token": "somebody-else"}

    # -- what it is made to do ------------------------------------------------------------------

    async def say(self, count: int) -> Sequence[str]:
        """Shipments; each pair is recorded in one instant."""
        names = [f"LOT{next(self._numbers)}" for _ in range(count)]
        for n, name in enumerate(names):
            self._clock += timedelta(seconds=n % 2)
            self._store({**_event(name), "eventID": f"urn:uuid:event-{name}"})
        return names

    def request(self, effect: str) -> Request:
        """A shipment of one lot."""
        return Request(target="capture", body=_event(effect))

    async def effects(self) -> Sequence[str]:
        """The lots of what was captured."""
        return list(self._captured)

    async def lose_answer(self) -> None:
        """Captures, then breaks the connection."""
        self._losing = True

    def refused(self) -> Request:
        """A word that is not of the vocabulary."""
        return Request(target="capture", body={**_event("X"), "bizStep": "transforming"})

    def arrivals(self, count: int) -> Sequence[tuple[Arrival, str]]:
        """Documents of one event, without an eventID."""
        names = [f"PUSHED{next(self._numbers)}" for _ in range(count)]
        bodies = [document_of([_event(name)], created_at=self._clock) for name in names]
        return [
            (Arrival({}, {}, {}, msgspec.json.encode(body)), name)
            for body, name in zip(bodies, names, strict=True)
        ]

    def bad_arrival(self) -> Arrival:
        """An action that does not exist."""
        body = document_of([{**_event("X"), "action": "CREATE"}], created_at=self._clock)
        return Arrival({}, {}, {}, msgspec.json.encode(body))

    # -- what it answers ------------------------------------------------------------------------

    def _store(self, event: dict[str, Any]) -> None:
        recorded = {**event, "recordTime": self._clock.isoformat()}
        self._events[event["eventID"]] = recorded
        self._journal.append(recorded)
        self._times.append(self._clock)

    def _let_in(self, request: web.Request) -> None:
        if request.headers.get("authorization") != f"Bearer {_TOKEN}":
            raise web.HTTPUnauthorized(text='{"type":"epcisException:SecurityException"}')

    async def _capture(self, request: web.Request) -> web.Response:
        self._let_in(request)
        job: dict[str, Any] = {"running": False, "success": True, "errors": []}
        try:
            events = captured_events(await request.read())
            faults = [fault for one in events for fault in event_faults(one)]
            job["errors"] = [
                {"type": "epcisException:ValidationException", "title": str(f)} for f in faults
            ]
        except MappingError as error:
            return _problem(400, "epcisException:ValidationException", str(error))
        if job["errors"]:
            job["success"] = False
        else:
            for one in events:
                event = dict(one.event)
                if event["eventID"] not in self._events:
                    self._clock += timedelta(seconds=1)
                    self._store(event)
                    self._captured.append(event["quantityList"][0]["epcClass"].rpartition(".")[2])
        number = str(next(self._numbers))
        self._jobs[number] = job
        if self._losing:
            self._losing = False
            assert request.transport is not None
            request.transport.abort()
            await asyncio.sleep(0)
        return web.Response(status=202, headers={"Location": f"/capture/{number}"})

    async def _job(self, request: web.Request) -> web.Response:
        self._let_in(request)
        job = self._jobs.get(request.match_info["id"])
        if job is None:
            return _problem(404, "epcisException:NoSuchResourceException", "no such job")
        return web.json_response(job)

    async def _one(self, request: web.Request) -> web.Response:
        self._let_in(request)
        event = self._events.get(unquote(request.match_info["id"]))
        if event is None:
            return _problem(404, "epcisException:NoSuchResourceException", "no such event")
        return web.json_response(_answer([event]))

    async def _query(self, request: web.Request) -> web.Response:
        self._let_in(request)
        since = datetime.fromisoformat(request.query["GE_recordTime"])
        first = bisect_left(self._times, since)
        at = int(request.query.get("nextPageToken", "0"))
        until = at + int(request.query.get("perPage", "30"))
        headers: dict[str, str] = {}
        if first + until < len(self._journal):
            rest = request.rel_url.update_query({"nextPageToken": str(until)})
            headers["Link"] = f'<{str(rest).removeprefix("/epcis")}>; rel="next"'
        found = self._journal[first + at : first + until]
        return web.json_response(_answer(found), headers=headers)


def _event(lot: str) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "shipping",
        "disposition": "in_transit",
        "eventTime": "2026-11-23T12:00:00.000Z",
        "eventTimeZoneOffset": "+00:00",
        "quantityList": [{"epcClass": _LOT.format(lot), "quantity": 5}],
        "readPoint": {"id": "urn:epc:id:sgln:4012345.00001.0"},
    }


def _answer(events: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "@context": [CONTEXT, {"andon": "urn:andon:epcis:"}],
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "epcisBody": {
            "queryResults": {"queryName": "q", "resultsBody": {"eventList": list(events)}}
        },
    }


def _problem(status: int, kind: str, says: str) -> web.Response:
    return web.json_response({"type": kind, "title": says, "status": status}, status=status)


COUNTERPARTS = (Repository,)
