"""A run in memory: verbs in, answers out, and the same again over the journal."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from andon.core.connector import Receipt
from andon.core.errors import InvalidError, LateError, RejectedError, ReplayError
from andon.core.message import Command, Event
from andon.core.workflow import Ask, Run, Send, Sleep, Verb, Wait, Withdraw, Workflow
from andon.engine.answers import Answer, Replay, answer_from, answer_json
from andon.engine.live import Live
from andon.governance.contracts import Contracts

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Begun(Event, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = "unit.order.begun.v1"
    KIND: ClassVar[str] = "order"
    KEY: ClassVar[str] = "order_id"

    order_id: str


class Ended(Begun, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = "unit.order.ended.v1"
    good: int = 0


class Post(Command, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = "unit.order.post.v1"
    KIND: ClassVar[str] = "order"
    KEY: ClassVar[str] = "order_id"

    order_id: str


CONTRACTS = Contracts([Begun, Ended, Post])
BEGUN = Begun(order_id="A")
POST = Post(order_id="A")
Body = Callable[[Run, Begun], Coroutine[Verb[Any], Any, None]]


def live_of(body: Body) -> Live:
    return Live(
        Workflow("flow", Begun, body),
        id="flow@x/1",
        subject="order/x:A",
        lane=0,
        correlation="x/1",
        site="here",
        trigger=10,
        started_at=NOON,
    )


def line(n: int, answer: Answer, at: datetime = NOON, position: int = 0) -> Replay:
    return Replay(n, at, answer_json(answer, Sleep(n, HOUR)), position)


def kinds(verbs: list[Verb[Any]]) -> list[tuple[type[Verb[Any]], int]]:
    return [(type(verb), verb.n) for verb in verbs]


def test_verbs_come_one_by_one_and_their_answers_go_to_the_body() -> None:
    said: list[object] = []

    async def body(run: Run, begun: Begun) -> None:
        said.append(await run.send(POST))
        said.append(await run.ask("planner", "On?", "yes"))
        await run.sleep(HOUR)
        said.append(run.now)

    live = live_of(body)
    assert kinds(live.start(BEGUN)) == [(Send, 1)]
    assert kinds(live.take(1, Answer(Receipt(reference="7")), NOON)) == [(Ask, 2)]
    assert kinds(live.take(2, Answer("yes"), NOON)) == [(Sleep, 3)]
    assert live.take(3, Answer(None), NOON + HOUR) == []
    assert live.ended
    assert said == [Receipt(reference="7"), "yes", NOON + HOUR]


def test_all_asks_everything_at_once_and_keeps_the_order_asked() -> None:
    got: list[object] = []

    async def body(run: Run, begun: Begun) -> None:
        got.extend(await run.all(run.ask("a", "?", "x"), run.ask("b", "?", "y")))

    live = live_of(body)
    assert kinds(live.start(BEGUN)) == [(Ask, 1), (Ask, 2)]
    live.take(2, Answer("second"), NOON)
    assert not live.ended
    live.take(1, Answer("first"), NOON)
    assert (live.ended, got) == (True, ["first", "second"])


def test_all_raises_the_refusal_once_every_one_is_answered() -> None:
    async def body(run: Run, begun: Begun) -> None:
        with pytest.raises(RejectedError):
            await run.all(run.send(POST), run.send(POST))

    live = live_of(body)
    live.start(BEGUN)
    live.take(1, Answer(error=RejectedError("no")), NOON)
    assert not live.ended
    live.take(2, Answer(Receipt()), NOON)
    assert live.ended


def test_first_is_the_one_answered_first_and_its_loser_takes_no_later_event() -> None:
    async def body(run: Run, begun: Begun) -> None:
        while (await run.first(run.wait(Ended), run.sleep(HOUR)))[0] == 1:
            await run.send(POST)

    live = live_of(body)
    assert kinds(live.start(BEGUN)) == [(Wait, 1), (Sleep, 2)]
    assert kinds(live.take(2, Answer(None), NOON)) == [(Send, 4)]
    assert not live.awaits(1)
    assert kinds(live.take(4, Answer(Receipt()), NOON)) == [(Wait, 5), (Sleep, 6)]
    assert live.awaits(5)
    assert not live.awaits(1)
    live.take(5, Answer(Ended(order_id="A")), NOON)
    assert live.ended
    assert sorted(verb.n for verb in live.left()) == [1, 6]


def test_a_race_with_a_verb_that_is_already_answered_ends_at_once() -> None:
    async def body(run: Run, begun: Begun) -> None:
        nap = run.sleep(HOUR)
        await run.first(nap, run.send(POST))
        await run.send(POST)
        await run.first(run.wait(Ended), nap)

    live = live_of(body)
    live.start(BEGUN)
    live.take(2, Answer(Receipt()), NOON)
    live.take(1, Answer(None), NOON)
    assert kinds(live.take(4, Answer(Receipt()), NOON)) == [(Wait, 5)]
    assert live.ended


def test_a_late_wait_raises_in_the_body() -> None:
    async def body(run: Run, begun: Begun) -> None:
        with pytest.raises(LateError):
            await run.wait(Ended, within=HOUR)

    live = live_of(body)
    live.start(BEGUN)
    live.take(1, Answer(error=LateError("nothing came")), NOON)
    assert live.ended


def test_a_replay_comes_to_the_same_place_with_the_same_time_and_cursor() -> None:
    times: list[datetime] = []

    async def body(run: Run, begun: Begun) -> None:
        await run.send(POST)
        times.append(run.now)
        ended = await run.wait(Ended)
        times.append(run.now)
        await run.ask("planner", str(ended.good), "yes")

    journal = [
        line(1, Answer(Receipt(reference="7")), NOON + HOUR, 90),
        line(2, Answer(Ended(order_id="A", good=3)), NOON + 2 * HOUR, 40),
    ]
    live = live_of(body)
    live.replay(BEGUN, journal, CONTRACTS)
    asked = live.asked(3)
    assert isinstance(asked, Ask)
    assert (asked.text, live.at, live.cursor) == ("3", 2, (40, 40))
    assert times == [NOON + HOUR, NOON + 2 * HOUR]


def test_the_receipts_place_does_not_move_what_a_later_wait_may_take() -> None:
    async def body(run: Run, begun: Begun) -> None:
        await run.send(POST)
        await run.wait(Ended)

    live = live_of(body)
    live.replay(BEGUN, [line(1, Answer(Receipt()), position=99)], CONTRACTS)
    assert live.cursor == (10, 10)


def test_a_body_that_asks_for_something_else_is_a_replay_error() -> None:
    async def body(run: Run, begun: Begun) -> None:
        await run.send(POST)

    with pytest.raises(ReplayError, match="step 2"):
        live_of(body).replay(BEGUN, [line(2, Answer(Receipt()))], CONTRACTS)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (Send(1, POST), Answer("yes")),
        (Send(1, POST), Answer(Ended(order_id="A"))),
        (Send(1, POST), Answer(error=LateError("t"))),
        (Ask(1, "t", "?", ("yes",)), Answer(None)),
        (Wait(1, (Ended,), None), Answer(Begun(order_id="A"))),
        (Sleep(1, HOUR), Answer("yes")),
    ],
)
def test_an_answer_to_something_else_is_a_replay_error_saying_both(
    asked: Verb[Any], answer: Answer
) -> None:
    with pytest.raises(ReplayError, match=r"answers .*, and the body"):
        answer_from(asked, answer_json(answer, Sleep(1, HOUR)), CONTRACTS)


def test_a_receipt_of_another_command_is_no_answer() -> None:
    kept = answer_json(Answer(Receipt()), Send(1, POST)).replace(POST.TYPE, "unit.order.other.v1")
    with pytest.raises(
        ReplayError, match=r"the command unit\.order\.other\.v1, and the body sends"
    ):
        answer_from(Send(1, POST), kept, CONTRACTS)


@pytest.mark.parametrize("awaits", [lambda: asyncio.sleep(0), lambda: _Foreign()])
def test_an_await_that_is_no_verb_is_a_defect_at_once(
    awaits: Callable[[], Awaitable[object]],
) -> None:
    async def body(run: Run, begun: Begun) -> None:
        await awaits()

    with pytest.raises(ReplayError, match="no verb"):
        live_of(body).start(BEGUN)


def test_leaving_memory_records_nothing_of_finally() -> None:
    async def body(run: Run, begun: Begun) -> None:
        try:
            await run.wait(Ended)
        finally:
            await run.send(POST)

    live = live_of(body)
    live.start(BEGUN)
    live.close()
    assert [verb.n for verb in live.left()] == [1]


@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        (Send(1, POST), Answer(Receipt(reference="7", body={"a": [1, None]}))),
        (Wait(1, (Ended,), None), Answer(Ended(order_id="A", good=2))),
        (Ask(1, "t", "?", ("yes",)), Answer("yes")),
        (Sleep(1, HOUR), Answer(None)),
    ],
)
def test_an_answer_reads_back_from_the_journal_as_it_was(verb: Verb[Any], answer: Answer) -> None:
    assert answer_from(verb, answer_json(answer, verb), CONTRACTS) == answer


@pytest.mark.parametrize(
    "error", [RejectedError("no", "42"), RejectedError("no"), InvalidError("bad"), LateError("t")]
)
def test_a_refusal_reads_back_with_its_class_words_and_code(error: RejectedError) -> None:
    verb = Wait(1, (Ended,), None) if isinstance(error, LateError) else Send(1, POST)
    back = answer_from(verb, answer_json(Answer(error=error), verb), CONTRACTS).error
    assert (type(back), str(back)) == (type(error), str(error))
    assert getattr(back, "code", None) == getattr(error, "code", None)


def test_a_nul_in_an_answer_is_kept_as_a_mark() -> None:
    kept = answer_json(Answer(Receipt(body={"text": "a\x00b"})), Send(1, POST))
    assert "\\u0000" not in kept
    assert answer_from(Send(1, POST), kept, CONTRACTS).value.body == {"text": "a\ufffdb"}


class _Foreign:
    def __await__(self) -> Any:
        yield "something else"


def test_a_question_that_is_withdrawn_is_asked_no_more_and_those_behind_keep_their_numbers() -> (
    None
):
    said: list[object] = []

    async def body(run: Run, begun: Begun) -> None:
        asked = run.ask("planner", "On?", "yes")
        place, _ = await run.first(run.wait(Ended), asked)
        if place == 0:
            await run.withdraw(asked)
        said.append((place, await run.send(POST)))

    live = live_of(body)
    assert kinds(live.start(BEGUN)) == [(Wait, 2), (Ask, 1)]
    withdrawn, sent = live.take(2, Answer(Ended(order_id="A")), NOON)
    assert isinstance(withdrawn, Withdraw)
    assert (withdrawn.ask.n, kinds([sent])) == (1, [(Send, 4)])
    assert live.asked(1) is None
    assert live.left() == [sent]
    live.take(4, Answer(Receipt(reference="1")), NOON)
    assert live.ended
    assert said == [(0, Receipt(reference="1"))]
