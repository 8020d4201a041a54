"""Keyed hashes in a header, and Standard Webhooks: proven and made."""

__all__ = ["Signer", "signer_of"]

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Protocol

from andon.connectors.webhook.message_signature import MessageSigner
from andon.connectors.webhook.settings import Hmac, HttpSignature, Signature, Standard
from andon.connectors.webhook.timing import in_time
from andon.core.connector import Arrival
from andon.core.errors import CredentialsError


class Signer(Protocol):
    """One way to prove who posts."""

    def verify(self, arrival: Arrival, now: float, within: float) -> None:
        """Raises CredentialsError with what is not proven."""
        ...

    def sign(self, arrival: Arrival, id: str, now: float) -> Mapping[str, str]:
        """Headers that prove a post of ours, given as it will arrive."""
        ...


def signer_of(signature: Signature) -> Signer:
    """Raises SettingsError when a key cannot be read."""
    match signature:
        case Hmac():
            return _HmacSigner(signature)
        case Standard():
            return _StandardSigner(signature)
        case HttpSignature():
            return MessageSigner(signature)


class _HmacSigner:
    def __init__(self, told: Hmac) -> None:
        self._told = told
        self._secrets = [secret.reveal().encode() for secret in told.secrets]
        self._header = told.header.lower()
        self._timestamp = told.timestamp_header.lower()

    def verify(self, arrival: Arrival, now: float, within: float) -> None:
        said = arrival.headers.get(self._header, "")
        if not said.startswith(self._told.prefix) or not said:
            raise CredentialsError(f"The post has no signature in {self._told.header}.")
        at = ""
        if self._timestamp:
            at = arrival.headers.get(self._timestamp, "")
            in_time(at, now, within)
        given = said.removeprefix(self._told.prefix)
        if not any(
            hmac.compare_digest(given.encode(), self._hash(secret, at, arrival.body).encode())
            for secret in self._secrets
        ):
            raise CredentialsError(f"The signature in {self._told.header} does not fit the post.")

    def sign(self, arrival: Arrival, id: str, now: float) -> Mapping[str, str]:
        del id
        at = str(int(now)) if self._timestamp else ""
        made = self._told.prefix + self._hash(self._secrets[0], at, arrival.body)
        return {self._header: made, **({self._timestamp: at} if at else {})}

    def _hash(self, secret: bytes, at: str, body: bytes) -> str:
        before = self._told.signed.removesuffix("{body}").replace("{timestamp}", at).encode()
        made = hmac.new(secret, before + body, self._told.algorithm).digest()
        return made.hex() if self._told.encoding == "hex" else b64encode(made).decode()


class _StandardSigner:
    def __init__(self, told: Standard) -> None:
        self._secrets = [
            b64decode(secret.reveal().removeprefix("whsec_")) for secret in told.secrets
        ]

    def verify(self, arrival: Arrival, now: float, within: float) -> None:
        id, at = (arrival.headers.get(f"webhook-{part}", "") for part in ("id", "timestamp"))
        if not id:
            raise CredentialsError("The post has no webhook-id.")
        in_time(at, now, within)
        given = [
            part.removeprefix("v1,").encode()
            for part in arrival.headers.get("webhook-signature", "").split(" ")
            if part.startswith("v1,")
        ]
        made = [self._hash(secret, id, at, arrival.body) for secret in self._secrets]
        if not any(hmac.compare_digest(one, other) for one in given for other in made):
            raise CredentialsError("The webhook-signature does not fit the post.")

    def sign(self, arrival: Arrival, id: str, now: float) -> Mapping[str, str]:
        at = str(int(now))
        made = self._hash(self._secrets[0], id, at, arrival.body).decode()
        return {"webhook-id": id, "webhook-timestamp": at, "webhook-signature": f"v1,{made}"}

    def _hash(self, secret: bytes, id: str, at: str, body: bytes) -> bytes:
        whole = f"{id}.{at}.".encode() + body
        return b64encode(hmac.new(secret, whole, hashlib.sha256).digest())
