"""The keys of programs in memory, so that a request costs no query."""

__all__ = ["KeyRing", "actor_of"]

import asyncio
import base64
import binascii
import time
from collections.abc import Iterable

from andon.core.record import Actor
from andon.store.access import Key, Speaks, all_keys, digest_of

Headers = Iterable[tuple[bytes, bytes]]
MOST_REMEMBERED = 10_000
_LOOKS_APART = 0.1


class KeyRing:
    """All keys that open something, by digest. Stale by at most two seconds while it is refreshed.

    A table look-up by digest tells nothing about other tokens by its time: to steer a digest one
    would have to know the token.
    """

    def __init__(self) -> None:
        self._keys: dict[bytes, Key] = {}
        self._remembered: dict[bytes, tuple[Key, Actor]] = {}
        self._looking = asyncio.Lock()
        self._looked_at = 0.0

    async def look_again(self, db: Speaks) -> None:
        """Reads the keys for a caller nobody knows: a new key works from the moment it is shown.
        Who asks meanwhile shares the look, so strangers cost ten queries a second at most."""
        asked = time.monotonic()
        async with self._looking:
            if self._looked_at > asked:
                return
            await asyncio.sleep(max(0.0, self._looked_at + _LOOKS_APART - time.monotonic()))
            self._looked_at = time.monotonic()
            await self.refresh(db)

    async def refresh(self, db: Speaks) -> None:
        """Reads all keys; a revoked one opens nothing from here on."""
        keys = {key.digest: key for key in await all_keys(db)}
        if keys != self._keys:
            self._keys = keys
            self._remembered = {}

    def check(self, headers: Headers, scope: str) -> Actor | None:
        """Who asks, if its key has this scope (or `admin`) and is no partner's; bearer, or Basic
        with any name."""
        for name, value in headers:
            if name == b"authorization":
                found = self._remembered.get(value) or self._look(value)
                if found is None or found[0].party or not ({scope, "admin"} & found[0].scopes):
                    return None
                return found[1]
        return None

    def key_of(self, headers: Headers) -> Key | None:
        """The key of a request, whatever it may do."""
        for name, value in headers:
            if name == b"authorization":
                found = self._remembered.get(value) or self._look(value)
                return found[0] if found else None
        return None

    def _look(self, raw: bytes) -> tuple[Key, Actor] | None:
        token = _token(raw)
        key = self._keys.get(digest_of(token)) if token else None
        if key is None:
            return None
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        found = key, actor_of(key)
        self._remembered[raw] = found
        return found


def actor_of(key: Key) -> Actor:
    """Whoever has the key."""
    return Actor(name=f"key:{key.name}", roles=key.scopes, sites=key.sites, party=key.party)


def _token(raw: bytes) -> str | None:
    scheme, _, rest = raw.partition(b" ")
    match scheme.lower():
        case b"bearer":
            return rest.strip().decode("latin-1")
        case b"basic":
            try:
                pair = base64.b64decode(rest.strip(), validate=True)
            except binascii.Error:
                return None
            return pair.partition(b":")[2].decode("latin-1")
        case _:
            return None
