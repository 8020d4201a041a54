"""Reading: nothing is lost, keys are stable, what breaks off goes on."""

__all__ = ["READING", "committed", "heal", "items", "keys", "read", "reread", "resume"]

import msgspec

from andon.core.connector import Item, Source
from andon.core.counterpart import Speaks
from andon.core.faults import UNREADABLE
from andon.testing.conformance.check import check, promise
from andon.testing.conformance.trial import Follower, Trial


@check(Source, counterpart=Speaks)
async def read(trial: Trial) -> None:
    """What is said is read, each as an item with a kind and a key, and some have a position."""
    async with trial.following() as follower:
        texts = await trial.heard(follower, 4)
        promise(not follower.missing(texts), f"never read: {follower.missing(texts)}")
        for item in follower.items:
            promise(item.kind and item.key, f"an item without kind or key: {item.raw[:200]!r}")
            promise(
                follower.kinds is None or item.kind in follower.kinds,
                f"an item of kind {item.kind!r}, and its settings bring {follower.kinds}",
            )
        promise(
            await follower.until(lambda: any(item.position for item in follower.items)),
            "no item has a position, so reading begins anew after every restart",
        )


@check(Source, counterpart=Speaks)
async def items(trial: Trial) -> None:
    """The raw form of an item is JSON, and its time says its zone."""
    async with trial.following() as follower:
        texts = await trial.heard(follower, 2)
        promise(not follower.missing(texts), f"never read: {follower.missing(texts)}")
        for item in follower.items:
            _is_json(item)
            at = item.occurred_at
            promise(
                at is None or at.utcoffset() is not None,
                f"{item.kind} {item.key} happened at {at}, nobody knows in which zone",
            )


@check(Source, counterpart=Speaks)
async def resume(trial: Trial) -> None:
    """Reading resumes after any position without loss, also when two facts share an instant."""
    async with trial.following() as follower:
        texts = await trial.heard(follower, 5)
        promise(not follower.missing(texts), f"never read: {follower.missing(texts)}")
        await follower.until(lambda: bool(follower.items[-1].position), within=2)
        seen = list(follower.items)
    later = await trial.speaks.say(3)
    cuts = [n for n, item in enumerate(seen) if item.position]
    # Never back: what stands before a position that was read on from may be forgotten.
    for cut in sorted({*cuts[:3], *cuts[-3:]}):
        read = {item.raw for item in seen[: cut + 1]}
        owed = [t for t in texts if not any(t.encode() in raw for raw in read)]
        async with trial.following(seen[cut].position or "") as again:
            await again.has([*owed, *later])
            promise(
                not again.missing([*owed, *later]),
                f"lost after position {seen[cut].position!r}: {again.missing([*owed, *later])}",
            )


@check(Source, counterpart=Speaks)
async def committed(trial: Trial) -> None:
    """What is committed may be forgotten; what was only read comes again."""
    async with trial.following() as follower:
        texts = await trial.heard(follower, 4)
        promise(not follower.missing(texts), f"never read: {follower.missing(texts)}")
        await follower.until(lambda: bool(follower.items[-1].position), within=2)
        seen = list(follower.items)
        cuts = [n for n, item in enumerate(seen[:-1]) if item.position]
        cut = cuts[len(cuts) // 2] if cuts else len(seen) - 1
        position = seen[cut].position or ""
        await follower.committed(position)
    kept = {item.raw for item in seen[: cut + 1]}
    owed = [text for text in texts if not any(text.encode() in raw for raw in kept)]
    async with trial.following(position) as follower:
        await follower.has(owed)
        promise(
            not follower.missing(owed),
            f"committed up to {position!r}, and lost what was read behind it:"
            f" {follower.missing(owed)}",
        )


@check(Source, counterpart=Speaks)
async def reread(trial: Trial) -> None:
    """What was read and not committed comes again, also from the same connector."""
    async with trial.connected() as connector:
        async with Follower(connector, "", trial.patience) as follower:
            texts = await trial.heard(follower, 4)
            promise(not follower.missing(texts), f"never read: {follower.missing(texts)}")
        async with Follower(connector, "", trial.patience) as follower:
            await follower.has(texts)
            promise(
                not follower.missing(texts),
                "read, not committed, and not read again after a failure of the database:"
                f" {follower.missing(texts)}",
            )


@check(Source, counterpart=Speaks)
async def keys(trial: Trial) -> None:
    """The same fact read twice has the same key, and no two facts share one."""
    async with trial.following() as follower:
        texts = await trial.heard(follower, 4)
        promise(not follower.missing(texts), f"never read: {follower.missing(texts)}")
        first = {text: {item.key for item in follower.holding(text)} for text in texts}
    async with trial.following() as follower:
        await follower.has(texts)
        promise(not follower.missing(texts), f"not read again: {follower.missing(texts)}")
        for text in texts:
            again = {item.key for item in follower.holding(text)}
            promise(
                again & first[text],
                f"{text} was {sorted(first[text])} and is {sorted(again)} when read again",
            )
    every = [key for keys in first.values() for key in keys]
    promise(len(every) == len(set(every)), f"several facts share a key: {sorted(every)}")


@check(Source, counterpart=Speaks)
async def heal(trial: Trial) -> None:
    """Reading goes on by itself after the system was away and came back."""
    async with trial.following() as follower:
        texts = await trial.heard(follower, 2)
        promise(not follower.missing(texts), f"never read: {follower.missing(texts)}")
        async with trial.away():
            # Either it waits by itself or it says so; only a transient error may be raised.
            await follower.until(lambda: bool(follower.lost), within=1)
        texts = await trial.heard(follower, 2)
        promise(not follower.missing(texts), f"never read after it came back: {texts}")


def _is_json(item: Item) -> None:
    try:
        msgspec.json.decode(item.raw)
    except UNREADABLE as error:
        promise(None, f"{item.kind} {item.key} is no JSON: {error}: {item.raw[:200]!r}")


READING = (read, items, resume, committed, reread, keys, heal)
