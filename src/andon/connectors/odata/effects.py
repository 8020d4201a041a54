"""Effects: one call, or several as one change set; and how each is found again."""

__all__ = ["Effects"]

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec

from andon.connectors._http import Answer
from andon.connectors.odata.batches import Change, change_set, in_turn, parts_of
from andon.connectors.odata.bodies import body_of
from andon.connectors.odata.calls import BATCH, Call, called, stamped
from andon.connectors.odata.catalogue import Catalogue
from andon.connectors.odata.drawing import drawn
from andon.connectors.odata.gateway import Gateway
from andon.connectors.odata.pages import row_of
from andon.connectors.odata.refusals import refusal
from andon.connectors.odata.settings import ODataSettings
from andon.connectors.odata.standing import Standing, There, number_of
from andon.connectors.odata.values import plain_row
from andon.core.connector import Receipt, Request
from andon.core.errors import (
    DefectError,
    MappingError,
    OutcomeUnknownError,
    SettingsError,
)
from andon.core.faults import UNREADABLE


class Effects:
    """What a sink does, for one connection."""

    def __init__(
        self,
        gateway: Gateway,
        catalogue: Catalogue,
        settings: ODataSettings,
        name: str,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._gateway = gateway
        self._catalogue = catalogue
        self._settings = settings
        self._name = name
        self._now = now
        self._state = Standing(gateway, catalogue, settings)

    async def send(self, request: Request, key: str) -> Receipt:
        """One call. A row it changes is read first: its version, and whether it is so already."""
        if request.target == BATCH:
            return await self._batch(_operations(request), key)
        call = called(request.target, self._catalogue)
        there = await self._state.there(call)
        if there is not None and self._state.is_so(call, request.body, there):
            return self._state.receipt(call, there.row)
        if there is None and call.method == "DELETE":
            return Receipt(reference=number_of(call))
        body = await drawn(request.body, self._gateway, self._catalogue)
        if body is None and request.body is not None:
            return Receipt()
        change = self._change(call, body, key, there)
        answer = await self._gateway.effect(
            call.place.service, change.method, change.path, change.body, change.headers
        )
        return self._state.receipt(call, self._row(call, answer), answer.headers)

    async def find(self, request: Request, key: str) -> Receipt | None:
        """By the stamp a new row carries, or by the state a changed row has."""
        if request.target == BATCH:
            return await self._find_together(_operations(request), key)
        call = called(request.target, self._catalogue)
        if not self._state.can_be_found(call, request.body):
            raise self._unprovable(call.says)
        if self._state.makes(call):
            if self._state.is_stamped(call):
                return await self._state.find_stamped(call, key)
            body = await drawn(request.body, self._gateway, self._catalogue)
            return await self._state.find_named(call, body)
        there = await self._state.there(call)
        if there is None:
            return Receipt(reference=number_of(call)) if call.method == "DELETE" else None
        if call.method == "DELETE" or not self._state.is_so(call, request.body, there):
            return None
        return self._state.receipt(call, there.row)

    async def _find_together(self, operations: Sequence[Request], key: str) -> Receipt | None:
        """One change set is one effect: a row that carries our key speaks for all of it. A state
        does not, since somebody else may have made it so: there all must stand as they would."""
        steps = [
            (called(one.target, self._catalogue), one, _numbered(key, number))
            for number, one in enumerate(operations)
        ]
        for call, operation, its_key in steps:
            if self._state.makes(call) and self._state.is_stamped(call):
                return await self.find(operation, its_key)
        states = [
            await self.find(operation, its_key)
            for call, operation, its_key in steps
            if self._state.can_be_found(call, operation.body)
        ]
        if not states:
            raise self._unprovable(BATCH)
        return None if None in states else states[0]

    async def _batch(self, operations: Sequence[Request], key: str) -> Receipt:
        calls = [called(operation.target, self._catalogue) for operation in operations]
        services = {call.place.service for call in calls}
        if len(services) != 1:
            raise DefectError(f"A change set belongs to one service, not to {sorted(services)}.")
        there = [await self._state.there(call) for call in calls]
        rows = zip(calls, operations, there, strict=True)
        if all(row and self._state.is_so(call, asked.body, row) for call, asked, row in rows):
            standing = zip(calls, there, strict=True)
            return _together([self._state.receipt(call, row.row) for call, row in standing if row])
        changes = [
            self._change(call, operation.body, _numbered(key, number), row)
            for number, (call, operation, row) in enumerate(
                zip(calls, operations, there, strict=True)
            )
        ]
        boundary = blake2b(key.encode(), digest_size=8).hexdigest()
        kind, body = change_set(changes, boundary, json=self._gateway.json)
        told = {"content-type": kind, "accept": "multipart/mixed"}
        service = services.pop()
        answer = await self._gateway.effect(service, "POST", "$batch", body, told)
        answered = zip(calls, self._answers(len(calls), answer), strict=True)
        return _together(
            [self._state.receipt(call, self._row(call, one), one.headers) for call, one in answered]
        )

    def _answers(self, asked: int, answer: Answer) -> list[Answer]:
        try:
            parts = parts_of(answer.headers.get("content-type", ""), answer.body)
        except MappingError as error:
            raise OutcomeUnknownError(f"$batch: {error}") from error
        for part in parts:
            if part.status >= 300:
                raise refusal(
                    part.status,
                    part.body,
                    "$batch",
                    reading=False,
                    no_effect=self._settings.no_effect,
                    later=self._settings.later,
                    meanings=self._settings.meanings,
                )
        if len(parts) != asked:
            raise OutcomeUnknownError(f"$batch: {len(parts)} answers to {asked} operations")
        return [Answer(part.status, part.headers, part.body) for part in in_turn(parts)]

    def _change(self, call: Call, body: Any, key: str, there: There | None) -> Change:
        wire = body_of(body, self._settings.version)
        if self._state.makes(call):
            wire = {
                **self._days(call),
                **cast("dict[str, Any]", wire or {}),
                **self._stamp(call, key),
            }
        data = None if wire is None else msgspec.json.encode(wire)
        if self._state.is_function(call) and self._settings.version == 2:
            data = None
        headers = {"if-match": there.etag} if there is not None and there.etag else {}
        return Change(call.method, call.path, data, headers)

    def _days(self, call: Call) -> dict[str, Any]:
        action = self._state.action(call)
        day = self._now().astimezone(ZoneInfo(self._settings.time_zone)).date()
        named = () if action is None else action.today
        return {name: body_of(day, self._settings.version) for name in named}

    def _stamp(self, call: Call, key: str) -> dict[str, str]:
        action, kind = self._state.action(call), call.place.kind
        if action is None or not action.stamp or kind is None:
            return {}
        return {action.stamp: stamped(key, kind.properties[action.stamp].max_length)}

    def _row(self, call: Call, answer: Answer) -> dict[str, Any]:
        if not answer.body.strip():
            return {}
        try:
            told = msgspec.json.decode(answer.body)
        except UNREADABLE as error:
            raise OutcomeUnknownError(f"{call.says}: the answer is no JSON: {error}") from error
        return cast("dict[str, Any]", plain_row(row_of(told, call.place.name)))

    def _unprovable(self, target: str) -> SettingsError:
        return SettingsError(
            f"{self._name}: nothing tells whether {target} happened. Name in `actions` the field"
            " that keeps our key (`stamp`), or what its entity holds afterwards (`holds`)."
        )


def _together(receipts: Sequence[Receipt]) -> Receipt:
    each = [{"reference": receipt.reference, **receipt.body} for receipt in receipts]
    return Receipt(reference=receipts[0].reference, body={"operations": each})


def _operations(request: Request) -> tuple[Request, ...]:
    body = request.body
    if isinstance(body, tuple | list) and body:
        found = tuple(one for one in cast("Sequence[Any]", body) if isinstance(one, Request))
        if len(found) == len(cast("Sequence[Any]", body)):
            return found
    raise DefectError(f"{BATCH} takes a tuple of requests, one for each operation.")


def _numbered(key: str, number: int) -> str:
    return key if number == 0 else f"{key}#{number + 1}"
