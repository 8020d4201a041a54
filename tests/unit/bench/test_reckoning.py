"""Figures follow from the load and the ledger alone."""

from bench.ledger import Effects, LedgerPage
from bench.loadgen import Load, Posted
from bench.measure import Cost
from bench.reckoning import Bill, Figures, Kill, reckoned

_S = 10**9
_BILL = Bill(Cost(cpu_s=2.0, peak_mb=100.0, memory="pss"), others_cores=0.1)


def _load(events: dict[str, Posted]) -> Load:
    return Load(
        began_at=0,
        ended_at=100 * _S,
        events=events,
        posts=len(events),
        duplicates=0,
        unanswered=0,
        given_up=0,
        answers={202: len(events)},
        cpu_s=0.0,
    )


def _posted(due_s: float, *, accepted: bool = True, poison: bool = False) -> Posted:
    due_at = int(due_s * _S)
    return Posted(due_at, due_at + 1 if accepted else None, "PO", poison)


def _booked(at_s: float, *, effects: int = 1, replays: int = 0) -> Effects:
    return Effects(effects, effects + replays, int(at_s * _S), replays)


def _page(wms: dict[str, Effects], qms: dict[str, Effects] | None = None) -> LedgerPage:
    bad: dict[str, int] = dict.fromkeys(("order_sequence", "out_of_order", "bad_map", "no_key"), 0)
    return LedgerPage({"qms": qms or {}, "erp": {}, "wms": wms}, bad, 0, 0)


def _figures(events: dict[str, Posted], page: LedgerPage, kill: Kill | None = None) -> Figures:
    return reckoned(_load(events), page, _BILL, parked=0, kill=kill)


def test_latency_runs_from_due_to_the_first_effect() -> None:
    events = {str(n): _posted(n) for n in range(100)}
    page = _page({str(n): _booked(n + (n + 1) / 1000) for n in range(100)})
    figures = _figures(events, page)
    assert (figures.p50_ms, figures.p95_ms, figures.p99_ms) == (50.0, 95.0, 99.0)
    assert figures.completed_per_s == 1.0
    assert figures.cpu_s_per_1000 == 20.0


def test_lost_is_what_was_accepted_and_good_and_never_arrived() -> None:
    events = {
        "done": _posted(0),
        "lost": _posted(0),
        "refused": _posted(0, accepted=False),
        "poison": _posted(0, poison=True),
    }
    figures = _figures(events, _page({"done": _booked(1)}))
    assert (figures.accepted, figures.completed, figures.lost, figures.poisoned) == (3, 1, 1, 1)


def test_doubled_and_repeated_are_told_apart() -> None:
    events = {"a": _posted(0), "b": _posted(0)}
    page = _page({"a": _booked(1, effects=3), "b": _booked(1, replays=2)})
    figures = _figures(events, page)
    assert (figures.doubled, figures.repeated_calls) == (2, 2)


def test_recovery_is_from_the_restart_command_to_the_next_completion() -> None:
    events = {name: _posted(0) for name in ("before", "between", "after")}
    wms = {"before": _booked(5), "after": _booked(7.5)}
    qms = {"before": _booked(4), "between": _booked(5.9), "after": _booked(7)}
    kill = Kill(killed_at=6 * _S, restarted_at=7 * _S)
    figures = _figures(events, _page(wms, qms), kill)
    assert figures.recovery_s == 0.5
    assert figures.begun_at_kill == 1


def test_a_hub_that_never_comes_back_has_no_recovery() -> None:
    figures = _figures({"a": _posted(0)}, _page({}), Kill(killed_at=1, restarted_at=2))
    assert figures.recovery_s is None
    assert figures.p99_ms == figures.completed_per_s == 0.0
