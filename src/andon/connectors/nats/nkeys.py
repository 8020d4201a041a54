"""NATS nkeys: Ed25519 keys in base32 with a checksum, by which we sign the server's nonce."""

__all__ = ["Signer", "signer_of", "signer_of_credentials"]

import re
from base64 import b32decode, b32encode, b64encode
from binascii import Error, crc_hqx
from collections.abc import Callable

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from andon.core.connector import SecretStr

_SEED, _USER = 18 << 3, 20 << 3
_PART = re.compile(r"-----BEGIN ([A-Z ]+)-----\s+(\S+)\s+-+END")


class Signer(msgspec.Struct, frozen=True):
    """Who signs, and how. Of `public` and `jwt` the server needs one."""

    sign: Callable[[str], bytes]
    public: str = ""
    jwt: str = ""


def signer_of(seed: SecretStr) -> Signer:
    """From the seed of a user, `SU...`. Raises ValueError, which never shows the seed."""
    try:
        raw = b32decode(_padded(seed.reveal().strip()))
    except (Error, ValueError):
        raise ValueError("is no nkey: it is not base32") from None
    body, check = raw[:-2], raw[-2:]
    if len(raw) != 36 or crc_hqx(body, 0) != int.from_bytes(check, "little"):
        raise ValueError("is no nkey: length or checksum is wrong")
    if body[0] & 0xF8 != _SEED or ((body[0] & 7) << 5 | body[1] >> 3) != _USER:
        raise ValueError("is no seed of a user; one begins with SU")
    key = Ed25519PrivateKey.from_private_bytes(body[2:])
    named = bytes([_USER]) + key.public_key().public_bytes_raw()
    checked = named + crc_hqx(named, 0).to_bytes(2, "little")
    return Signer(
        sign=lambda nonce: b64encode(key.sign(nonce.encode())),
        public=b32encode(checked).decode().rstrip("="),
    )


def signer_of_credentials(text: SecretStr) -> Signer:
    """From the text of a `.creds` file. Raises ValueError, which never shows it."""
    parts = {found[1]: found[2] for found in _PART.finditer(text.reveal())}
    jwt, seed = parts.get("NATS USER JWT"), parts.get("USER NKEY SEED")
    if not jwt or not seed:
        raise ValueError("holds no NATS USER JWT with a USER NKEY SEED")
    return msgspec.structs.replace(signer_of(SecretStr(seed)), public="", jwt=jwt)


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 8)
