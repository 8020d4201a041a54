"""The people of a lab: they answer what only people can, and close what has gone by."""

__all__ = ["People"]

from collections import Counter
from collections.abc import Callable
from typing import Any
from zlib import crc32

import aiohttp

_LEAVES = "leave the floor as it is"
_ANSWERS = (
    "let it be finished",
    "nothing is left of it",
    "leave it as it is",
    "leave it bound",
    "it is held there",
    "hold what contains it",
    "release what contains it",
    "try again",
    "post again",
    "send again",
    "raise again",
    "tell again",
    _LEAVES,
    "write again",
    "it is raised",
    "it is claimed",
    "wait on",
    "wait for the release",
    "dismiss",
    "approve",
    "it is settled",
)
"""What they choose where it is offered, the first that is: the causes are gone after a while. What
is left of a lot that customers complain of was looked at again after its rework: no new hold."""
_DECIDED = {
    "it is claimed": ("send it back for replacement", "send it back for credit"),
    "hold what contains it": ("leave it to the hold", "let what contains it pass"),
}
"""Answers beside which there are others, and people choose now this, now that: by what the case
says, so that one seed has one history."""
_SEEN = frozenset({"repeated-interchange"})
"""Codes of cases that ask nothing: whoever reads one closes it."""


class People:
    """Everybody with a key; they look every time they are told to.

    What a floor refuses of an order they first take back where they decided it, by `takes_back`,
    which says whether there was anything: then Andon's question goes by itself.
    """

    def __init__(
        self, http: aiohttp.ClientSession, url: str, *, takes_back: Callable[[str], bool]
    ) -> None:
        self._http = http
        self._url = url
        self._takes_back = takes_back
        self.answered: Counter[str] = Counter()
        """Code and answer -> how often."""
        self.about: Counter[str] = Counter()
        """Kind of what a case was about -> how often one was answered."""

    async def look(self) -> list[dict[str, Any]] | None:
        """Answers what they can; returns what stays open, or None when Andon does not show it."""
        try:
            async with self._http.get(
                f"{self._url}/v1/exceptions", params={"state": "open", "limit": "200"}
            ) as answer:
                found = await answer.json()
            return [case for case in found["items"] if not await self._closed(case)]
        except (aiohttp.ClientError, TimeoutError, KeyError, ValueError):
            return None

    async def _closed(self, case: dict[str, Any]) -> bool:
        choice = _choice(case)
        if choice == _LEAVES and self._takes_back(case["subject"]):
            self.answered[f"{case['code']}: taken back"] += 1
            return False
        if choice is not None:
            return await self._says(case, "answer", {"answer": choice}, choice)
        if case["code"] in _SEEN:
            return await self._says(case, "resolve", {"note": "seen"}, "seen")
        return False

    async def _says(self, case: dict[str, Any], what: str, body: dict[str, str], as_: str) -> bool:
        url = f"{self._url}/v1/exceptions/{case['id']}/{what}"
        async with self._http.post(url, json=body) as answer:
            done = answer.status == 200
        if done:
            self.answered[f"{case['code']}: {as_}"] += 1
            self.about[(case["subject"] or "").partition("/")[0]] += 1
        return done


def _choice(case: dict[str, Any]) -> str | None:
    if case["answer"] is not None:
        return None
    choices: list[str] = case["choices"]
    for known in _ANSWERS:
        if known in choices:
            among = (known, *(one for one in _DECIDED.get(known, ()) if one in choices))
            return among[crc32(case["text"].encode()) % len(among)]
    return next((one for one in choices if one.startswith("book ")), None)
