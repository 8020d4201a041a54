"""Bearer tokens of a simulated SaaS: OAuth2 client credentials (RFC 6749, 4.4)."""

__all__ = ["Tokens"]

import time
from base64 import b64decode
from random import Random
from urllib.parse import parse_qs

from aiohttp import web

from andon.sandbox.system import json_answer

_LIFE = 20.0
"""Seconds; short, so that every run sees tokens expire."""


class Tokens:
    """Given out to one client, `andon`."""

    def __init__(self, chance: Random) -> None:
        self.secret = f"{chance.getrandbits(128):032x}"
        self._chance = chance
        self._until: dict[str, float] = {}

    def knows(self, authorization: str) -> bool:
        """Whether the header carries one that is still good."""
        way, _, token = authorization.partition(" ")
        return way == "Bearer" and self._until.get(token, 0.0) > time.monotonic()

    def give(self, said: str, body: bytes) -> web.Response:
        """The answer of a token endpoint to a header and a form."""
        form = parse_qs(body.decode(errors="replace"))
        way, _, basic = said.partition(" ")
        if way == "Basic":
            client, _, secret = b64decode(basic).decode(errors="replace").partition(":")
        else:
            client, secret = form.get("client_id", [""])[0], form.get("client_secret", [""])[0]
        grant = form.get("grant_type", [""])[0]
        if (client, secret, grant) != ("andon", self.secret, "client_credentials"):
            return json_answer({"error": "invalid_client"}, status=401)
        token = f"{self._chance.getrandbits(128):032x}"
        self._until[token] = time.monotonic() + _LIFE
        return json_answer({"access_token": token, "token_type": "Bearer", "expires_in": _LIFE})
