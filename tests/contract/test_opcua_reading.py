"""Reading a machine: what is told, what was missed, what the server makes of our wishes."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from andon.connectors.opcua import OpcUa
from andon.connectors.opcua.simulator import Press
from andon.core.errors import SettingsError
from andon.testing.conformance.trial import Follower, settings_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

HERE = "nsu=http://acme.example/press;s="


def opcua(
    press: Press, node: str, *, keep: str = "10min", says_lost: bool = False, **group: Any
) -> OpcUa:
    nodes = {node: {"ids": [HERE + node], **group}}
    table = {**press.settings(), "nodes": nodes, "keep_for": keep, "gaps": "gap"}
    table["says_lost"] = says_lost
    return OpcUa("press", settings_of(OpcUa, table))


def values(follower: Follower) -> list[Any]:
    read = [msgspec.json.decode(item.raw) for item in follower.items if item.kind != "gap"]
    return [one["value"] for one in read]


def gaps(follower: Follower) -> list[str]:
    return [json.loads(one.raw)["reason"] for one in follower.items if one.kind == "gap"]


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def no_subscription_of_other_tests(press: Press) -> AsyncIterator[None]:
    await press.machine.forget()
    yield


async def test_a_variable_without_history_loses_nothing_while_we_are_away(press: Press) -> None:
    connector = opcua(press, "pieces")
    async with Follower(connector, "") as follower:
        await press.machine.set("pieces", 1)
        assert await follower.until(lambda: 1 in values(follower))
        after = follower.items[-1].position or ""
    for count in range(2, 30):
        await press.machine.set("pieces", count)
    async with Follower(opcua(press, "pieces"), after) as follower:
        assert await follower.until(lambda: 29 in values(follower))
    assert values(follower) == list(range(2, 30))
    assert not gaps(follower)


async def test_a_broken_line_loses_nothing_and_is_one_transient_error(press: Press) -> None:
    async with Follower(opcua(press, "pieces"), "") as follower:
        await press.machine.set("pieces", 100)
        assert await follower.until(lambda: 100 in values(follower))
        press.machine.cut()
        for count in range(101, 110):
            await press.machine.set("pieces", count)
        assert await follower.until(lambda: 109 in values(follower))
    assert values(follower)[-10:] == list(range(100, 110))
    assert len(follower.lost) == 1
    assert not gaps(follower)


async def test_what_was_told_and_not_committed_is_told_again(press: Press) -> None:
    connector = opcua(press, "pieces")
    async with Follower(connector, "") as follower:
        assert await follower.until(lambda: bool(follower.items))
        for count in (200, 201, 202):
            await press.machine.set("pieces", count)
            assert await follower.until(lambda count=count: count in values(follower))
        after = next(one.position for one in follower.items if b":200," in one.raw) or ""
    async with Follower(connector, after) as follower:
        assert await follower.until(lambda: 202 in values(follower))
    assert values(follower) == [201, 202]


async def test_only_what_is_committed_is_acknowledged(press: Press) -> None:
    connector = opcua(press, "pieces")
    async with Follower(connector, "") as follower:
        for count in (300, 301, 302):
            await press.machine.set("pieces", count)
            assert await follower.until(lambda count=count: count in values(follower))
        told = max(press.machine.held())
        assert told >= 3
        await follower.committed(follower.items[-1].position or "")
        await press.machine.set("pieces", 303)
        assert await follower.until(lambda: 303 in values(follower))
        await press.machine.set("pieces", 304)
        assert await follower.until(lambda: max(press.machine.held()) <= 2)


async def test_a_server_that_hands_over_and_stays_silent_is_begun_anew(press: Press) -> None:
    connector = opcua(press, "pieces")
    async with Follower(connector, "") as follower:
        await press.machine.set("pieces", 250)
        assert await follower.until(lambda: 250 in values(follower))
        after = follower.items[-1].position or ""
    press.machine.hand_over(well=False)
    try:
        async with Follower(connector, after) as follower:
            await press.machine.set("pieces", 251)
            assert await follower.until(lambda: 251 in values(follower))
            after = follower.items[-1].position or ""
        assert 1 <= len(follower.lost) <= 2
        async with Follower(connector, after) as follower:
            await press.machine.set("pieces", 252)
            assert await follower.until(lambda: 252 in values(follower))
        assert not follower.lost
    finally:
        press.machine.hand_over(well=True)


async def test_a_gap_nobody_can_fill_is_said(press: Press) -> None:
    async with Follower(opcua(press, "pieces"), "") as follower:
        await press.machine.set("pieces", 400)
        assert await follower.until(lambda: 400 in values(follower))
        after = follower.items[-1].position or ""
    await press.machine.forget()
    await press.machine.set("pieces", 401)
    await press.machine.set("pieces", 402)
    async with Follower(opcua(press, "pieces"), after) as follower:
        assert await follower.until(lambda: 402 in values(follower))
    assert gaps(follower) == ["reading began anew"]


async def test_a_history_fills_what_the_server_no_longer_holds(press: Press) -> None:
    async with Follower(opcua(press, "state", since=datetime.now(UTC)), "") as follower:
        await press.machine.set("state", "A1")
        assert await follower.until(lambda: "A1" in values(follower))
        after = follower.items[-1].position or ""
    await press.machine.forget()
    for n in range(2, 2_500):
        await press.machine.set("state", f"A{n}")
    async with Follower(opcua(press, "state"), after) as follower:
        assert await follower.until(lambda: "A2499" in values(follower))
    assert [one for one in values(follower) if one != "A1"] == [f"A{n}" for n in range(2, 2_500)]
    assert not gaps(follower)


async def test_every_value_of_a_history_is_read_though_the_queue_is_short(press: Press) -> None:
    connector = opcua(press, "state", history="every", since=datetime.now(UTC), queue=1)
    async with Follower(connector, "") as follower:
        await press.machine.set("state", "B0")
        assert await follower.until(lambda: "B0" in values(follower))
        for n in range(1, 50):
            await press.machine.set("state", f"B{n}")
        assert await follower.until(lambda: "B49" in values(follower))
    assert values(follower) == [f"B{n}" for n in range(50)]


async def test_a_queue_that_ran_over_is_filled_from_the_history(press: Press) -> None:
    connector = opcua(press, "state", queue=2, since=datetime.now(UTC))
    async with Follower(connector, "") as follower:
        await press.machine.set("state", "C0")
        assert await follower.until(lambda: "C0" in values(follower))
        for n in range(1, 50):
            await press.machine.set("state", f"C{n}")
        assert await follower.until(lambda: "C49" in values(follower))
    once = list(dict.fromkeys((one.key, json.loads(one.raw)["value"]) for one in follower.items))
    assert [value for _, value in once if value[0] == "C"] == [f"C{n}" for n in range(50)]
    assert not gaps(follower)


async def test_a_queue_that_ran_over_without_history_is_a_gap(press: Press) -> None:
    async with Follower(opcua(press, "pieces", queue=2), "") as follower:
        assert await follower.until(lambda: bool(follower.items))
        for n in range(500, 520):
            await press.machine.set("pieces", n)
        assert await follower.until(lambda: 519 in values(follower))
        assert await follower.until(lambda: bool(gaps(follower)))
    assert gaps(follower) == ["the server's queue ran over"]
    assert len([one for one in values(follower) if one >= 500]) < 20


async def test_a_deadband_in_percent_is_of_the_range(press: Press) -> None:
    await press.machine.set("force", 20.0)
    async with Follower(opcua(press, "force", deadband_percent=5), "") as follower:
        assert await follower.until(lambda: bool(follower.items))
        for force in (25.0, 29.0, 60.0):
            await press.machine.set("force", force)
        assert await follower.until(lambda: 60.0 in values(follower))
    assert values(follower) == [20.0, 60.0]
    with pytest.raises(SettingsError, match=r"pieces.*BadMonitoredItemFilterUnsupported"):
        await anext(opcua(press, "pieces", deadband_percent=5).read(""))


async def test_a_change_within_the_deadband_is_none(press: Press) -> None:
    await press.machine.set("force", 10.0)
    async with Follower(opcua(press, "force", deadband=0.5), "") as follower:
        assert await follower.until(lambda: bool(follower.items))
        for force in (10.2, 10.4, 12.0):
            await press.machine.set("force", force)
        assert await follower.until(lambda: 12.0 in values(follower))
    assert values(follower) == [10.0, 12.0]


async def test_the_same_value_at_another_time_is_news_where_that_is_asked(press: Press) -> None:
    async with Follower(opcua(press, "force", report="timestamp"), "") as follower:
        assert await follower.until(lambda: bool(follower.items))
        for _ in range(3):
            await press.machine.set("force", 7.5)
        assert await follower.until(lambda: values(follower).count(7.5) >= 3)
    assert len({one.key for one in follower.items}) == len(follower.items)


async def test_what_the_server_revises_can_be_seen(press: Press) -> None:
    connector = opcua(press, "pieces", sample_every="10ms", queue=1_000_000)
    async with Follower(connector, "") as follower:
        assert await follower.until(lambda: bool(follower.items))
        assert connector.revised == {HERE + "pieces": (50.0, 10_000)}


async def test_odd_values_are_said_as_they_are(press: Press) -> None:
    async with Follower(opcua(press, "force"), "") as follower:
        await press.machine.set("force", float("nan"))
        assert await follower.until(lambda: "nan" in values(follower))
        await press.machine.set("force", float("-inf"))
        assert await follower.until(lambda: "-inf" in values(follower))
        await press.machine.set("force", 1.5, status="BadSensorFailure")
        assert await follower.until(lambda: b"BadSensorFailure" in follower.items[-1].raw)
    async with Follower(opcua(press, "curve"), "") as follower:
        await press.machine.set("curve", [1.25, float("inf")])
        assert await follower.until(lambda: [1.25, "inf"] in values(follower))
        await press.machine.set("curve", [float(n) + 0.125 for n in range(200_000)])
        assert await follower.until(lambda: b"sha256" in follower.items[-1].raw)
        assert len(follower.items[-1].raw) < 1_000


async def test_a_clock_set_back_loses_nothing(press: Press) -> None:
    async with Follower(opcua(press, "pieces"), "") as follower:
        await press.machine.set("pieces", 600)
        assert await follower.until(lambda: 600 in values(follower))
        back = datetime.now(UTC) - timedelta(hours=1)
        await press.machine.set("pieces", 601, at=back)
        assert await follower.until(lambda: 601 in values(follower))


@pytest.mark.parametrize(
    ("node", "group", "says"),
    [
        ("nothing", {}, r"nodes\.nothing\.ids\.0: .*BadNodeIdUnknown"),
        ("force", {"history": "every"}, "has no history we may read"),
    ],
)
async def test_what_cannot_be_watched_is_named(
    press: Press, node: str, group: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        await anext(opcua(press, node, **group).read(""))


async def test_a_namespace_the_server_does_not_know_is_named(press: Press) -> None:
    table = {**press.settings(), "nodes": {"x": {"ids": ["nsu=http://other.example;s=x"]}}}
    connector = OpcUa("press", settings_of(OpcUa, table))
    with pytest.raises(SettingsError, match=r"knows no namespace http://other\.example"):
        await anext(connector.read(""))


async def test_a_lost_server_is_said_once_and_what_did_not_change_is_said_anew(
    press: Press,
) -> None:
    connector = opcua(press, "pieces", says_lost=True)
    async with Follower(connector, "") as follower:
        await press.machine.set("pieces", 500)
        assert await follower.until(lambda: 500 in values(follower))
        for times in (1, 2):
            await press.stop()
            assert await follower.until(lambda times=times: values(follower).count(None) == times)
            assert follower.items[-1].position
            await press.start()
            heals = [500] * (times + 1)
            assert await follower.until(
                lambda heals=heals: [one for one in values(follower) if one == 500] == heals
            )
        await press.machine.set("pieces", 501)
        assert await follower.until(lambda: 501 in values(follower))
    assert values(follower)[-6:] == [500, None, 500, None, 500, 501]
    keys = [item.key for item in follower.items if item.kind != "gap"]
    assert len(keys) == len(set(keys))
