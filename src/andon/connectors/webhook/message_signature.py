"""HTTP message signatures (RFC 9421) over requests, with a digest of the body (RFC 9530)."""

__all__ = ["MessageSigner", "base_of"]

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, quote

from andon.connectors.webhook.http_keys import Key, key_of
from andon.connectors.webhook.settings import HttpSignature
from andon.connectors.webhook.structured import Item, Member, members
from andon.connectors.webhook.timing import in_time
from andon.core.connector import Arrival
from andon.core.errors import CredentialsError

_DIGESTS = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}


class MessageSigner:
    """Verifies with every key it is told, and signs with the first."""

    def __init__(self, told: HttpSignature) -> None:
        self._covers = told.covers
        self._keys: Mapping[str, Key] = {key.id: key_of(key) for key in told.keys}
        self._ours = next(iter(self._keys.values()))

    def verify(self, arrival: Arrival, now: float, within: float) -> None:
        """One good signature is enough; otherwise what is wrong with each is said."""
        try:
            inputs = members(arrival.headers.get("signature-input", ""))
            signatures = members(arrival.headers.get("signature", ""))
        except ValueError as error:
            raise CredentialsError(f"The signature headers cannot be read: {error}.") from None
        wrong: list[str] = []
        for label, member in inputs.items():
            try:
                self._verify(arrival, member, signatures.get(label), now, within)
            except CredentialsError as error:
                wrong.append(f"{label}: {error}")
            else:
                return
        raise CredentialsError(" ".join(wrong) or "The post has no Signature-Input.")

    def _verify(
        self, arrival: Arrival, said: Member, signature: Member | None, now: float, within: float
    ) -> None:
        key = self._keys.get(str(said.parameters.get("keyid", "")))
        if key is None or key.verifies is None:
            raise CredentialsError("It is made with a key we do not know.")
        if said.parameters.get("alg", key.algorithm) != key.algorithm:
            raise CredentialsError(f"Its key is for {key.algorithm}, and it says another.")
        covered = {item.value for item in said.items if not item.parameters}
        if missing := [name for name in self._covers if name not in covered]:
            raise CredentialsError(f"It does not cover {', '.join(missing)}.")
        in_time(str(said.parameters.get("created", "")), now, within)
        expires = said.parameters.get("expires")
        if expires is not None and (not isinstance(expires, int) or expires < now):
            raise CredentialsError("It has expired.")
        _require_digest(arrival)
        value = signature.items[0].value if signature is not None else None
        base = base_of(arrival, said)
        if not isinstance(value, bytes) or not key.verifies(value, base):
            raise CredentialsError("It does not fit the post.")

    def sign(self, arrival: Arrival, id: str, now: float) -> Mapping[str, str]:
        """Covers what a receiver with the same settings asks for."""
        del id
        if self._ours.signs is None:
            raise CredentialsError(f"The key {self._ours.id} has no private part to sign with.")
        digest = f"sha-256=:{b64encode(hashlib.sha256(arrival.body).digest()).decode()}:"
        arrival = Arrival(
            arrival.path,
            arrival.query,
            {**arrival.headers, "content-digest": digest},
            arrival.body,
            arrival.method,
            arrival.target,
        )
        names = " ".join(f'"{name}"' for name in self._covers)
        text = f'({names});created={int(now)};keyid="{self._ours.id}";alg="{self._ours.algorithm}"'
        (member,) = members(f"andon={text}").values()
        made = b64encode(self._ours.signs(base_of(arrival, member))).decode()
        return {
            "content-digest": digest,
            "signature-input": f"andon={text}",
            "signature": f"andon=:{made}:",
        }


def base_of(arrival: Arrival, said: Member) -> bytes:
    """The signature base (RFC 9421, 2.5). Raises CredentialsError for what we cannot cover."""
    lines: list[str] = []
    for item in said.items:
        name = f'"{item.value}"' + _written(item)
        line = f"{name}: {_component(arrival, item)}"
        if any(other.startswith(f"{name}: ") for other in lines):
            raise CredentialsError(f"It covers {name} twice.")
        lines.append(line)
    lines.append(f'"@signature-params": {said.text}')
    return "\n".join(lines).encode()


def _written(item: Item) -> str:
    if set(item.parameters) - {"name"}:
        raise CredentialsError(f"We cannot read its component {item.value} with parameters.")
    return "".join(f';{name}="{value}"' for name, value in item.parameters.items())


def _component(arrival: Arrival, item: Item) -> str:
    path, _, query = arrival.target.partition("?")
    match item.value:
        case "@method":
            return arrival.method
        case "@path":
            return path or "/"
        case "@query":
            return f"?{query}"
        case "@request-target":
            return arrival.target
        case "@authority":
            host = arrival.headers.get("host", "").lower()
            return host.removesuffix(":443").removesuffix(":80")
        case "@query-param":
            return _query_parameter(query, str(item.parameters.get("name", "")))
        case str(name) if not name.startswith("@") and not item.parameters:
            if name not in arrival.headers:
                raise CredentialsError(f"It covers {name}, which the post does not have.")
            return arrival.headers[name].strip()
        case other:
            raise CredentialsError(f"We cannot read its component {other}.")


def _query_parameter(query: str, name: str) -> str:
    found: Sequence[str] = [
        value
        for key, value in parse_qsl(query, keep_blank_values=True)
        if quote(key, safe="") == name
    ]
    if len(found) != 1:
        raise CredentialsError(f"It covers the query parameter {name}, which is there not once.")
    return quote(found[0], safe="")


def _require_digest(arrival: Arrival) -> None:
    """The digest is what binds the body to the signature."""
    try:
        said = members(arrival.headers.get("content-digest", ""))
    except ValueError as error:
        raise CredentialsError(f"The Content-Digest cannot be read: {error}.") from None
    known = {name: one.items[0].value for name, one in said.items() if name in _DIGESTS}
    if not known:
        raise CredentialsError("There is no Content-Digest by sha-256 or sha-512.")
    for name, value in known.items():
        made = _DIGESTS[name](arrival.body).digest()
        if not isinstance(value, bytes) or not hmac.compare_digest(value, made):
            raise CredentialsError(f"The body does not have the {name} the post says.")
