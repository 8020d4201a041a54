"""Delivery without a database: order, outages, parking, and every proof of an unknown outcome."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

import pytest

from andon.core.connector import Receipt, Request, Settings, Sink
from andon.core.errors import (
    CredentialsError,
    OutcomeUnknownError,
    RejectedError,
    ThrottledError,
    UnavailableError,
)
from andon.core.mapping import Known, Outbound, Proof
from andon.core.message import Command
from andon.engine.clock import SystemClock
from andon.engine.deliver import Deliver
from andon.engine.health import Health
from andon.engine.parcel import Asked, Delivered, Moved, Outcome, Parcel, Refused
from andon.engine.plan import Wired

MS = timedelta(milliseconds=1)


class Post(Command, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = "unit.order.post.v1"
    KIND: ClassVar[str] = "order"
    KEY: ClassVar[str] = "order_id"

    order_id: str


class Stop(Post, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = "unit.order.stop.v1"
    OVERTAKES: ClassVar[bool] = True


class Scripted(Sink[Settings]):
    """Answers each key as its script says; then yes. `done` is what it did, in order."""

    settings_type = Settings

    def __init__(self, settings: Settings) -> None:
        super().__init__("target", settings)
        self.script: dict[str, list[Exception | asyncio.Event]] = {}
        self.calls: list[str] = []
        self.done: list[str] = []
        self.looks: list[str] = []
        self.refuses_first = 0

    async def send(self, request: Request, *, key: str) -> Receipt:
        self.calls.append(key)
        if self.refuses_first:
            self.refuses_first -= 1
            await asyncio.sleep(0.01)  # so that many calls are refused at once
            raise UnavailableError("refused")
        if script := self.script.get(key):
            match script.pop(0):
                case asyncio.Event() as gate:
                    await gate.wait()
                case error:
                    raise error
        self.done.append(key)
        return Receipt(reference=key)

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        self.looks.append(key)
        return Receipt(reference="found") if key in self.done else None


def _write(command: Command, known: Known) -> Request:
    del known
    return Request(target=command.local)


class Desk:
    """A Deliver with everything it tells its worker written down."""

    def __init__(self, **settings: object) -> None:
        chosen = {"timeout": 100 * MS, "settles_within": 40 * MS, "backoff": 5 * MS, **settings}
        self.sink = Scripted(Settings(**chosen))  # pyright: ignore[reportArgumentType] named above
        self.states: list[str] = []
        self.health = Health(SystemClock(), lambda state, error: self.states.append(state))
        self.outcomes: list[Outcome] = []
        self.saved: list[str] = []
        self.may_call = True
        wired = Wired("target", "here", self.sink, {}, {})
        self.deliver = Deliver(
            wired,
            clock=SystemClock(),
            health=self.health,
            report=self.outcomes.append,
            saved=self._save,
            may_call=lambda _: self.may_call,
            local=self._local,
        )

    async def _save(self, moved: Moved) -> None:
        self.saved.append(f"{moved.parcel.key} {moved.state} after {len(self.sink.calls)} calls")

    async def _local(self, parcel: Parcel) -> str:
        return parcel.subject

    def put(
        self, key: str, order: str = "A", *, proof: Proof = "keyed", state: str = "pending",
        shape: type[Post] = Post, lane: int = 0, left: Parcel | None = None,
    ) -> Parcel:  # fmt: skip
        """Hands one parcel over, with what the database knows of one that another worker left."""
        parcel = Parcel(
            key=key, position=1, run=None, n=0, lane=lane, subject=f"order/x:{order}",
            order_key=order, correlation="c", site="here", command=shape(order_id=order),
            wired=self.deliver.wired, outbound=Outbound(shape, _write, proof),
        )  # fmt: skip
        parcel.state = state  # pyright: ignore[reportAttributeAccessIssue]
        if left is not None:
            parcel.looks, parcel.due_at = left.looks, left.due_at
        self.deliver.put(parcel)
        return parcel

    def delivered(self) -> list[str]:
        return [o.parcel.key for o in self.outcomes if isinstance(o, Delivered)]

    def asked(self) -> list[str]:
        return [o.code for o in self.outcomes if isinstance(o, Asked)]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(3):
        while not true():  # noqa: ASYNC110 the deliver has no event for everything that may happen
            await asyncio.sleep(0.001)


async def test_one_order_key_is_in_order_and_others_run_beside_it() -> None:
    desk = Desk()
    gate = asyncio.Event()
    desk.sink.script["a1"] = [gate]
    desk.put("a1")
    desk.put("a2")
    desk.put("b1", "B")
    await until(lambda: desk.delivered() == ["b1"])
    assert desk.sink.calls == ["a1", "b1"]
    gate.set()
    await until(lambda: desk.delivered() == ["b1", "a1", "a2"])


async def test_stop_overtakes() -> None:
    desk = Desk()
    gate = asyncio.Event()
    desk.sink.script["a1"] = [gate]
    desk.put("a1")
    desk.put("a2")
    desk.put("stop", shape=Stop)
    await until(lambda: desk.delivered() == ["stop"])
    gate.set()
    await until(lambda: desk.delivered() == ["stop", "a1", "a2"])


async def test_a_keyed_command_with_a_lost_answer_is_sent_again_under_its_key() -> None:
    desk = Desk()
    desk.sink.script["a1"] = [OutcomeUnknownError("lost"), asyncio.Event()]
    desk.put("a1")
    await until(lambda: desk.delivered() == ["a1"])
    assert desk.sink.calls == ["a1"] * 3
    assert desk.sink.looks == []


async def test_sending_is_written_before_a_call_that_cannot_be_repeated() -> None:
    desk = Desk()
    desk.put("f1", proof="findable")
    await until(lambda: desk.delivered() == ["f1"])
    assert desk.saved == ["f1 sending after 0 calls"]


@pytest.mark.parametrize("proof", ["findable", "state"])
async def test_an_unknown_outcome_is_looked_for_and_adopted(proof: Proof) -> None:
    desk = Desk()
    desk.sink.script["f1"] = [OutcomeUnknownError("lost")]
    desk.sink.done.append("f1")
    desk.put("f1", proof=proof)
    await until(lambda: desk.delivered() == ["f1"])
    assert desk.sink.calls == ["f1"]
    assert [o.found for o in desk.outcomes if isinstance(o, Delivered)] == [True]


async def test_absent_counts_after_settling_and_a_second_look_only() -> None:
    desk = Desk(settles_within=150 * MS)
    desk.sink.script["f1"] = [OutcomeUnknownError("lost")]
    loop = asyncio.get_running_loop()
    began = loop.time()
    desk.put("f1", proof="findable")
    await until(lambda: len(desk.sink.looks) == 1)
    assert desk.sink.calls == ["f1"]
    await until(lambda: desk.delivered() == ["f1"])
    assert loop.time() - began >= 0.15
    assert len(desk.sink.looks) >= 2
    assert desk.sink.calls == ["f1", "f1"]


async def test_who_dies_more_often_than_a_target_settles_still_comes_to_an_end() -> None:
    """The first look notes until when it settles; a worker that comes after that goes by it."""
    dies = Desk(settles_within=150 * MS)
    left = dies.put("f1", proof="findable", state="unknown")
    await until(lambda: left.looks == 1)
    await dies.deliver.close()
    noted = left.due_at
    assert noted is not None

    dies_at_once = Desk(settles_within=150 * MS)
    left = dies_at_once.put("f1", proof="findable", state="unknown", left=left)
    await dies_at_once.deliver.close()
    assert left.due_at == noted

    lives = Desk(settles_within=150 * MS)
    lives.put("f1", proof="findable", state="unknown", left=left)
    await until(lambda: lives.delivered() == ["f1"])
    assert len(lives.sink.looks) == 1
    assert SystemClock().now() >= noted


async def test_what_arrives_between_two_looks_is_one_effect() -> None:
    desk = Desk()
    desk.sink.script["f1"] = [OutcomeUnknownError("lost")]
    desk.put("f1", proof="findable")
    await until(lambda: len(desk.sink.looks) == 1)
    desk.sink.done.append("f1")
    await until(lambda: desk.delivered() == ["f1"])
    assert desk.sink.calls == ["f1"]


async def test_without_any_proof_a_person_is_asked_and_nothing_repeated() -> None:
    desk = Desk()
    desk.sink.script["n1"] = [OutcomeUnknownError("lost")]
    desk.put("n1", proof="none")
    desk.put("n2", proof="none")
    desk.put("b1", "B", proof="none")
    await until(lambda: desk.asked() == ["outcome-unknown"] and desk.delivered() == ["b1"])
    assert "n2" not in desk.sink.calls
    desk.deliver.drop("n1")
    await until(lambda: desk.delivered() == ["b1", "n2"])
    assert desk.sink.calls.count("n1") == 1


async def test_an_adopted_parcel_that_was_sending_is_looked_for_first() -> None:
    desk = Desk()
    desk.sink.done.append("f1")
    desk.put("f1", proof="findable", state="unknown")
    await until(lambda: desk.delivered() == ["f1"])
    assert desk.sink.calls == []


async def test_try_again_starts_a_parked_command_and_never_a_second_call() -> None:
    desk = Desk(attempts=1)
    gate = asyncio.Event()
    desk.sink.script["a1"] = [UnavailableError("busy", reached=True), gate]
    desk.put("a1")
    await until(lambda: desk.asked() == ["attempts-used-up"])
    desk.deliver.unpark("a1")
    await until(lambda: len(desk.sink.calls) == 2)
    desk.deliver.unpark("a1")  # the same answer, read again
    desk.put("b1", "B")
    await until(lambda: desk.delivered() == ["b1"])
    assert desk.sink.calls == ["a1", "a1", "b1"]
    desk.deliver.drop("a1")
    desk.put("a2")
    desk.put("b2", "B")
    await until(lambda: desk.delivered() == ["b1", "b2"])
    assert "a2" not in desk.sink.calls, "a call in flight was taken for a parked one"
    gate.set()
    await until(lambda: desk.delivered() == ["b1", "b2", "a1", "a2"])


async def test_a_refusal_is_reported_in_the_systems_words_and_the_next_goes_on() -> None:
    desk = Desk()
    desk.sink.script["a1"] = [RejectedError("no stock")]
    desk.put("a1")
    desk.put("a2")
    await until(lambda: desk.delivered() == ["a2"])
    assert [str(o.error) for o in desk.outcomes if isinstance(o, Refused)] == ["no stock"]


async def test_many_refused_connections_are_one_outage_asked_by_one() -> None:
    desk = Desk()
    desk.sink.refuses_first = 20
    for n in range(20):
        desk.put(f"k{n}", f"O{n}")
    await until(lambda: len(desk.delivered()) == 20)
    assert desk.states == ["unreachable", "running"]
    assert len(desk.sink.calls) == 40
    assert all(o.parcel.attempts == 1 for o in desk.outcomes if isinstance(o, Delivered))


async def test_what_comes_during_an_outage_waits_for_the_one_that_asks() -> None:
    desk = Desk()
    desk.sink.script["k0"] = [UnavailableError("refused")]
    desk.put("k0", "O0")
    await until(lambda: desk.states == ["unreachable"])
    for n in range(1, 10):
        desk.put(f"k{n}", f"O{n}")
    for _ in range(20):
        await asyncio.sleep(0)
    assert desk.sink.calls == ["k0"]
    await until(lambda: len(desk.delivered()) == 10)


async def test_absent_is_looked_for_twice_even_where_nothing_has_to_settle() -> None:
    desk = Desk(settles_within=0 * MS)
    desk.sink.script["f1"] = [OutcomeUnknownError("lost")]
    desk.put("f1", proof="findable")
    await until(lambda: desk.delivered() == ["f1"])
    assert desk.sink.looks == ["f1", "f1"]


async def test_throttling_waits_as_long_as_was_asked_for() -> None:
    desk = Desk()
    desk.sink.script["a1"] = [ThrottledError("slow down", 0.05)]
    loop = asyncio.get_running_loop()
    began = loop.time()
    desk.put("a1")
    await until(lambda: desk.delivered() == ["a1"])
    assert loop.time() - began >= 0.05


async def test_wrong_credentials_pause_the_connection_until_it_is_resumed() -> None:
    desk = Desk()
    desk.sink.script["a1"] = [CredentialsError("who are you")]
    desk.put("a1")
    desk.put("b1", "B")
    await until(lambda: desk.deliver.paused)
    assert desk.states == ["paused"]
    desk.health.seen()
    desk.deliver.resume()
    await until(lambda: sorted(desk.delivered()) == ["a1", "b1"])


async def test_no_call_begins_without_the_right_to_or_for_a_lane_that_leaves() -> None:
    desk = Desk()
    desk.deliver.leaving = {7}
    desk.put("gone", "G", lane=7)
    desk.put("mine", "M", lane=8)
    await until(lambda: desk.delivered() == ["mine"])
    desk.deliver.forget({7})
    assert desk.deliver.waiting == 0
    desk.may_call = False
    desk.put("late", "L", lane=8)
    await until(lambda: desk.deliver.waiting == 1)
    desk.may_call = True
    await until(lambda: "late" in desk.delivered())
    assert "gone" not in desk.sink.calls


async def test_a_call_to_a_lane_that_is_asked_back_ends_and_is_reported() -> None:
    desk = Desk()
    gate = asyncio.Event()
    desk.sink.script["a1"] = [gate]
    desk.put("a1", lane=7)
    desk.put("a2", lane=7)
    await until(lambda: desk.deliver.busy(7))
    desk.deliver.leaving = {7}
    gate.set()
    await until(lambda: desk.delivered() == ["a1"] and not desk.deliver.busy(7))
    assert desk.sink.calls == ["a1"]
