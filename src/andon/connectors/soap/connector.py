"""SOAP: operations are asked again and again, a command is one call, a query finds what it did."""

__all__ = ["Soap"]

import asyncio
from collections.abc import AsyncIterator, Set
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec

from andon.connectors._access import access_of, tls_context
from andon.connectors._declared import no_proof
from andon.connectors._http import Http
from andon.connectors._pointer import MISSING, at, parsed
from andon.connectors._template import filled_in, placeholders
from andon.connectors.soap.agreement import misfits
from andon.connectors.soap.call import Call, Find
from andon.connectors.soap.documents import Fetch, gathered
from andon.connectors.soap.looks import Looks
from andon.connectors.soap.said import FaultError, refusal_in
from andon.connectors.soap.service import Service
from andon.connectors.soap.settings import SoapSettings
from andon.connectors.soap.speaking import SoapHttp, Speaking
from andon.core.connector import Item, Position, Proof, Receipt, Request, Sink, Source
from andon.core.errors import DefectError, OutcomeUnknownError, RejectedError, SettingsError
from andon.core.faults import UNREADABLE


class Soap(Source[SoapSettings], Sink[SoapSettings]):
    """One SOAP service. `Request.target` names one of the calls; its body fills the arguments."""

    settings_type = SoapSettings
    _http: SoapHttp
    _service: Service
    _speaking: Speaking

    def __init__(self, name: str, settings: SoapSettings) -> None:
        super().__init__(name, settings)
        self._found_by_sweep = 0

    async def open(self) -> None:
        """Reads the WSDL, checks the settings against it, and tries each look-up with a key nobody
        used. With a WSDL in a file and no look-up, the first call tells whether anybody is there.
        """
        settings = self.settings
        if settings.wsdl.startswith(("http://", "https://")):
            async with self._session(settings.wsdl) as http:
                documents = await gathered(settings.wsdl, _from(http))
        else:
            documents = await gathered(settings.wsdl, _nobody)
        service = await asyncio.to_thread(
            Service, documents, settings.port, settings.address, header=settings.header
        )
        if faults := misfits(service, settings):
            raise SettingsError(f"{self.name} does not fit the WSDL {settings.wsdl}", faults)
        self._service = service
        self._http = self._session(service.address)
        self._speaking = Speaking(self._http, service.address, settings)
        for name, call in settings.calls.items():
            if call.find is not None and placeholders(call.find.arguments) == {"key"}:
                await self._probe(name)

    def _session(self, address: str) -> SoapHttp:
        settings, parts = self.settings, urlsplit(address)
        tls = tls_context(settings.tls)
        return SoapHttp(
            f"{parts.scheme}://{parts.netloc}",
            headers={"accept": "text/xml, application/soap+xml, application/xml"},
            concurrency=settings.concurrency,
            timeout=settings.timeout,
            no_effect=frozenset(settings.no_effect),
            tls=tls,
            access=access_of(settings.auth, timeout=settings.timeout, tls=tls),
        )

    async def _probe(self, name: str) -> None:
        """A service that ignores the argument would find anything for any key."""
        try:
            found = await self.find(Request(target=name), key=f"andon-{uuid4().hex}"[:20])
        except RejectedError as error:
            raise SettingsError(
                f"{self.name} refuses the look-up of {name}: {error} ({error.code}). If that says"
                f" that there is none, add the code to calls.{name}.find.absent."
            ) from error
        if found is not None:
            raise SettingsError(
                f"{self.name} finds something for a key nobody ever used: calls.{name}.find does"
                " not ask by it. Name the argument it filters by, or `key` to compare."
            )

    async def close(self) -> None:
        """Closes the session if it was opened."""
        if hasattr(self, "_http"):
            await self._http.close()

    @property
    def found_by_sweep(self) -> int:
        """States that looks by time missed and full looks found."""
        return self._found_by_sweep

    @property
    def reads(self) -> bool:
        """Without feeds nothing is read."""
        return bool(self.settings.feeds)

    @property
    def sends(self) -> bool:
        """Without calls nothing is sent."""
        return bool(self.settings.calls)

    @property
    def kinds(self) -> Set[str]:
        """One for each feed."""
        return {feed.kind for feed in self.settings.feeds}

    def missing_for(self, target: str, proof: Proof) -> str | None:
        """A target is the name of one of the `calls`; what is looked for needs its `find`."""
        return no_proof("calls", self.settings.calls, target, proof)

    async def read(self, after: Position) -> AsyncIterator[Item]:
        """Every feed in turn, each at its own pace."""
        clock = asyncio.get_running_loop().time
        stands, feeds = _stands(after), self.settings.feeds
        looks = {
            feed.kind: Looks(feed, self._speaking, self._service.operation(feed.operation))
            for feed in feeds
        }
        due = dict.fromkeys(looks, 0.0)
        sweep = {feed.kind: clock() + _seconds(feed.sweep_every) for feed in feeds}
        if not looks:
            await asyncio.Event().wait()
        while True:
            for feed in (one for one in feeds if clock() >= due[one.kind]):
                async for item, stand in looks[feed.kind].look(stands.get(feed.kind, "")):
                    if stand is not None:
                        stands[feed.kind] = stand
                        position = msgspec.json.encode(stands).decode()
                        yield msgspec.structs.replace(item, position=position)
                    else:
                        yield item
                if feed.time is not None and clock() >= sweep[feed.kind]:
                    async for item in self._swept(looks[feed.kind]):
                        yield item
                    sweep[feed.kind] = clock() + _seconds(feed.sweep_every)
                due[feed.kind] = clock() + _seconds(feed.poll_every)
            await asyncio.sleep(max(0.0, min(due.values()) - clock()))

    async def _swept(self, looks: Looks) -> AsyncIterator[Item]:
        before = looks.found_by_sweep
        async for item in looks.sweep():
            yield item
        self._found_by_sweep += looks.found_by_sweep - before

    async def send(self, request: Request, *, key: str) -> Receipt:
        """One call; our key stands where its arguments say `{key}`."""
        call = self._call(request)
        arguments = filled_in(call.arguments, request.body, key)
        operation = self._service.operation(call.operation)
        answer = await self._speaking.call(operation, arguments)
        verdict = call.verdict or self.settings.verdict
        refusal = None if verdict is None else refusal_in(answer, verdict)
        if refusal is not None:
            raise refusal
        reference = None if call.reference is None else _text(answer, call.reference)
        if call.reference is not None and not reference:
            raise OutcomeUnknownError(
                f"{call.operation} was answered without a document number at {call.reference}"
            )
        return _receipt(call, answer, reference)

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        """What the query operation of this call finds by our key."""
        call = self._call(request)
        if call.find is None:
            raise SettingsError(
                f"{self.name} has no `find` for {request.target}, so an outcome cannot be found"
                " out. Set calls.<name>.find."
            )
        arguments = filled_in(call.find.arguments, request.body, key)
        try:
            answer = await self._speaking.ask(
                self._service.operation(call.find.operation), arguments
            )
        except FaultError as error:
            if error.codes & set(call.find.absent):
                return None
            raise
        found = _found(answer, call.find, key)
        if found is None:
            return None
        name = None if call.find.reference is None else _text(found, call.find.reference)
        fields = cast("dict[str, Any]", found) if isinstance(found, dict) else {"found": found}
        return Receipt(reference=name, body=fields)

    def _call(self, request: Request) -> Call:
        call = self.settings.calls.get(request.target)
        if call is None:
            known = ", ".join(self.settings.calls) or "none"
            raise DefectError(f"{self.name} has no call {request.target!r}, but {known}.")
        return call


