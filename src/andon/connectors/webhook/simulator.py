"""Systems that post to us, each proving itself in another way, and one that we post to."""

__all__ = ["COUNTERPARTS", "CloudEventsPoster", "Poster", "Receiver", "StandardPoster"]

import itertools
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import msgspec
from aiohttp import web

from andon.connectors._ports import free_port
from andon.connectors.webhook.settings import HttpKey, HttpSignature, Signature, Standard
from andon.connectors.webhook.signing import signer_of
from andon.core.connector import Arrival, Request, SecretStr
from andon.core.counterpart import Counterpart, Pushes, Takes
from andon.core.errors import CredentialsError

_SECRET = "whsec_" + b64encode(b"secret-of-the-standard-poster").decode()
_SHARED = b64encode(b"secret-of-the-shared-key").decode()


class Poster(Counterpart, Pushes):
    """Each fact has an `id`; a repeat is the same bytes. A key of ours lets it in."""

    name = "poster"

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    async def start(self) -> None:
        """It is always there: it calls, nobody calls it."""

    async def stop(self) -> None:
        """Nothing is open."""

    def settings(self) -> dict[str, Any]:
        """Nothing needs to be told."""
        return {}

    def arrivals(self, count: int) -> Sequence[tuple[Arrival, str]]:
        """So many facts."""
        names = [f"fact-{next(self._numbers):06}" for _ in range(count)]
        return [(self.post(name), name) for name in names]

    def bad_arrival(self) -> Arrival:
        """Nothing at all."""
        return Arrival({}, {}, {}, b" ")

    def post(self, name: str) -> Arrival:
        """One fact as it arrives."""
        return Arrival({}, {}, {}, msgspec.json.encode({"id": name}))


class StandardPoster(Poster):
    """Standard Webhooks. The bad post is a good one whose body was changed on its way."""

    name = "standard"
    signature = Standard((SecretStr(_SECRET),))

    def settings(self) -> dict[str, Any]:
        """The secret it was given, known by the id in a header."""
        verify = {"kind": "standard", "secrets": [_SECRET]}
        return {"verify": verify, "key_header": "webhook-id"}

    def post(self, name: str) -> Arrival:
        """Signed now."""
        body = msgspec.json.encode({"fact": name})
        return _signed(self.signature, {"content-type": "application/json"}, body, name)

    def bad_arrival(self) -> Arrival:
        """Another body under the same signature."""
        return msgspec.structs.replace(self.post("fact"), body=b'{"fact":"forged"}')


class CloudEventsPoster(Poster):
    """CloudEvents in the three modes by turns, proven by an HTTP message signature."""

    name = "cloudevents"

    def settings(self) -> dict[str, Any]:
        """The key they share with us."""
        key = {"id": "plant-7", "algorithm": "hmac-sha256", "secret": _SHARED}
        return {"format": "cloudevents", "verify": {"kind": "http", "keys": [key]}}

    def post(self, name: str) -> Arrival:
        """Binary, structured, batch."""
        event = {"specversion": "1.0", "id": name, "source": "/line/7", "type": "plant.fact"}
        match int(name.rpartition("-")[2] or 0) % 3:
            case 0:
                said = {f"ce-{key}": value for key, value in event.items()}
                kind, body = "application/json", b'{"amount": 1.50}'
            case 1:
                said, kind = {}, "application/cloudevents+json; charset=utf-8"
                body = msgspec.json.encode({**event, "data": {"amount": 2}})
            case _:
                said, kind = {}, "application/cloudevents-batch+json"
                body = msgspec.json.encode([event])
        key = HttpKey("plant-7", "hmac-sha256", SecretStr(_SHARED))
        return _signed(HttpSignature((key,)), {**said, "content-type": kind}, body, name)

    def bad_arrival(self) -> Arrival:
        """A good post whose signature is for another path."""
        return msgspec.structs.replace(self.post("fact-0"), target="/in/other/events")


class Receiver(Counterpart, Takes):
    """Takes our posts, proves them, and knows each by its id."""

    name = "receiver"
    dedupes: ClassVar[bool] = True
    refusal_words: ClassVar[str] = "nobody subscribed to this"

    def __init__(self) -> None:
        self._proves = signer_of(Standard((SecretStr(_SECRET),)))
        self._seen: set[str] = set()
        self._done: list[str] = []
        self._losing = False
        self._runner: web.AppRunner | None = None
        self._port = 0

    def listens_at(self, port: int) -> None:
        """From the next start on."""
        self._port = port

    async def start(self) -> None:
        """Listens on loopback, at the same port after a stop."""
        app = web.Application()
        app.router.add_post("/hooks/andon", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port or free_port()).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Lets go of the port; what it has seen stays."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def settings(self) -> dict[str, Any]:
        """With the secret it gave us."""
        sign = {"kind": "standard", "secrets": [_SECRET]}
        return {"url": f"http://127.0.0.1:{self._port or 1}/hooks/andon", "sign": sign}

    def wrong_access(self) -> dict[str, Any]:
        """Another secret."""
        wrong = "whsec_" + b64encode(b"not-the-secret-at-all").decode()
        return {**self.settings(), "sign": {"kind": "standard", "secrets": [wrong]}}

    def request(self, effect: str) -> Request:
        """A fact of this name."""
        return Request(target="fact", body={"name": effect})

    async def effects(self) -> Sequence[str]:
        """Names, in order."""
        return list(self._done)

    async def lose_answer(self) -> None:
        """The next post is taken, then the line breaks."""
        self._losing = True

    def refused(self) -> Request:
        """A fact it never asked for."""
        return Request(target="fact", body={"unasked": True})

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        arrival = Arrival({}, {}, headers, body, request.method, request.raw_path)
        try:
            self._proves.verify(arrival, time.time(), 300)
        except CredentialsError as error:
            return web.Response(text=str(error), status=401)
        said: dict[str, Any] = msgspec.json.decode(body)
        if "name" not in said:
            return web.Response(text="nobody subscribed to this", status=410)
        if headers["webhook-id"] not in self._seen:
            self._seen.add(headers["webhook-id"])
            self._done.append(said["name"])
        if self._losing and request.transport is not None:
            self._losing = False
            request.transport.abort()
        return web.Response(text="thank you", status=202)


def _signed(signature: Signature, headers: Mapping[str, str], body: bytes, id: str) -> Arrival:
    plain = Arrival({}, {}, {"host": "andon.example", **headers}, body, "POST", "/in/mes/events")
    proof = signer_of(signature).sign(plain, id, time.time())
    return msgspec.structs.replace(plain, headers={**plain.headers, **proof})


COUNTERPARTS = (Poster, StandardPoster, CloudEventsPoster, Receiver)
