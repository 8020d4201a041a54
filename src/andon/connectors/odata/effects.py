"""Effects: one call, or several as one change set; and how each is found again."""

__all__ = ["Effects"]

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec

from andon.connectors._http import Answer
from andon.connectors.odata.batches import Change, change_set, parts_of
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
            # One change set is one effect: whatever of it can be found speaks for all.
            for number, operation in enumerate(_operations(request)):
                step = called(operation.target, self._catalogue)
                if self._state.can_be_found(step, operation.body):
                    return await self.find(operation, _numbered(key, number))
            raise self._unprovable(request.target)
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

    async def _batch(self, operations: Sequence[Request], key: str) -> Receipt:
        calls = [called(operation.target, self._catalogue) for operation in operations]
        services = {call.place.service for call in calls}
        if len(services) != 1:
            raise DefectError(f"A change set belongs to one service, not to {sorted(services)}.")
        there = [await self._state.there(call) for call in calls]
        rows = zip(calls, operations, there, strict=True)
        if all(row and self._state.is_so(call, asked.body, row) for call, asked, row in rows):
            return self._together(calls, [row.row for row in there if row])
        changes = [
            self._change(call, operation.body, _numbered(key, number), row)
            for number, (call, operation, row) in enumerate(
                zip(calls, operations, there, strict=True)
            )
        ]
        kind, body = change_set(changes, blake2b(key.encode(), digest_size=8).hexdigest())
        told = {"content-type": kind, "accept": "multipart/mixed"}
        service = services.pop()
        answer = await self._gateway.effect(service, "POST", "$batch", body, told)
        return self._together(calls, self._parts(calls, answer))

    def _parts(self, calls: Sequence[Call], answer: Answer) -> list[dict[str, Any]]:
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
        if len(parts) != len(calls):
            raise OutcomeUnknownError(f"$batch: {len(parts)} answers to {len(calls)} operations")
        return [
            self._row(call, Answer(part.status, part.headers, part.body))
            for call, part in zip(calls, parts, strict=True)
        ]

    def _together(self, calls: Sequence[Call], rows: Sequence[dict[str, Any]]) -> Receipt:
        receipts = [self._state.receipt(call, row) for call, row in zip(calls, rows, strict=True)]
        return Receipt(
            reference=receipts[0].reference,
            body={
                "operations": [
                    {"reference": receipt.reference, **receipt.body} for receipt in receipts
                ]
            },
        )

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


def _operations(request: Request) -> tuple[Request, ...]:
    body = request.body
    if isinstance(body, tuple | list) and body:
        found = tuple(one for one in cast("Sequence[Any]", body) if isinstance(one, Request))
        if len(found) == len(cast("Sequence[Any]", body)):
            return found
    raise DefectError(f"{BATCH} takes a tuple of requests, one for each operation.")


def _numbered(key: str, number: int) -> str:
    return key if number == 0 else f"{key}#{number + 1}"
