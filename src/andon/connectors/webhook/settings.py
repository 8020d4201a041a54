"""How one system posts to us, and how we post to it."""

__all__ = ["Hmac", "HttpKey", "HttpSignature", "Signature", "Standard", "WebhookSettings"]

from base64 import b64decode
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from andon.core.connector import SecretStr, Settings


class Hmac(msgspec.Struct, frozen=True, tag="hmac", tag_field="kind", forbid_unknown_fields=True):
    """A keyed hash in a header. Several secrets while one replaces the other; we sign with the
    first."""

    secrets: tuple[SecretStr, ...]
    header: str = "X-Signature-256"
    prefix: str = ""
    """Before the hash: `sha256=`, `v0=`."""
    algorithm: Literal["sha256", "sha384", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    timestamp_header: str = ""
    """Seconds since 1970; without one a post may be repeated by others at any time."""
    signed: str = "{body}"
    """What is hashed: `{timestamp}.{body}`."""

    def __post_init__(self) -> None:
        """Raises ValueError with every mistake."""
        wrong: list[str] = []
        if not self.secrets:
            wrong.append("secrets is empty")
        if not self.signed.endswith("{body}"):
            wrong.append("signed must end with {body}, else the body may be changed on its way")
        if ("{timestamp}" in self.signed) != bool(self.timestamp_header):
            wrong.append("timestamp_header and {timestamp} in signed go together")
        if wrong:
            raise ValueError("; ".join(wrong))


class Standard(
    msgspec.Struct, frozen=True, tag="standard", tag_field="kind", forbid_unknown_fields=True
):
    """Standard Webhooks: `webhook-id`, `webhook-timestamp` and `webhook-signature`."""

    secrets: tuple[SecretStr, ...]
    """Each as it is given out: `whsec_` and base64."""

    def __post_init__(self) -> None:
        """Raises ValueError when a secret is none."""
        if not self.secrets:
            raise ValueError("secrets is empty")
        for secret in self.secrets:
            try:
                b64decode(secret.reveal().removeprefix("whsec_"), validate=True)
            except ValueError:
                raise ValueError("a secret is not whsec_ and base64") from None


class HttpKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One key of RFC 9421: a secret, or PEM files."""

    id: str
    algorithm: Literal[
        "hmac-sha256", "ed25519", "ecdsa-p256-sha256", "rsa-pss-sha512", "rsa-v1_5-sha256"
    ]
    secret: SecretStr | None = None
    """For hmac-sha256, in base64."""
    public_key: str | None = None
    """File with their public key, by which we verify."""
    private_key: str | None = None
    """File with our private key, by which we sign."""

    def __post_init__(self) -> None:
        """Raises ValueError when the algorithm has no key."""
        if self.algorithm == "hmac-sha256":
            if self.secret is None:
                raise ValueError("hmac-sha256 needs a secret")
        elif self.public_key is None and self.private_key is None:
            raise ValueError(f"{self.algorithm} needs public_key or private_key")


class HttpSignature(
    msgspec.Struct, frozen=True, tag="http", tag_field="kind", forbid_unknown_fields=True
):
    """HTTP message signatures (RFC 9421) with a digest of the body (RFC 9530)."""

    keys: tuple[HttpKey, ...]
    covers: tuple[str, ...] = ("@method", "@path", "content-digest")
    """What a signature must cover at least. The body is covered by its digest alone."""

    def __post_init__(self) -> None:
        """Raises ValueError when nothing could be verified."""
        if not self.keys:
            raise ValueError("keys is empty")
        if "content-digest" not in self.covers:
            raise ValueError("covers must hold content-digest, else the body may be changed")


Signature = Hmac | Standard | HttpSignature


class WebhookSettings(Settings, frozen=True, kw_only=True):
    """Where they post and how an item is told from its repetition; where we post, and as whom."""

    path: str = "/events"
    """Below `/in/<connection>`."""
    kind: str = "event"
    """Which mapping reads the items. For CloudEvents it is their type."""
    key: str = "id"
    """Top-level field that is the same when the same fact is posted again."""
    key_header: str = ""
    """Header that says it instead, where a signature covers it."""
    kind_header: str = ""
    """Header that says which mapping reads the item."""
    format: Literal["plain", "cloudevents"] = "plain"
    """What is posted: any JSON, or CloudEvents 1.0 (binary, structured or in batches)."""
    verify: Signature | None = None
    """How a post proves who sent it; then no key of ours is asked for."""
    within: timedelta = timedelta(minutes=5)
    """How old a signed post may be, and how far ahead its clock."""
    url: str | None = None
    """Where we post to, if we do."""
    sign: Signature | None = None
    """How we prove that it is us."""
    mode: Literal["binary", "structured"] = "structured"
    """How our CloudEvents are written."""
    source: str = "andon"
    """Who our CloudEvents come from: a URI."""

    def __post_init__(self) -> None:
        """Raises ValueError with everything that does not fit together."""
        wrong: list[str] = []
        if not self.path.startswith("/"):
            wrong.append(f"path {self.path!r} must begin with /")
        if self.key_header and not self._covered(self.key_header.lower()):
            wrong.append(
                "key_header needs a signature that covers it, else a repeated post gets in under"
                " another key"
            )
        parts = urlsplit(self.url or "http://none")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            wrong.append("url is no http address without a password. Write http:// or https://")
        if wrong:
            raise ValueError("; ".join(wrong))

    def _covered(self, header: str) -> bool:
        match self.verify:
            case Standard():
                return header == "webhook-id"
            case HttpSignature(covers=covers):
                return header in covers
            case Hmac() | None:
                return False
