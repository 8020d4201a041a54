"""What only a Sparkplug host does: STATE, deaths and gaps on the wire, commands and their echo."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from andon.connectors.sparkplug import Reading, Sparkplug
from andon.connectors.sparkplug.simulator import SimulatedPlant
from andon.core.connector import Item, Request
from andon.core.errors import (
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)
from andon.testing.conformance.trial import Follower, settings_of
from tests.contract.real.sparkplug import PySparkplug

STATE = "spBv1.0/STATE/andon"
LINE = "Plant1/edge1/line1"


@pytest.fixture
async def plant() -> AsyncIterator[SimulatedPlant]:
    one = SimulatedPlant()
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def pysparkplug() -> AsyncIterator[PySparkplug]:
    one = PySparkplug()
    await one.start()
    yield one
    await one.stop()


def host(plant: Any, **more: Any) -> Sparkplug:
    return Sparkplug("line", settings_of(Sparkplug, {**plant.settings(), **more}))


@asynccontextmanager
async def following(
    plant: SimulatedPlant | PySparkplug, after: str = "", **more: Any
) -> AsyncGenerator[Follower]:
    sparkplug = host(plant, **more)
    await sparkplug.open()
    try:
        async with Follower(sparkplug, after) as follower:
            yield follower
    finally:
        await sparkplug.close()


def state(plant: SimulatedPlant) -> bool | None:
    told = plant.broker.retained(STATE)
    return None if told is None else msgspec.json.decode(told)["online"]


def told(follower: Follower) -> list[tuple[str | None, str]]:
    """Births, deaths, gaps and silence."""
    rows = [msgspec.json.decode(one.raw) for one in follower.items if one.kind == "presence"]
    return [(row["device"], row["what"]) for row in rows]


def readings(items: list[Item], metric: str) -> list[Any]:
    found = [item.read(Reading) for item in items if b'"metric"' in item.raw]
    return ["stale" if one.stale else one.value for one in found if one.metric == metric]


# -- being there --------------------------------------------------------------------------------


async def test_a_host_says_that_it_is_there_and_that_it_leaves(plant: SimulatedPlant) -> None:
    async with following(plant) as follower:
        assert await follower.until(lambda: state(plant) is True)
        assert await follower.until(lambda: plant.node.rebirths > 0)
    assert state(plant) is False


async def test_a_host_that_is_cut_off_is_said_to_be_away_and_comes_back(
    plant: SimulatedPlant,
) -> None:
    said: list[bool] = []
    obeys = plant.broker.took

    def took(topic: str, payload: bytes) -> None:
        if topic == STATE:
            said.append(msgspec.json.decode(payload)["online"])
        obeys(topic, payload)

    plant.broker.took = took
    async with following(plant) as follower:
        assert await follower.until(lambda: said == [True])
        assert await follower.until(lambda: bool(follower.items))
        plant.broker.throw_out()
        assert await follower.until(lambda: said == [True, False, True])
        assert len(follower.lost) == 1
        stale = msgspec.json.encode({"online": False, "timestamp": 1})
        plant.broker.publish(STATE, stale, retain=True)
        assert await follower.until(lambda: said == [True, False, True, True])


async def test_a_guest_says_nothing_of_itself(plant: SimulatedPlant) -> None:
    async with following(plant, state=False) as follower:
        await plant.say(1)
        assert await follower.has(["fact-1-"])
    assert state(plant) is None


async def test_every_mistake_of_the_settings_is_named() -> None:
    wrong = {
        "url": "http://broker", "host_id": "a/b", "groups": ["a", "+"], "nodes": ["edge1"],
        "metrics": {"state": {"metric": "State", "deadband": -1.0}},
    }  # fmt: skip
    with pytest.raises(SettingsError) as refused:
        await Sparkplug("line", settings_of(Sparkplug, wrong)).open()
    assert [fault.at for fault in refused.value.faults] == [
        "url", "host_id", "groups.1", "nodes.0", "metrics.state.deadband",
    ]  # fmt: skip


# -- reading ------------------------------------------------------------------------------------


async def test_a_message_nobody_can_read_is_kept_and_the_next_is_read(
    plant: SimulatedPlant,
) -> None:
    async with following(plant) as follower:
        assert await follower.until(lambda: plant.node.rebirths > 0)
        plant.broker.publish("spBv1.0/Plant1/NDATA/edge1", b"\xff\xff", most=0)
        await plant.say(1)
        assert await follower.has(["fact-1-"])
    odd = [item for item in follower.items if item.kind == "sparkplug.unreadable"]
    assert [msgspec.json.decode(one.raw)["bytes"] for one in odd] == ["//8="]


async def test_a_birth_that_somebody_retained_is_old_and_not_believed(
    plant: SimulatedPlant,
) -> None:
    topic, payload = "spBv1.0/Plant1/NDEATH/edge1", b""
    plant.broker.publish(topic, payload, retain=True)
    async with following(plant, presence="presence") as follower:
        assert await follower.until(lambda: (None, "born") in told(follower))
        await plant.say(1)
        assert await follower.has(["fact-1-"])
        assert (None, "dead") not in told(follower)


async def test_what_finds_no_room_is_made_good_by_a_birth(plant: SimulatedPlant) -> None:
    sparkplug = host(plant, waiting=20, presence="presence")
    await sparkplug.open()
    reading: Any = sparkplug.read("")
    items = [await anext(reading)]
    texts = await plant.say(2000)
    session: Any = sparkplug._reading  # pyright: ignore[reportPrivateUsage] nobody else tells
    async with asyncio.timeout(60):
        while not session.dropped:  # noqa: ASYNC110 nobody asks for the next item meanwhile
            await asyncio.sleep(0.01)
        missing = set(texts[-50:])
        while missing:
            items.append(await anext(reading))
            missing -= {text for text in missing if text.encode() in items[-1].raw}
    await reading.aclose()
    await sparkplug.close()
    assert "gap" in [msgspec.json.decode(item.raw).get("what") for item in items]
    assert plant.node.rebirths < 6, "asked for a birth now and then, not for each message"


async def test_who_dies_while_we_are_away_is_told_as_silent(plant: SimulatedPlant) -> None:
    async with following(plant, presence="presence") as follower:
        await plant.say(1)
        assert await follower.has(["fact-1-"])
        after = follower.items[-1].position or ""
    plant.node.vanish()
    async with following(plant, after, presence="presence") as follower:
        assert await follower.until(lambda: len(follower.items) == 2)
        assert told(follower) == [(None, "silent"), ("line1", "silent")]
        after = follower.items[-1].position or ""
    plant.node.connect()
    async with following(plant, after, presence="presence") as follower:
        assert await follower.has(["fact-1-"])
        assert told(follower) == [(None, "born"), ("line1", "born")]


@pytest.mark.real
async def test_a_real_node_lives_loses_and_dies(pysparkplug: PySparkplug) -> None:
    metrics = {"line": {"metric": "*", "of": "*/line1"}}
    async with following(pysparkplug, metrics=metrics) as follower:
        assert await follower.until(lambda: told(follower)[-1:] == [("line1", "born")])
        await pysparkplug.reports(("State", 1), ("State", 1), ("GoodCount", -7))
        assert await follower.until(lambda: readings(follower.items, "GoodCount") == [0, -7])
        assert readings(follower.items, "State") == [-1, 1], "no change is no news"

        await pysparkplug.does(do="lose")
        await pysparkplug.reports(("State", 2))
        assert await follower.until(lambda: readings(follower.items, "State")[-1] == 2)
        assert told(follower)[-1] == (None, "gap")

        await pysparkplug.killed()
        assert await follower.until(lambda: told(follower)[-1] == ("line1", "dead"))
        assert await follower.until(lambda: readings(follower.items, "State")[-1] == "stale")
        await pysparkplug.comes()
        assert await follower.until(lambda: readings(follower.items, "State")[-1] == 2)

        await pysparkplug.does(do="leave")  # with the bdSeq of its next session
        assert await follower.until(lambda: told(follower)[-1] == ("line1", "silent"))
    keys = [item.key for item in follower.items]
    assert len(keys) == len(set(keys))


# -- commands -----------------------------------------------------------------------------------


def recipe(value: Any, **more: Any) -> Request:
    return Request(target=LINE, body={"metrics": {"Recipe": value}, **more})


@asynccontextmanager
async def commanding(plant: SimulatedPlant, **more: Any) -> AsyncGenerator[Sparkplug]:
    sparkplug = host(plant, **more)
    await sparkplug.open()
    try:
        yield sparkplug
    finally:
        await sparkplug.close()


async def test_what_holds_already_is_not_written_again(plant: SimulatedPlant) -> None:
    async with commanding(plant) as sparkplug:
        for key in ("a", "b"):
            receipt = await sparkplug.send(recipe("R7"), key=key)
            assert receipt.body == {"confirmed": {"Recipe": "R7"}}
    assert await plant.effects() == ["R7"]


async def test_another_metric_may_prove_a_command(plant: SimulatedPlant) -> None:
    async with commanding(plant, timeout="300ms") as sparkplug:
        with pytest.raises(OutcomeUnknownError, match="has not reported"):
            await sparkplug.send(recipe("R8", confirm={"Slot/3": "made"}), key="a")
        assert await sparkplug.find(recipe("R8", confirm={"Slot/3": "made"}), key="a") is None
        plant.node.report("line1", {"Slot/3": "made"})
        assert await sparkplug.find(recipe("R8", confirm={"Slot/3": "made"}), key="a") is not None
    assert await plant.effects() == ["R8"]


async def test_a_command_nothing_proves_is_done_when_it_has_left(plant: SimulatedPlant) -> None:
    async with commanding(plant) as sparkplug:
        plant.node.mute = True
        await sparkplug.send(recipe("R9", confirm={}), key="a")
        with pytest.raises(OutcomeUnknownError, match="nothing that"):
            await sparkplug.find(recipe("R9", confirm={}), key="a")


@pytest.mark.parametrize(
    ("request_", "code", "says"),
    [
        (recipe(5), "value-invalid", "5 is no String"),
        (Request(target="edge1", body={"metrics": {}}), "address-invalid", "Write group/node"),
        (Request(target="Plant1/+/x", body={"metrics": {}}), "address-invalid", "Write group/node"),
        (Request(target=LINE, body={"Recipe": "x"}), "body-invalid", "unknown field"),
        (recipe("R", confirm={"Nope": 1}), "unknown-metric", "has no metric 'Nope'"),
    ],
)
async def test_what_cannot_be_commanded_is_refused_before_it_leaves(
    plant: SimulatedPlant, request_: Request, code: str, says: str
) -> None:
    async with commanding(plant) as sparkplug:
        with pytest.raises(RejectedError, match=says) as refused:
            await sparkplug.send(request_, key="a")
    assert refused.value.code == code
    assert await plant.effects() == []


async def test_a_node_that_is_dead_is_unavailable(plant: SimulatedPlant) -> None:
    async with commanding(plant) as sparkplug:
        await sparkplug.send(recipe("R1"), key="a")
    plant.node.die()
    async with commanding(plant, answers_within="300ms") as sparkplug:
        with pytest.raises(UnavailableError, match="Nothing was commanded"):
            await sparkplug.send(recipe("R2"), key="b")
        with pytest.raises(UnavailableError):
            await sparkplug.find(recipe("R2"), key="b")
        plant.node.connect()
        await sparkplug.send(recipe("R2"), key="b")
    assert await plant.effects() == ["R1", "R2"]


async def test_a_node_that_dies_under_a_command_leaves_its_outcome_unknown(
    plant: SimulatedPlant,
) -> None:
    async with commanding(plant) as sparkplug:
        await sparkplug.send(recipe("R1"), key="a")

        def dying(topic: str, payload: bytes) -> None:
            plant.node.mute = True
            plant.node.took(topic, payload)
            plant.broker.took = plant.node.took
            plant.broker.throw_out()

        plant.broker.took = dying
        with pytest.raises(OutcomeUnknownError):
            await sparkplug.send(recipe("R2"), key="b")
        assert await sparkplug.find(recipe("R2"), key="b") is not None
    assert await plant.effects() == ["R1", "R2"]


async def test_two_workers_command_one_line_without_throwing_each_other_out(
    plant: SimulatedPlant,
) -> None:
    async with commanding(plant) as one, commanding(plant) as other:
        for n in range(6):
            await (one, other)[n % 2].send(recipe(f"R{n}"), key=str(n))
    assert await plant.effects() == [f"R{n}" for n in range(6)]
