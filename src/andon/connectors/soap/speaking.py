"""Calling operations over HTTP: envelopes out, answers and faults back."""

__all__ = ["SoapHttp", "Speaking"]

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from lxml import etree

from andon.connectors._http import Http
from andon.connectors.soap.said import body_of, error_of, fault_in
from andon.connectors.soap.security import signed
from andon.connectors.soap.service import Operation, parsed
from andon.connectors.soap.settings import SoapSettings
from andon.core.errors import MappingError, OutcomeUnknownError, SettingsError, UnavailableError

_MAY_HOLD_A_FAULT = frozenset({400, 403, 404, 422, 500, 503, 504})
_NOBODY_HERE = frozenset({404, 405, 410, 415})
_SMALL = 64 * 1024
"""What is read in a few milliseconds need not go to a thread."""


class SoapHttp(Http):
    """One session; a status that comes with a fault is judged by the fault."""

    def _judge(
        self, response: aiohttp.ClientResponse, body: bytes, method: str
    ) -> tuple[int, bytes]:
        if method == "POST" and response.status in _MAY_HOLD_A_FAULT and _holds_fault(body):
            return response.status, body
        if response.status in _NOBODY_HERE:
            raise SettingsError(
                f"Nobody takes a {method} at {response.url.with_query(None)} ({response.status})."
                " Nothing was done. Check `wsdl` and `address`."
            )
        return super()._judge(response, body, method)


def _holds_fault(body: bytes) -> bool:
    try:
        return fault_in(body_of(parsed(body, _SMALL * 16))) is not None
    except MappingError:
        return False


class Speaking:
    """Operations of one service over one session."""

    def __init__(self, http: Http, address: str, settings: SoapSettings) -> None:
        self._http = http
        parts = urlsplit(address)
        self._path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self._settings = settings

    async def call(self, operation: Operation, arguments: Mapping[str, Any]) -> Any:
        """The answer's fields. Raises MappingError before anything is sent, then what `Http.call`
        raises, RejectedError for a fault, OutcomeUnknownError for an answer that is none."""
        envelope = operation.envelope(arguments)
        if self._settings.wsse is not None:
            signed(envelope, self._settings.wsse)
        status, body = await self._http.call(
            "POST",
            self._path,
            body=etree.tostring(envelope, xml_declaration=True, encoding="utf-8"),
            headers=operation.headers,
        )
        if not body and status in (200, 202, 204):
            return {}
        try:
            if len(body) < _SMALL:
                return self._heard(operation, body)
            return await asyncio.to_thread(self._heard, operation, body)
        except MappingError as error:
            raise OutcomeUnknownError(f"{operation.name} was answered oddly: {error}") from error

    async def ask(self, operation: Operation, arguments: Mapping[str, Any]) -> Any:
        """A call that only reads: it has no outcome, so what is unclear is asked again."""
        try:
            return await self.call(operation, arguments)
        except OutcomeUnknownError as error:
            raise UnavailableError(str(error), reached=True) from error

    def _heard(self, operation: Operation, body: bytes) -> Any:
        content = body_of(parsed(body, self._settings.largest_answer))
        fault = fault_in(content)
        if fault is not None:
            settings = self._settings
            raise error_of(fault, settings.later, settings.unclear, self._http.base)
        if content is None or not operation.awaits(content):
            said = body[:200].decode("utf-8", "replace")
            raise MappingError(f"this is no answer of {operation.name}: {said}")
        return operation.answer(content)
