"""What is cut out of a batch for one run: all that may be meant for it, and nothing else."""

from typing import Any

from andon.engine.work import Work


def event(position: int, subject: str) -> Any:
    return {"position": position, "subject": subject, "kind": "event"}


def note(position: int, run: str) -> Any:
    return {"position": position, "subject": "x", "kind": "answer", "run": run}


def of_note(row: Any) -> str | None:
    return row["run"]


WORK = Work(
    after=0,
    last=6,
    due=[("a", 1, 0), ("b", 1, 0)],
    events=[event(1, "order/x:A"), event(2, "order/x:B"), event(3, "order/x:A")],
    notes=[note(4, "a"), note(5, "b")],
    woken={"b", "c"},
)


def test_each_run_is_given_what_is_said_of_its_subject() -> None:
    apart = WORK.apart({"a": "order/x:A", "b": "order/x:B", "d": "order/x:D"}, of_note)
    assert list(apart) == ["a", "b", "d"]
    assert [row["position"] for row in apart["a"].events] == [1, 3]
    assert (apart["a"].due, apart["a"].notes) == ([("a", 1, 0)], [note(4, "a")])
    assert (apart["a"].woken, apart["b"].woken) == (set(), {"b"})
    assert len(apart["d"]) == 0


def test_who_was_woken_is_asked_anew_for_another_stretch_of_the_log() -> None:
    assert [half.woken for half in WORK.halves()] == [None, None]
    assert WORK.without({"a"}, of_note).woken == {"b", "c"}
