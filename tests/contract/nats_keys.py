"""Keys and tokens as NATS makes them, for servers of one test."""

__all__ = ["Key", "credentials", "jwt"]

import hashlib
import secrets
from base64 import b32encode, urlsafe_b64encode
from binascii import crc_hqx
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_SEED, _PREFIXES = 18 << 3, {"O": 14 << 3, "A": 0, "U": 20 << 3}


class Key(msgspec.Struct, frozen=True):
    """Seed and public name of an operator, an account or a user."""

    seed: str
    public: str
    secret: bytes

    @classmethod
    def made(cls, letter: str, secret: bytes | None = None) -> "Key":
        """A new one of a kind: `O`, `A` or `U`."""
        secret = secret or secrets.token_bytes(32)
        prefix = _PREFIXES[letter]
        public = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
        seed = bytes([_SEED | prefix >> 5, (prefix & 31) << 3]) + secret
        return cls(_checked(seed), _checked(bytes([prefix]) + public), secret)

    def sign(self, text: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.secret).sign(text)


def jwt(subject: Key, issuer: Key, kind: str, more: dict[str, Any]) -> str:
    """A claim about a key, signed by who vouches for it."""
    claims: dict[str, Any] = {
        "iat": 1700000000,
        "iss": issuer.public,
        "name": kind,
        "sub": subject.public,
        "nats": {"type": kind, "version": 2, **more},
    }
    digest = hashlib.sha256(msgspec.json.encode(claims)).digest()
    claims["jti"] = b32encode(digest).decode().rstrip("=")
    head = _text(msgspec.json.encode({"typ": "JWT", "alg": "ed25519-nkey"}))
    signed = f"{head}.{_text(msgspec.json.encode(claims))}"
    return f"{signed}.{_text(issuer.sign(signed.encode()))}"


def credentials(account: Key) -> str:
    """A `.creds` file for a new user of an account."""
    user = Key.made("U")
    limits = {"subs": -1, "data": -1, "payload": -1}
    return (
        "-----BEGIN NATS USER JWT-----\n"
        f"{jwt(user, account, 'user', limits)}\n"
        "------END NATS USER JWT------\n\n"
        "-----BEGIN USER NKEY SEED-----\n"
        f"{user.seed}\n"
        "------END USER NKEY SEED------\n"
    )


def _checked(raw: bytes) -> str:
    return b32encode(raw + crc_hqx(raw, 0).to_bytes(2, "little")).decode().rstrip("=")


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
