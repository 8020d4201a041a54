"""Four JSON systems as they are met in the field, each read and written in another way."""

__all__ = ["COUNTERPARTS", "Documents", "Journal", "Ledger", "Register"]

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from aiohttp import web

from andon.connectors.rest.simulated import JsonSystem
from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes


class _Simulated(Counterpart):
    def __init__(self) -> None:
        self.system = JsonSystem()

    async def start(self) -> None:
        await self.system.start()

    async def stop(self) -> None:
        await self.system.stop()


class _Read(_Simulated, Speaks):
    async def say(self, count: int) -> Sequence[str]:
        """New rows, all in one second; the next say may be in the same."""
        first = len(self.system.changes)
        texts = [f"fact-{first + number:07}" for number in range(count)]
        now = datetime.now(UTC)
        for text in texts:
            self.system.write(text, changed_at=now)
        return texts


class _Written(_Simulated, Takes):
    refusal_words: ClassVar[str] = "a document needs a name"

    def request(self, effect: str) -> Request:
        """A document of this name."""
        return Request(target="POST /documents", body={"name": effect})

    async def effects(self) -> Sequence[str]:
        """Names of the documents, in order."""
        return list(self.system.done)

    async def lose_answer(self) -> None:
        """The next document is made, then the line breaks."""
        self.system.losing = True

    def refused(self) -> Request:
        """A document without a name."""
        return Request(target="POST /documents", body={"colour": "red"})


class Documents(_Written):
    """Answers a repeated key with its first answer; a token that does not change."""

    name = "documents"
    dedupes: ClassVar[bool] = True

    async def start(self) -> None:
        """Knows one token."""
        self.system.accepts = lambda request: (
            request.headers.get("authorization") == "Bearer token-of-the-documents"
        )
        await super().start()

    def settings(self) -> dict[str, Any]:
        """With the look-up by our key."""
        return {
            "url": self.system.url,
            "token": "token-of-the-documents",
            "find": "/documents?external_id={key}",
            "found": "/found",
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another token."""
        return {**self.settings(), "token": "not-the-token"}


class Ledger(_Read, _Written):
    """OAuth 2 with tokens that end without notice; our key in a field; newest rows first, in pages
    that shift while they are read; a 429 now and then."""

    name = "ledger"
    dedupes: ClassVar[bool] = False

    async def start(self) -> None:
        """A token is good for seven calls, whatever it says itself."""
        self.system.dedupes = False
        self.system.secret = b64encode(b"andon:secret-of-the-ledger").decode()
        self.system.token_calls = 7
        self.system.throttles_every = 5
        await super().start()

    def settings(self) -> dict[str, Any]:
        """One feed by time and offset, one call by name."""
        return {
            "url": self.system.url,
            "auth": {
                "kind": "oauth2",
                "token_url": f"{self.system.url}/token",
                "client_id": "andon",
                "client_secret": "secret-of-the-ledger",
            },
            "key_header": "",
            "key_field": "external_id",
            "find": "/documents?external_id={key}",
            "found": "/found",
            "calls": {
                "document": {
                    "call": "POST /documents",
                    "body": {"name": "{name}"},
                    "reference": "/id",
                }
            },
            "feeds": [
                {
                    "kind": "row",
                    "path": "/rows?with=text",
                    "items": "/data/rows",
                    "time": "/changed_at",
                    "since": "since",
                    "pages": {"style": "offset", "size": 100},
                    "poll_every": "50 ms",
                }
            ],
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another secret."""
        settings = self.settings()
        return {**settings, "auth": {**settings["auth"], "client_secret": "not-the-secret"}}

    def request(self, effect: str) -> Request:
        """A document of this name, by the call's name."""
        return Request(target="document", body={"name": effect})

    def refused(self) -> Request:
        """A document without a name, as a call of its own."""
        return Request(target="POST /documents", body={"colour": "red"})


class Journal(_Read):
    """A change feed by cursor; a key in a header."""

    name = "journal"

    async def start(self) -> None:
        """Knows one key."""
        self.system.accepts = lambda request: (
            request.headers.get("x-api-key") == "key-of-the-journal"
        )
        await super().start()

    def settings(self) -> dict[str, Any]:
        """One feed."""
        return {
            "url": self.system.url,
            "auth": {"kind": "key", "key": "key-of-the-journal"},
            "feeds": [
                {
                    "kind": "row",
                    "path": "/changes",
                    "items": "/changes",
                    "cursor": "/next",
                    "after": "after",
                    "poll_every": "50 ms",
                }
            ],
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another key."""
        return {**self.settings(), "auth": {"kind": "key", "key": "not-the-key"}}


class Register(_Read):
    """One list that says no times, in pages that link to the next; a user and a password."""

    name = "register"

    async def start(self) -> None:
        """Knows one user."""
        self.system.accepts = _knows("andon", "password-of-the-register")
        await super().start()

    def settings(self) -> dict[str, Any]:
        """One feed that is compared with the look before."""
        return {
            "url": self.system.url,
            "auth": {"kind": "basic", "user": "andon", "password": "password-of-the-register"},
            "feeds": [
                {
                    "kind": "row",
                    "path": "/pages",
                    "pages": {"style": "link"},
                    "deletes": True,
                    "poll_every": "50 ms",
                }
            ],
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another password."""
        auth = {"kind": "basic", "user": "andon", "password": "not-the-password"}
        return {**self.settings(), "auth": auth}


def _knows(user: str, password: str) -> Any:
    expected = f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"

    def accepts(request: web.Request) -> bool:
        return request.headers.get("authorization") == expected

    return accepts


COUNTERPARTS = (Documents, Ledger, Journal, Register)
