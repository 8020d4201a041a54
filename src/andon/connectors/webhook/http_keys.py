"""Keys of HTTP message signatures: the algorithms of RFC 9421."""

__all__ = ["Key", "key_of"]

import hashlib
import hmac
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from andon.connectors.webhook.settings import HttpKey
from andon.core.errors import SettingsError


class Key(msgspec.Struct, frozen=True):
    """One key that verifies, signs, or both."""

    id: str
    algorithm: str
    verifies: Callable[[bytes, bytes], bool] | None
    """Signature, message."""
    signs: Callable[[bytes], bytes] | None


def key_of(told: HttpKey) -> Key:
    """Raises SettingsError when a key cannot be read."""
    try:
        if told.secret is not None:
            return _shared(told, b64decode(told.secret.reveal(), validate=True))
        return _pair(told)
    except ImportError as error:
        raise SettingsError(
            f"Signatures by {told.algorithm} need a library that is not installed: {error}."
            " Install andon[signatures]."
        ) from error
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError(
            f"The key {told.id} cannot be used: {error}. Give a secret in base64, or files in PEM"
            f" that hold a key for {told.algorithm}."
        ) from None


def _shared(told: HttpKey, secret: bytes) -> Key:
    def signs(message: bytes) -> bytes:
        return hmac.new(secret, message, hashlib.sha256).digest()

    def verifies(signature: bytes, message: bytes) -> bool:
        return hmac.compare_digest(signature, signs(message))

    return Key(told.id, told.algorithm, verifies, signs)


def _pair(told: HttpKey) -> Key:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.serialization import (
        load_pem_private_key,
        load_pem_public_key,
    )

    private: Any = None
    if told.private_key is not None:
        private = load_pem_private_key(Path(told.private_key).read_bytes(), None)
    public: Any = private.public_key() if private is not None else None
    if told.public_key is not None:
        public = load_pem_public_key(Path(told.public_key).read_bytes())
    sign, verify = _ways(told.algorithm, private, public)

    def verifies(signature: bytes, message: bytes) -> bool:
        try:
            verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return Key(told.id, told.algorithm, verifies, None if private is None else sign)


def _ways(
    algorithm: str, private: Any, public: Any
) -> tuple[Callable[[bytes], bytes], Callable[[bytes, bytes], None]]:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    _require_kind(algorithm, public)
    match algorithm:
        case "ed25519":
            return (lambda message: private.sign(message)), public.verify
        case "ecdsa-p256-sha256":
            return _ecdsa(private, public)
        case "rsa-pss-sha512":
            pss = padding.PSS(padding.MGF1(hashes.SHA512()), 64)
            return (
                lambda message: private.sign(message, pss, hashes.SHA512()),
                lambda signature, message: public.verify(signature, message, pss, hashes.SHA512()),
            )
        case _:
            pkcs = padding.PKCS1v15()
            return (
                lambda message: private.sign(message, pkcs, hashes.SHA256()),
                lambda signature, message: public.verify(signature, message, pkcs, hashes.SHA256()),
            )


def _require_kind(algorithm: str, public: object) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    match algorithm:
        case "ed25519":
            fits = isinstance(public, ed25519.Ed25519PublicKey)
        case "ecdsa-p256-sha256":
            fits = isinstance(public, ec.EllipticCurvePublicKey) and isinstance(
                public.curve, ec.SECP256R1
            )
        case _:
            fits = isinstance(public, rsa.RSAPublicKey)
    if not fits:
        raise ValueError(f"it is no key for {algorithm}")


def _ecdsa(
    private: Any, public: Any
) -> tuple[Callable[[bytes], bytes], Callable[[bytes, bytes], None]]:
    """RFC 9421 writes r and s one after the other, not in DER."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import (
        decode_dss_signature,
        encode_dss_signature,
    )

    way = ec.ECDSA(hashes.SHA256())

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(private.sign(message, way))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def verify(signature: bytes, message: bytes) -> None:
        if len(signature) != 64:
            raise InvalidSignature
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        public.verify(encode_dss_signature(r, s), message, way)

    return sign, verify
