"""JSON over HTTP: lists are read, a command is one call, a look-up finds what it did."""

__all__ = ["Rest"]

import asyncio
from collections.abc import AsyncIterator, Set
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

import msgspec

from andon.connectors._access import access_of, tls_context
from andon.connectors._http import answer_of
from andon.connectors._pointer import MISSING, at, parsed
from andon.connectors._template import filled_in, path_of, placeholders
from andon.connectors.rest.asking import Asking
from andon.connectors.rest.looks import Looks
from andon.connectors.rest.refusing import RestHttp, StatusRejectedError, refusal_in
from andon.connectors.rest.settings import Call, Feed, RestSettings
from andon.core.connector import Item, Position, Proof, Receipt, Request, Sink, Source
from andon.core.errors import DefectError, OutcomeUnknownError, RejectedError, SettingsError
from andon.core.faults import UNREADABLE


class Rest(Source[RestSettings], Sink[RestSettings]):
    """One JSON system. `Request.target` reads `POST /path`, or names one of the calls."""

    settings_type = RestSettings
    _http: RestHttp

    def __init__(self, name: str, settings: RestSettings) -> None:
        super().__init__(name, settings)
        self._reference = settings.reference
        self._key_header = settings.key_header
        self._found_by_sweep = 0

    async def open(self) -> None:
        """Makes the session, gets in, and tries each list and the look-up once, so that a wrong
        description shows now. Without feeds, look-up and tokens the first call tells."""
        settings = self.settings
        headers = {"content-type": "application/json", "accept": "application/json"}
        if settings.token is not None:
            headers["authorization"] = f"Bearer {settings.token.reveal()}"
        tls = tls_context(settings.tls)
        access = access_of(settings.auth, timeout=settings.timeout, tls=tls)
        self._http = RestHttp(
            settings.url,
            headers={**headers, **settings.headers},
            concurrency=settings.concurrency,
            timeout=settings.timeout,
            no_effect=frozenset(settings.no_effect),
            tls=tls,
            access=access,
        )
        self._http.words, self._http.code = (
            parsed(settings.words or ""),
            parsed(settings.code or ""),
        )
        if access is not None:
            await access.headers()
        for feed in settings.feeds:
            await Asking(self._http, feed).probe()
        if settings.find is not None and placeholders(settings.find) == {"key"}:
            await self._probe_look_up()

    async def _probe_look_up(self) -> None:
        """A system that ignores the query would find anything for any key."""
        try:
            found = await self.find(Request(target=""), key=f"andon-{uuid4().hex}")
        except RejectedError as error:
            raise SettingsError(
                f"{self.name} refuses the look-up `find`: {error}. Correct its path."
            ) from error
        if found is not None:
            raise SettingsError(
                f"{self.name} finds a document for a key nobody ever used: it ignores the query of"
                f" `find` ({self.settings.find}). Name the parameter it filters by."
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
    def kinds(self) -> Set[str]:
        """One for each feed, and one for what is gone from it where that is told."""
        feeds = self.settings.feeds
        return {one.kind for one in feeds} | {f"{one.kind}.gone" for one in feeds if one.deletes}

    async def read(self, after: Position) -> AsyncIterator[Item]:
        """Every feed in turn, each at its own pace."""
        clock = asyncio.get_running_loop().time
        stands = _stands(after)
        looks = {feed.kind: Looks(Asking(self._http, feed)) for feed in self.settings.feeds}
        due = dict.fromkeys(looks, 0.0)
        sweep = {feed.kind: clock() + _seconds(feed.sweep_every) for feed in self.settings.feeds}
        if not looks:
            await asyncio.Event().wait()
        while True:
            for feed in (one for one in self.settings.feeds if clock() >= due[one.kind]):
                async for item in self._look(feed, looks[feed.kind], stands):
                    yield item
                if feed.since is not None and clock() >= sweep[feed.kind]:
                    async for item in self._swept(looks[feed.kind]):
                        yield item
                    sweep[feed.kind] = clock() + _seconds(feed.sweep_every)
                due[feed.kind] = clock() + _seconds(feed.poll_every)
            await asyncio.sleep(max(0.0, min(due.values()) - clock()))

    async def _look(self, feed: Feed, looks: Looks, stands: dict[str, str]) -> AsyncIterator[Item]:
        async for item, stand in looks.look(stands.get(feed.kind, "")):
            if stand is not None:
                stands[feed.kind] = stand
                item = msgspec.structs.replace(item, position=_position(stands))
            yield item

    async def _swept(self, looks: Looks) -> AsyncIterator[Item]:
        before = looks.found_by_sweep
        async for item in looks.sweep():
            yield item
        self._found_by_sweep += looks.found_by_sweep - before

    def missing_for(self, target: str, proof: Proof) -> str | None:
        """A call by name needs its entry in `calls`, and what is looked for a `find`."""
        call = self.settings.calls.get(target)
        if call is None and not target.partition(" ")[2].startswith("/"):
            return f"`calls` has no {target!r} ({', '.join(self.settings.calls) or 'none'})"
        find = self.settings.find if call is None or call.find is None else call.find
        if find is None and proof in ("findable", "state"):
            return f"nothing says how to `find` what {target!r} did"
        return None

    async def send(self, request: Request, *, key: str) -> Receipt:
        """One call with our key."""
        call = self.settings.calls.get(request.target)
        method, path, body = self._written(request, call, key)
        headers = {self._key_header: key} if self._key_header else {}
        _, said = await self._http.call(method, path, body=body, headers=headers)
        return self._receipt(answer_of(said) if said else {}, call)

    def _written(
        self, request: Request, call: Call | None, key: str
    ) -> tuple[str, str, bytes | None]:
        body = request.body
        if call is None:
            method, _, path = request.target.partition(" ")
        else:
            method, _, template = call.call.partition(" ")
            path = path_of(template, body, key)
            body = body if call.body is None else filled_in(call.body, body, key)
        if not path.startswith("/"):
            known = ", ".join(self.settings.calls) or "none"
            raise DefectError(
                f"{self.name} cannot {request.target!r}: say POST /path or a call's name, {known}."
            )
        if self.settings.key_field is not None:
            body = {**cast("dict[str, Any]", body or {}), self.settings.key_field: key}
        return method, path, None if body is None else msgspec.json.encode(body)

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        """What our key names there; needs a `find` path."""
        call = self.settings.calls.get(request.target)
        template = self.settings.find if call is None or call.find is None else call.find
        if template is None:
            raise SettingsError(
                f"{self.name} has no `find` path, so an outcome cannot be found out. Set one."
            )
        try:
            _, body = await self._http.call("GET", path_of(template, request.body, key))
        except StatusRejectedError as error:
            if error.status == 404:
                return None
            raise
        there = self.settings.found if call is None or call.found is None else call.found
        found = at(answer_of(body) if body else None, parsed(there))
        if isinstance(found, list):
            found = self._ours(cast("list[Any]", found), key)
        if found is MISSING or not found:
            return None
        if call is not None and call.found_reference is not None:
            call = msgspec.structs.replace(call, reference=call.found_reference)
        return self._receipt(found, call)

    def _ours(self, found: list[Any], key: str) -> Any:
        field = self.settings.key_field
        if field is None:
            return found[0] if found else None
        return next((one for one in found if at(one, (field,)) in (key, MISSING)), None)

    def _receipt(self, answer: Any, call: Call | None) -> Receipt:
        settings = self.settings
        if settings.refused is not None:
            refusal = refusal_in(
                answer, parsed(settings.refused), self._http.words, self._http.code
            )
            if refusal is not None:
                raise refusal
        if call is not None and call.reference is not None:
            return _templated(answer, call)
        if not isinstance(answer, dict):
            return Receipt(body={"answer": answer})
        fields = cast("dict[str, Any]", answer)
        reference = fields.get(self._reference)
        return Receipt(reference=None if reference is None else str(reference), body=fields)


def _templated(answer: Any, call: Call) -> Receipt:
    reference = at(answer, parsed(call.reference or ""))
    if reference is MISSING or reference is None:
        raise OutcomeUnknownError(
            f"{call.call} was answered without a document number at {call.reference}"
        )
    kept = {name: at(answer, parsed(pointer)) for name, pointer in call.keep.items()}
    return Receipt(
        reference=str(reference),
        body={name: value for name, value in kept.items() if value is not MISSING},
    )


def _stands(after: Position) -> dict[str, str]:
    """Where each feed stands; what nobody can read begins anew, repeats are welcome."""
    try:
        return msgspec.json.decode(after, type=dict[str, str]) if after else {}
    except UNREADABLE:
        return {}


def _position(stands: dict[str, str]) -> Position:
    return msgspec.json.encode(stands).decode()


def _seconds(span: timedelta) -> float:
    return span.total_seconds()
