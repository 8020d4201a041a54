"""EPCIS 2.0: events captured from partners, asked of repositories, and captured there."""

__all__ = ["Epcis", "EpcisSettings"]

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import quote

import msgspec

from andon.connectors._http import Http, answer_of
from andon.connectors.epcis.document import (
    Captured,
    captured_events,
    document_of,
    event_faults,
)
from andon.connectors.epcis.items import item_of, listed, with_id
from andon.core.connector import (
    Arrival,
    Door,
    Item,
    Position,
    Push,
    Receipt,
    Request,
    SecretStr,
    Settings,
    Sink,
    Source,
)
from andon.core.errors import (
    MappingError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    TransientError,
)
from andon.core.moments import aware

_HEADERS = {
    "content-type": "application/json",
    "accept": "application/json",
    "gs1-epcis-version": "2.0.0",
    "gs1-cbv-version": "2.0.0",
}
_NEXT = re.compile(r'<([^>]*)>\s*;[^,]*rel="?next"?')
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


class EpcisSettings(Settings, frozen=True, kw_only=True):
    """One partner: what it posts to us, and its repository if we ask it or capture there."""

    url: str | None = None
    """Base address of the partner's repository, `https://partner.example/epcis`; leave it out for a
    partner that only posts to us."""
    token: SecretStr | None = None
    """Sent as bearer."""
    asks: bool = True
    """Whether we ask the repository for its events. Switched off, we only capture there."""
    asked_for: Mapping[str, str] = {}
    """Query parameters that narrow what is asked for, `{ EQ_bizStep = "shipping" }`."""
    poll_every: timedelta = timedelta(seconds=10)
    """Pause after a poll that brought everything."""
    overlap: timedelta = timedelta(minutes=2)
    """Recorded this long before the newest event, one may still turn up: it is asked for again."""
    per_page: int = 100
    """Events in one answer."""
    job_within: timedelta = timedelta(seconds=8)
    """How long a capture job may take before its outcome counts as unknown."""


class Epcis(Source[EpcisSettings], Sink[EpcisSettings]):
    """One partner. `Request.target` is `capture`; its body is one event or a list that belongs
    together. Events without an eventID get the one of their content."""

    settings_type = EpcisSettings
    _http: Http

    async def open(self) -> None:
        """Makes the session; the first call tells whether the repository is there."""
        url = self.settings.url
        if url is None:
            return
        if not url.startswith(("http://", "https://")):
            raise SettingsError(
                f"{self.name}: url {url!r} is no http address. Write http:// or https://."
            )
        token = self.settings.token
        signed = {} if token is None else {"authorization": f"Bearer {token.reveal()}"}
        self._http = Http(
            url,
            headers=_HEADERS | signed,
            concurrency=self.settings.concurrency,
            timeout=self.settings.timeout,
        )

    async def close(self) -> None:
        """Closes the session if it was opened."""
        if hasattr(self, "_http"):
            await self._http.close()

    # -- they post to us ------------------------------------------------------------------------

    def doors(self) -> Sequence[Door]:
        """`POST /capture` for documents, `POST /events` for one event."""
        return (
            Push("POST", "/capture", self._captured),
            Push("POST", "/events", self._captured, status=201),
        )

    def _captured(self, arrival: Arrival) -> Sequence[Item]:
        """All or none, unless the sender asks us to proceed with what is good."""
        events = captured_events(arrival.body)
        headers = {name.lower(): value for name, value in arrival.headers.items()}
        if headers.get("gs1-capture-error-behaviour", "rollback").lower() != "proceed":
            faults = [fault for one in events for fault in event_faults(one)]
            if faults:
                raise MappingError("Nothing was captured: the document has faults", faults)
        return [item_of(one) for one in events]

    # -- we ask them ----------------------------------------------------------------------------

    async def read(self, after: Position) -> AsyncIterator[Item]:
        """Events in the order in which the repository recorded them, from a little earlier on."""
        if self.settings.url is None or not self.settings.asks:
            await asyncio.Event().wait()
        newest = datetime.fromisoformat(after) if after else _EARLIEST
        while True:
            since = newest - self.settings.overlap if newest > _EARLIEST else newest
            async for captured in self._pages(since):
                recorded = aware(captured.event.get("recordTime"))
                newest = max(newest, recorded or newest)
                yield item_of(captured, position=newest.isoformat())
            await asyncio.sleep(self.settings.poll_every.total_seconds())

    async def _pages(self, since: datetime) -> AsyncIterator[Captured]:
        asked = {
            "GE_recordTime": since.isoformat(),
            "orderBy": "recordTime",
            "orderDirection": "ASC",
            "perPage": str(self.settings.per_page),
            **self.settings.asked_for,
        }
        path: str | None = "/events?" + "&".join(f"{k}={quote(v)}" for k, v in asked.items())
        while path is not None:
            answer = await self._http.exchange("GET", path)
            for captured in captured_events(answer.body):
                yield captured
            path = self._path(_next_of(answer.headers.get("link", "")))

    def _path(self, address: str | None) -> str | None:
        """An address as a path here. One elsewhere is not followed: it would be given our key."""
        if address is None:
            return None
        path = address.removeprefix(self._http.base)
        return path if path.startswith("/") and not path.startswith("//") else None

    # -- we capture there -----------------------------------------------------------------------

    async def send(self, request: Request, *, key: str) -> Receipt:
        """Posts a capture document and waits for its job. The receipt is the first event's id."""
        if self.settings.url is None:
            raise SettingsError(f"{self.name} has no url, so nothing can be captured there.")
        now = datetime.now(UTC)
        events = [with_id(event, key, at=now) for event in listed(request.body)]
        document = document_of(events, created_at=now)
        answer = await self._http.exchange("POST", "/capture", body=msgspec.json.encode(document))
        receipt = Receipt(reference=events[0]["eventID"], body={"events": len(events)})
        job = self._path(answer.headers.get("location"))
        if job is not None:
            await self._until_done(job)
        return receipt

    async def _until_done(self, job: str) -> None:
        """The job's end. Raises RejectedError with what the repository says of each fault."""
        try:
            async with asyncio.timeout(self.settings.job_within.total_seconds()):
                while True:
                    _, body = await self._http.call("GET", job)
                    state = cast("dict[str, Any]", answer_of(body))
                    if not state.get("running", False):
                        break
                    await asyncio.sleep(0.05)
        except (TimeoutError, TransientError) as error:
            raise OutcomeUnknownError(f"capture job {job} did not tell its end") from error
        if not state.get("success", False):
            faults = state.get("errors") or [{"title": "no reason was given"}]
            says = "; ".join(
                str(one.get("detail") or one.get("title")) for one in cast("list[Any]", faults)
            )
            raise RejectedError(says, str(cast("list[Any]", faults)[0].get("type", "")) or None)

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        """Whether all events of the request are there, by their ids."""
        now = datetime.now(UTC)
        events = [with_id(event, key, at=now) for event in listed(request.body)]
        for event in events:
            try:
                await self._http.call("GET", f"/events/{quote(event['eventID'], safe='')}")
            except RejectedError as error:
                if error.code == "404":
                    return None
                raise
        return Receipt(reference=events[0]["eventID"], body={"events": len(events)})


def _next_of(link: str) -> str | None:
    found = _NEXT.search(link)
    return None if found is None else found[1]
