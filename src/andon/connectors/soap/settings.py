"""How one SOAP service is described: its WSDL, who we are, what is read and what is called."""

__all__ = ["SoapSettings", "UsernameToken"]

from collections.abc import Iterator, Mapping
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from andon.connectors._access import ApiKey, Basic, ClientCredentials, Tls
from andon.connectors.soap.call import Call, Verdict
from andon.connectors.soap.feed import Feed
from andon.connectors.soap.mistakes import refuse
from andon.core.connector import SecretStr, Settings


class UsernameToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """WS-Security: who we are, inside the envelope."""

    user: str
    password: SecretStr
    sent: Literal["text", "digest"] = "text"
    """As it is (then only over https), or as a digest that is good for one message."""


class SoapSettings(Settings, frozen=True, kw_only=True):
    """One SOAP service."""

    wsdl: str
    """Where its WSDL is: an address, or a file of ours. What it imports must lie beside it."""
    port: str | None = None
    """Which port of the WSDL; else the first that speaks SOAP."""
    address: str | None = None
    """Where the service is, if not where its WSDL says; needed when that is another host."""
    auth: Basic | ApiKey | ClientCredentials | None = None
    """Who we are to HTTP: kind `basic`, `key` or `oauth2`."""
    wsse: UsernameToken | None = None
    """Who we are to WS-Security."""
    header: Mapping[str, Mapping[str, SecretStr]] = {}
    """Headers of the service's own that its WSDL declares, such as a login: their fields by the
    name of the header."""
    tls: Tls | None = None
    """Certificates, where the usual authorities are not enough or the service asks for ours."""
    feeds: tuple[Feed, ...] = ()
    """What is read."""
    calls: Mapping[str, Call] = {}
    """Operations with an effect, by the name a request gives as its target."""
    verdict: Verdict | None = None
    """How an answer refuses without a fault, where all operations do it alike."""
    later: tuple[str, ...] = ()
    """Fault codes that say: nothing was done, ask again (a lock, an overload)."""
    unclear: tuple[str, ...] = ()
    """Fault codes after which nobody knows whether it was done (a gateway's time-out)."""
    no_effect: tuple[int, ...] = (429, 502, 503)
    """Statuses without a fault by which it says that it did nothing."""
    largest_answer: int = 16 * 1024 * 1024
    """Bytes; a larger answer is not read."""

    def __post_init__(self) -> None:
        """Raises ValueError with everything that does not fit together."""
        wrong = [*_wrong_address("wsdl", self.wsdl), *_wrong_address("address", self.address)]
        kinds = [feed.kind for feed in self.feeds]
        if len(set(kinds)) < len(kinds):
            wrong.append("two feeds have the same kind")
        if self.largest_answer < 1024:
            wrong.append("largest_answer is too small for any answer")
        both = set(self.later) & set(self.unclear)
        if both:
            wrong.append(f"{sorted(both)} cannot be both later and unclear")
        refuse(wrong)


def _wrong_address(name: str, text: str | None) -> Iterator[str]:
    if text is None:
        return
    parts = urlsplit(text)
    if parts.username or parts.password:
        yield f"{name} holds a password; say it as auth with kind = basic"
    if name == "address" and (parts.scheme not in ("http", "https") or not parts.hostname):
        yield "address is no http address. Write http:// or https://"
    if not text.strip():
        yield f"{name} is empty"
    if name == "wsdl" and parts.scheme not in ("http", "https", ""):
        yield "wsdl is neither an http address nor the path of a file"
    if "\0" in text:
        yield f"{name} holds the character U+0000"
