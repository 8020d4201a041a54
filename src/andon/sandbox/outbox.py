"""Webhooks of a simulated system: signed, posted until they are taken, in order."""

__all__ = ["Outbox"]

import asyncio
import hashlib
import hmac
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from random import Random
from typing import Literal

import aiohttp
import msgspec

from andon.sandbox.faults import struck_by

Odd = Literal["twice", "swapped"]

_AGAIN = 0.2
"""Seconds before what was not taken is posted again."""


class Outbox:
    """What is said stays until it was taken with a 2xx, also over a restart of the system.

    Signed as many SaaS systems do it: HMAC-SHA-256 over time and body, in `X-Signature-256`.
    `to` says where a body goes; without it all go to `url`.
    """

    def __init__(
        self,
        url: str,
        chance: Random,
        *,
        took: Callable[[str, bytes], None] | None = None,
        to: Callable[[bytes], str] | None = None,
    ) -> None:
        self.url = url
        self._took = took
        self._to = to
        self.secret = f"{chance.getrandbits(256):064x}"
        self.waiting: deque[tuple[str, bytes]] = deque()
        self.odd: dict[Odd, int] = {"twice": 0, "swapped": 0}
        """So many of the next posts come twice, or change places with the one behind."""
        self.struck: dict[Odd, int] = {"twice": 0, "swapped": 0}
        self._more = asyncio.Event()
        self._posting: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Posts from now on."""
        self._posting = asyncio.create_task(self._post())

    async def stop(self) -> None:
        """Posts no more; what was not taken is said again after the next start."""
        if self._posting is not None:
            self._posting.cancel()
            with suppress(asyncio.CancelledError):
                await self._posting

    def say(self, kind: str, body: Mapping[str, object]) -> None:
        """Posted as soon as everything before it was taken."""
        self.waiting.append((kind, msgspec.json.encode(body)))
        self._more.set()

    async def _post(self) -> None:
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                while not self.waiting:
                    self._more.clear()
                    await self._more.wait()
                if len(self.waiting) > 1 and self._strikes("swapped"):
                    self.waiting[0], self.waiting[1] = self.waiting[1], self.waiting[0]
                kind, body = self.waiting[0]
                if await self._taken(session, kind, body):
                    self.waiting.popleft()
                    if self._took is not None:
                        self._took(kind, body)
                    if self._strikes("twice"):
                        await self._taken(session, kind, body)
                else:
                    await asyncio.sleep(_AGAIN)

    def _strikes(self, odd: Odd) -> bool:
        return struck_by(self.odd, self.struck, odd)

    async def _taken(self, session: aiohttp.ClientSession, kind: str, body: bytes) -> bool:
        at = str(int(time.time()))
        signed = hmac.new(self.secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
        headers = {
            "Content-Type": "application/json",
            "X-Event": kind,
            "X-Timestamp": at,
            "X-Signature-256": signed.hexdigest(),
        }
        url = self.url if self._to is None else self._to(body)
        try:
            async with session.post(url, data=body, headers=headers) as answer:
                return answer.status < 300
        except (TimeoutError, aiohttp.ClientError):
            return False