def _from(http: Http) -> Fetch:
    async def fetch(url: str) -> bytes:
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        _, body = await http.call("GET", path)
        return body

    return fetch


async def _nobody(url: str) -> bytes:
    raise SettingsError(f"{url} is not a file.")


def _found(answer: Any, find: Find, key: str) -> Any:
    found = at(answer, parsed(find.found))
    if found is MISSING:
        return None
    many = cast("list[Any]", found) if isinstance(found, list) else [found]
    return next(
        (one for one in many if one and (find.key is None or _text(one, find.key) == key)), None
    )


def _receipt(call: Call, answer: Any, reference: str | None) -> Receipt:
    if not call.keep:
        fields = cast("dict[str, Any]", answer) if isinstance(answer, dict) else {"answer": answer}
        return Receipt(reference=reference, body=fields)
    kept = {name: at(answer, parsed(pointer)) for name, pointer in call.keep.items()}
    return Receipt(
        reference=reference,
        body={name: value for name, value in kept.items() if value is not MISSING},
    )


def _text(answer: Any, pointer: str) -> str:
    value = at(answer, parsed(pointer))
    return "" if value is MISSING or value is None else str(value).strip()


def _stands(after: Position) -> dict[str, str]:
    """Where each feed stands; what nobody can read begins anew, repeats are welcome."""
    try:
        return msgspec.json.decode(after, type=dict[str, str]) if after else {}
    except UNREADABLE:
        return {}


def _seconds(span: timedelta) -> float:
    return span.total_seconds()
