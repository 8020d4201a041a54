"""From what was posted and what was booked to figures: pure arithmetic, tested as such."""

from math import ceil

import msgspec

from bench.ledger import Effects, LedgerPage
from bench.loadgen import Load
from bench.measure import Cost

__all__ = ["Bill", "Figures", "Kill", "percentile", "reckoned"]

_RECORDED_WITHIN_NS = 100_000_000
"""A receipt that came back this shortly before the kill may not have been committed yet."""


class Bill(msgspec.Struct, frozen=True):
    """What a run cost: the hub's share, and what neither hub nor bench used."""

    hub: Cost
    others_cores: float


class Kill(msgspec.Struct, frozen=True):
    """When every process of the hub was killed, and when it was told to start again."""

    killed_at: int
    restarted_at: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One scenario's result. Latency runs from the instant an event was due to the WMS."""

    accepted: int
    completed: int
    completed_per_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_s_per_1000: float
    peak_mb: float
    memory: str
    lost: int
    doubled: int
    out_of_order: int
    parked: int
    poisoned: int
    recovery_s: float | None
    repeated_calls: int
    begun_at_kill: int | None
    given_up: int
    duplicates: int
    answers: dict[int, int]
    bad: dict[str, int]
    others_cores: float


def reckoned(
    load: Load, page: LedgerPage, bill: Bill, *, parked: int, kill: Kill | None = None
) -> Figures:
    """The figures of one run.

    Lost is what was accepted, is no poison and never reached the WMS, whether or not the hub
    shows it as an exception. Repeated is every call whose key was already booked.
    """
    done = {
        event_id: entry.first_answer_at
        for event_id, entry in page.events["wms"].items()
        if entry.effects and event_id in load.events
    }
    accepted = {i: posted for i, posted in load.events.items() if posted.accepted_at}
    good = [event_id for event_id, posted in accepted.items() if not posted.poison]
    waits = sorted((at - load.events[i].due_at) / 1e6 for i, at in done.items())
    lasted_s = (max(done.values(), default=load.ended_at) - load.began_at) / 1e9
    entries = [entry for book in page.events.values() for entry in book.values()]
    return Figures(
        accepted=len(accepted),
        completed=len(done),
        completed_per_s=round(len(done) / lasted_s, 1) if lasted_s > 0 else 0.0,
        p50_ms=percentile(waits, 0.50),
        p95_ms=percentile(waits, 0.95),
        p99_ms=percentile(waits, 0.99),
        cpu_s_per_1000=round(bill.hub.cpu_s / len(done) * 1000, 2) if done else 0.0,
        peak_mb=round(bill.hub.peak_mb, 1),
        memory=bill.hub.memory,
        lost=sum(event_id not in done for event_id in good),
        doubled=sum(max(0, entry.effects - 1) for entry in entries),
        out_of_order=page.bad["order_sequence"],
        parked=parked,
        poisoned=len(accepted) - len(good),
        recovery_s=_recovery_s(list(done.values()), kill),
        repeated_calls=sum(entry.replays for entry in entries),
        begun_at_kill=_begun(page, kill.killed_at) if kill else None,
        given_up=load.given_up,
        duplicates=load.duplicates,
        answers=load.answers,
        bad={name: count for name, count in page.bad.items() if count},
        others_cores=round(bill.others_cores, 2),
    )


def percentile(ascending: list[float], share: float) -> float:
    """The smallest that this share of all does not exceed; 0 of none."""
    if not ascending:
        return 0.0
    return round(ascending[ceil(share * len(ascending)) - 1], 1)


def _recovery_s(completions: list[int], kill: Kill | None) -> float | None:
    """From the restart command to the first completion after it; none if none came."""
    if kill is None:
        return None
    after = [at for at in completions if at > kill.restarted_at]
    return round((min(after) - kill.restarted_at) / 1e9, 2) if after else None


def _begun(page: LedgerPage, killed_at: int) -> int:
    """Events on their way at the kill: each has at most one call that must be repeated."""
    return sum(
        not _finished(page.events["wms"].get(event_id), killed_at - _RECORDED_WITHIN_NS)
        for event_id, entry in page.events["qms"].items()
        if entry.effects and entry.first_answer_at < killed_at
    )


def _finished(entry: Effects | None, before: int) -> bool:
    return entry is not None and entry.effects > 0 and entry.first_answer_at < before
