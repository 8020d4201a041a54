"""Webhooks: they post to us, each post proven and known again; we post to them, signed."""

__all__ = ["Webhook"]

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import UTC, datetime
from hashlib import blake2b
from urllib.parse import urlsplit

import msgspec

from andon.connectors._cloudevents import STRUCTURED, attributes_of, headers_of, structured
from andon.connectors._http import Http
from andon.connectors.webhook.cloudevents import items_of
from andon.connectors.webhook.settings import WebhookSettings
from andon.connectors.webhook.signing import Signer, signer_of
from andon.core.connector import Arrival, Door, Item, Push, Receipt, Request, Sink
from andon.core.errors import Fault, MappingError, OutcomeUnknownError, SettingsError
from andon.core.faults import UNREADABLE


class Webhook(Sink[WebhookSettings]):
    """One posting system. What is no JSON object with the key field is kept as an exception."""

    settings_type = WebhookSettings
    _http: Http

    def __init__(self, name: str, settings: WebhookSettings) -> None:
        super().__init__(name, settings)
        shape = msgspec.defstruct("Keyed", [("key", str)], rename={"key": settings.key})
        self._decode = msgspec.json.Decoder(shape).decode
        self._verifier = None if settings.verify is None else signer_of(settings.verify)
        self._signer = None if settings.sign is None else signer_of(settings.sign)

    # They post

    @property
    def kinds(self) -> Set[str] | None:
        """One, unless each post says its own."""
        settings = self.settings
        if settings.format == "cloudevents" or settings.kind_header:
            return None
        return {settings.kind}

    def doors(self) -> Sequence[Door]:
        """One door to push through; a signature there takes the place of a key of ours."""
        settings = self.settings
        take: Callable[[Arrival], Sequence[Item]] = self._items
        if settings.format == "cloudevents":
            take = items_of
        elif settings.key_header or settings.kind_header:
            take = self._named
        if self._verifier is None:
            return (Push("POST", settings.path, take),)
        return (Push("POST", settings.path, _proven(self._verifier, take, settings), signed=True),)

    def _items(self, arrival: Arrival) -> Sequence[Item]:
        try:
            key: str = getattr(self._decode(arrival.body), "key")  # noqa: B009 a struct made from settings
        except UNREADABLE as error:
            if not arrival.body.strip():
                raise MappingError(
                    "The body is empty", [Fault("", "expected a JSON object")]
                ) from error
            # kept whole: the mapping will refuse it, and the exception holds the raw item
            key = blake2b(arrival.body, digest_size=16).hexdigest()
        return (Item(kind=self.settings.kind, key=key, raw=arrival.body),)

    def _named(self, arrival: Arrival) -> Sequence[Item]:
        """Key or kind stand in headers."""
        (item,) = self._items(arrival)
        kind = _header(arrival, self.settings.kind_header) or item.kind
        key = _header(arrival, self.settings.key_header) or item.key
        return (msgspec.structs.replace(item, kind=kind, key=key),)

    # We post

    @property
    def sends(self) -> bool:
        """Without an address we only listen."""
        return self.settings.url is not None

    async def open(self) -> None:
        """Makes the session, if there is an address."""
        url = self.settings.url
        if url is None:
            return
        self._http = Http(
            url,
            headers={"user-agent": "andon"},
            concurrency=self.settings.concurrency,
            timeout=self.settings.timeout,
        )

    async def close(self) -> None:
        """Closes the session if it was opened."""
        if hasattr(self, "_http"):
            await self._http.close()

    async def send(self, request: Request, *, key: str) -> Receipt:
        """One post under our key, signed anew each time. A CloudEvent's type is `target`.

        The receipt holds what was answered and how long it took.
        """
        if self.settings.url is None:
            raise SettingsError(f"{self.name} has no `url`, so nothing can be posted. Set one.")
        headers, body = self._written(request, key)
        if self._signer is not None:
            arrival = _as_it_arrives(self.settings.url, headers, body)
            headers = {**headers, **self._signer.sign(arrival, key, time.time())}
        clock = asyncio.get_running_loop().time
        began = clock()
        status, said = await self._http.call("POST", "", body=body, headers=headers)
        took = round((clock() - began) * 1000)
        text = said[:1000].decode("utf-8", "replace")
        return Receipt(reference=key, body={"status": status, "answer": text, "took_ms": took})

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        """Nobody can ask a receiver; the same key is posted again, which it knows."""
        raise OutcomeUnknownError(
            f"{self.settings.url} cannot be asked what became of {key} ({request.target})."
        )

    def _written(self, request: Request, key: str) -> tuple[Mapping[str, str], bytes]:
        settings = self.settings
        body = msgspec.json.encode(request.body)
        plain = {"content-type": "application/json"}
        if settings.format == "plain":
            return {**plain, "webhook-id": key}, body
        attributes = attributes_of(
            request.target, id=key, source=settings.source, at=datetime.now(UTC)
        )
        if settings.mode == "binary":
            return {**plain, **headers_of(attributes)}, body
        return {"content-type": STRUCTURED}, structured(attributes, body)


def _proven(
    verifier: Signer, take: Callable[[Arrival], Sequence[Item]], settings: WebhookSettings
) -> Callable[[Arrival], Sequence[Item]]:
    within = settings.within.total_seconds()

    def items(arrival: Arrival) -> Sequence[Item]:
        verifier.verify(arrival, time.time(), within)
        return take(arrival)

    return items


def _header(arrival: Arrival, name: str) -> str:
    if not name:
        return ""
    said = arrival.headers.get(name.lower(), "")
    if not said:
        raise MappingError(f"The post has no {name}, by which it is known")
    return said


def _as_it_arrives(url: str, headers: Mapping[str, str], body: bytes) -> Arrival:
    """What the receiver will see."""
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return Arrival({}, {}, {"host": parts.netloc, **headers}, body, "POST", target)
