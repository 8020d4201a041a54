"""JSON over HTTP: a command is one call with an idempotency key, a look-up finds what it did."""

__all__ = ["Rest", "RestSettings"]

from typing import Any, cast
from urllib.parse import quote

import msgspec

from andon.connectors._http import Http, answer_of
from andon.core.connector import Receipt, Request, SecretStr, Settings, Sink
from andon.core.errors import RejectedError, SettingsError


class RestSettings(Settings, frozen=True, kw_only=True):
    """One HTTP system and how it names things."""

    url: str
    """Base address, `https://erp.example`."""
    token: SecretStr | None = None
    """Sent as bearer, if the system wants one."""
    key_header: str = "Idempotency-Key"
    """Header that carries our key."""
    reference: str = "id"
    """Field of the answer that holds the document number."""
    find: str | None = None
    """Path that finds a document by our key, `/documents?external_id={key}`;
    an empty list or 404 means absent."""
    no_effect: tuple[int, ...] = (429, 502, 503)
    """Statuses by which this system says that it did nothing."""


class Rest(Sink[RestSettings]):
    """One JSON system. `Request.target` reads `POST /path`."""

    settings_type = RestSettings
    _http: Http

    async def open(self) -> None:
        """Makes the session; the first call tells whether the system is there."""
        settings = self.settings
        if not settings.url.startswith(("http://", "https://")):
            raise SettingsError(
                f"{self.name}: url {settings.url!r} is no http address. Write http:// or https://."
            )
        headers = {"content-type": "application/json", "accept": "application/json"}
        if settings.token is not None:
            headers["authorization"] = f"Bearer {settings.token.reveal()}"
        self._http = Http(
            settings.url,
            headers=headers,
            concurrency=settings.concurrency,
            timeout=settings.timeout,
            no_effect=frozenset(settings.no_effect),
        )

    async def close(self) -> None:
        """Closes the session if it was opened."""
        if hasattr(self, "_http"):
            await self._http.close()

    async def send(self, request: Request, *, key: str) -> Receipt:
        """One call with our key in a header."""
        method, _, path = request.target.partition(" ")
        _, body = await self._http.call(
            method,
            path,
            body=msgspec.json.encode(request.body),
            headers={self.settings.key_header: key},
        )
        return self._receipt(answer_of(body) if body else {})

    async def find(self, request: Request, *, key: str) -> Receipt | None:  # noqa: ARG002 a sink's signature
        """What our key names there; needs the `find` setting."""
        if self.settings.find is None:
            raise SettingsError(
                f"{self.name} has no `find` path, so an outcome cannot be found out. Set one."
            )
        try:
            _, body = await self._http.call(
                "GET", self.settings.find.replace("{key}", quote(key, safe=""))
            )
        except RejectedError as error:
            if error.code == "404":
                return None
            raise
        found = answer_of(body)
        if isinstance(found, list):
            found = cast("list[Any]", found)[0] if found else None
        return None if not found else self._receipt(found)

    def _receipt(self, answer: Any) -> Receipt:
        if not isinstance(answer, dict):
            return Receipt(body={"answer": answer})
        fields = cast("dict[str, Any]", answer)
        reference = fields.get(self.settings.reference)
        return Receipt(reference=None if reference is None else str(reference), body=fields)
