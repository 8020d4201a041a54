"""Who we are to an HTTP system: passwords, keys, tokens that are renewed, certificates."""

__all__ = [
    "Access",
    "ApiKey",
    "Basic",
    "ClientCredentials",
    "Tls",
    "access_of",
    "session_of",
    "tls_context",
]

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal
from urllib.parse import quote, urlencode

import msgspec

from andon.connectors._http import Http, UnauthorizedError
from andon.core.errors import (
    CredentialsError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)
from andon.core.faults import UNREADABLE
from andon.core.secret import SecretStr


class Basic(msgspec.Struct, frozen=True, tag="basic", tag_field="kind", forbid_unknown_fields=True):
    """A user and a password with every call."""

    user: str
    password: SecretStr


class ApiKey(msgspec.Struct, frozen=True, tag="key", tag_field="kind", forbid_unknown_fields=True):
    """A key in a header with every call."""

    key: SecretStr
    header: str = "X-API-Key"


class ClientCredentials(
    msgspec.Struct, frozen=True, tag="oauth2", tag_field="kind", forbid_unknown_fields=True
):
    """OAuth 2 client credentials: a token is fetched, and fetched again before it ends."""

    token_url: str
    client_id: str
    client_secret: SecretStr
    scope: str = ""
    more: Mapping[str, str] = {}
    """Further fields some issuers want: `{audience = "..."}`."""
    sent: Literal["header", "body"] = "header"
    """Where the issuer expects id and secret."""


class Tls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Certificates, as files in PEM: whom we trust, and our own where the system asks for one."""

    ca: str | None = None
    certificate: str | None = None
    key: str | None = None
    key_password: SecretStr | None = None


def tls_context(tls: Tls | None) -> ssl.SSLContext | None:
    """What aiohttp needs; None means the usual authorities. Raises SettingsError."""
    if tls is None:
        return None
    try:
        context = ssl.create_default_context(cafile=tls.ca)
        if tls.certificate is not None:
            password = None if tls.key_password is None else tls.key_password.reveal()
            context.load_cert_chain(tls.certificate, tls.key, password or "")
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"The certificates cannot be used: {error}. Check ca, certificate, key and its password"
            " below tls; all are files in PEM."
        ) from error
    return context


class Access:
    """Headers that say who we are. A token is shared by all calls and renewed by one of them."""

    def __init__(
        self,
        auth: Basic | ApiKey | ClientCredentials,
        *,
        timeout: timedelta,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._auth = auth
        self._token = ""
        self._until = 0.0
        self._one = asyncio.Lock()
        self._issuer = (
            Http(auth.token_url, headers=_FORM, concurrency=1, timeout=timeout, tls=tls)
            if isinstance(auth, ClientCredentials)
            else None
        )

    async def close(self) -> None:
        """Leaves no socket open."""
        if self._issuer is not None:
            await self._issuer.close()

    async def headers(self) -> Mapping[str, str]:
        """Raises CredentialsError when the issuer refuses, UnavailableError when it is away."""
        match self._auth:
            case Basic(user=user, password=password):
                return {"authorization": _basic(user, password.reveal())}
            case ApiKey(key=key, header=header):
                return {header: key.reveal()}
            case ClientCredentials() as client:
                if _now() >= self._until:
                    await self._renew(client, self._token)
                return {"authorization": f"Bearer {self._token}"}

    async def renewed(self, refused: Mapping[str, str]) -> bool:
        """Whether there are other headers to try after these were refused."""
        if not isinstance(self._auth, ClientCredentials):
            return False
        await self._renew(self._auth, refused["authorization"].removeprefix("Bearer "))
        return True

    async def _renew(self, client: ClientCredentials, old: str) -> None:
        async with self._one:
            if self._token != old:
                return  # somebody else was quicker
            assert self._issuer is not None
            body, headers = _asked(client)
            try:
                _, said = await self._issuer.call("POST", "", body=body, headers=headers)
            except (RejectedError, CredentialsError) as error:
                raise CredentialsError(
                    f"{client.token_url} gives {client.client_id} no token:"
                    f" {_words(error, client)}. Check client_id, client_secret and scope."
                ) from None  # the cause may hold what we sent
            except OutcomeUnknownError as error:
                # No effect but a token nobody knows: asking again is safe.
                raise UnavailableError(f"{client.token_url} gave no clear answer") from error
            token = _token_of(said, client)
            self._token = token.access_token
            # Early enough for a call that is already on its way.
            self._until = _now() + max(token.expires_in - 30, token.expires_in * 0.5)


_FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}


class _Token(msgspec.Struct):
    access_token: str
    expires_in: float = 300.0


class _Refusal(msgspec.Struct):
    error: str
    error_description: str = ""


def _asked(client: ClientCredentials) -> tuple[bytes, Mapping[str, str]]:
    fields = {"grant_type": "client_credentials", **client.more}
    if client.scope:
        fields["scope"] = client.scope
    if client.sent == "body":
        fields |= {"client_id": client.client_id, "client_secret": client.client_secret.reveal()}
        return urlencode(fields).encode(), {}
    # RFC 6749 2.3.1: both are form-encoded before they become user and password.
    user, password = quote(client.client_id, safe=""), quote(client.client_secret.reveal(), safe="")
    return urlencode(fields).encode(), {"authorization": _basic(user, password)}


def _token_of(said: bytes, client: ClientCredentials) -> _Token:
    try:
        return msgspec.json.decode(said, type=_Token, strict=False)
    except UNREADABLE:
        raise CredentialsError(
            f"{client.token_url} answers without an access_token. Check that it is the token"
            " endpoint, not a page for people."
        ) from None


def _words(error: Exception, client: ClientCredentials) -> str:
    try:
        says = error.says if isinstance(error, UnauthorizedError) else str(error)
        said = msgspec.json.decode(says, type=_Refusal)
        words = f"{said.error} {said.error_description}".strip()
    except UNREADABLE:
        words = "it refuses"
    return words.replace(client.client_secret.reveal(), "***")


def _basic(user: str, password: str) -> str:
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def _now() -> float:
    return asyncio.get_running_loop().time()


def access_of(
    auth: Basic | ApiKey | ClientCredentials | None,
    *,
    timeout: timedelta,
    tls: ssl.SSLContext | None,
) -> Access | None:
    """How the settings say who we are; None where nobody asks."""
    return None if auth is None else Access(auth, timeout=timeout, tls=tls)


def session_of(
    url: str,
    *,
    auth: Basic | ApiKey | ClientCredentials | None,
    tls: Tls | None,
    concurrency: int,
    timeout: timedelta,
) -> Http:
    """A session with an address that takes documents. Raises SettingsError."""
    context = tls_context(tls)
    return Http(
        url,
        headers={"user-agent": "andon"},
        concurrency=concurrency,
        timeout=timeout,
        tls=context,
        access=access_of(auth, timeout=timeout, tls=context),
    )
