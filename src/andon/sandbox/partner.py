"""A partner's own program: it has no port, it calls Andon's API with the key it was given."""

__all__ = ["Partner"]

import asyncio
from abc import abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

import aiohttp

from andon.sandbox.faults import struck_by
from andon.sandbox.system import System
from andon.sandbox.world import World

_LOOKS = 0.3
"""Seconds between two looks."""
_PATIENCE = 10.0


class Partner(System):
    """Begins to work once it was started and has its key. What it asked and has no answer to it
    asks again under the same Idempotency-Key."""

    party: ClassVar[str]
    """As Andon knows it, `party/company:17100002`."""
    scopes: ClassVar[tuple[str, ...]]
    """What its key is for."""

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.odd = {"deaf": 0}
        """So many of the next answers to what it asks it does not hear."""
        self.struck = {"deaf": 0}
        self._key: str | None = None
        self._working: asyncio.Task[None] | None = None
        self._running = False

    def admit(self, key: str) -> None:
        """Andon's administrator has given it a key."""
        self._key = key
        self._begin()

    async def start(self) -> None:
        """Works from now on, if it has a key."""
        self._running = True
        self._begin()

    async def stop(self) -> None:
        """Its program ends; what it has noted stays."""
        self._running = False
        if self._working is not None:
            self._working.cancel()
            with suppress(asyncio.CancelledError):
                await self._working
            self._working = None

    def environment(self) -> Mapping[str, str]:
        """It is called by nobody."""
        return {}

    @abstractmethod
    async def look(self) -> None:
        """One round of its work, by `ask`."""

    async def ask(
        self, method: str, path: str, body: object = None, *, key: str = ""
    ) -> tuple[int, Any]:
        """Andon's answer: status and JSON. Raises ConnectionError when there is none."""
        headers = {"Idempotency-Key": key, "Prefer": "wait=5"} if key else {}
        try:
            async with self._http.request(
                method, self.andon + path, json=body, headers=headers
            ) as answer:
                if method != "GET" and struck_by(self.odd, self.struck, "deaf"):
                    raise ConnectionError("the line broke")
                return answer.status, await answer.json(content_type=None)
        except (TimeoutError, ValueError, aiohttp.ClientError) as error:
            raise ConnectionError(str(error)) from error

    def _begin(self) -> None:
        if self._running and self._key is not None and self._working is None:
            self._working = asyncio.get_running_loop().create_task(self._work(self._key))

    async def _work(self, key: str) -> None:
        async with aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {key}"},
            timeout=aiohttp.ClientTimeout(total=_PATIENCE),
        ) as self._http:
            while True:
                with suppress(ConnectionError):
                    await self.look()
                await asyncio.sleep(_LOOKS)
