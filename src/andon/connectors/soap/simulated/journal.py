"""A change journal: SOAP 1.2, rpc/literal, a UsernameToken with a digest that is good once."""

__all__ = ["Journal"]

from base64 import b64decode, b64encode
from datetime import UTC, datetime
from hashlib import sha1
from xml.sax.saxutils import escape

from aiohttp import web

from andon.connectors._xml import Element
from andon.connectors.soap.simulated.server import RefusalError, SoapServer

_NS = "urn:andon:simulated:journal"
_MOST = 500


class Journal(SoapServer):
    """Answers a repeated key with its first number."""

    documents = ("journal.wsdl",)
    schema = "journal-requests.xsd"
    version = 1

    def __init__(self) -> None:
        super().__init__()
        self.user, self.password = "andon", "password-of-the-journal"
        self.entries: list[tuple[str, datetime]] = []
        self.numbers: dict[str, int] = {}
        self.done_texts: list[str] = []
        self._nonces: set[str] = set()

    def admits(self, request: web.Request) -> bool:
        """Anybody; who calls stands in the envelope."""
        del request
        return True

    def admitted(self, envelope: Element) -> None:
        """A digest of nonce, time and password, and no nonce twice."""
        token = {str(one.tag).rpartition("}")[2]: one.text or "" for one in envelope.iter("{*}*")}
        nonce, created = token.get("Nonce", ""), token.get("Created", "")
        known = b64decode(nonce) + created.encode() + self.password.encode()
        right = b64encode(sha1(known).digest()).decode()
        if token.get("Username") != self.user or token.get("Password") != right:
            raise RefusalError("wsse:FailedAuthentication", "the security token is not valid")
        if nonce in self._nonces:
            raise RefusalError("wsse:InvalidSecurityToken", "this nonce was used before")
        self._nonces.add(nonce)

    def done(self, name: str, content: Element) -> str:
        """One of the three operations."""
        match name:
            case "ReadJournal":
                return self._read(content)
            case "Register":
                return self._register(content)
            case "LookUp":
                number = self.numbers.get(content.findtext("key") or "")
                if number is None:
                    raise RefusalError("j:NotRegistered", "nothing is registered under this key")
                return _answer("LookUp", f"<number>{number}</number>")
            case _:
                raise RefusalError("Sender", f"there is no operation {name}")

    def write(self, text: str) -> None:
        """One more entry."""
        self.entries.append((text, datetime.now(UTC)))

    def _read(self, content: Element) -> str:
        after = int(content.findtext("after") or "0")
        upto = after + min(int(content.findtext("size") or "0"), _MOST)
        shown = "".join(
            f"<entry><id>{after + number}</id><text>{escape(text)}</text>"
            f"<at>{at.isoformat()}</at></entry>"
            for number, (text, at) in enumerate(self.entries[after:upto], 1)
        )
        last = min(upto, len(self.entries))
        return _answer("ReadJournal", f"<next>{last}</next><entries>{shown}</entries>")

    def _register(self, content: Element) -> str:
        key, text = content.findtext("key") or "", content.findtext("text") or ""
        if text == "refuse me":
            raise RefusalError("j:NotTaken", "this text is not taken")
        if key not in self.numbers:
            self.numbers[key] = len(self.numbers) + 1
            self.done_texts.append(text)
        return _answer("Register", f"<number>{self.numbers[key]}</number>")


def _answer(name: str, inside: str) -> str:
    return f'<j:{name}Response xmlns:j="{_NS}">{inside}</j:{name}Response>'
