"""Kafka beyond the suite: gaps, topics that begin anew, new partitions, TLS, what is written."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from andon.connectors.kafka import Kafka
from andon.connectors.kafka.access import client_words
from andon.connectors.kafka.items import GAP
from andon.connectors.kafka.library import records_of
from andon.connectors.kafka.looking import Looks
from andon.connectors.kafka.simulated import Broker
from andon.connectors.kafka.simulated_log import Partition
from andon.connectors.kafka.simulator import SmallKafka
from andon.core.connector import Request
from andon.core.errors import CredentialsError, OutcomeUnknownError, SettingsError, UnavailableError
from andon.testing.conformance.trial import Follower, Trial, settings_of
from tests.contract.certificates import Certificates


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[SmallKafka]:
    one = SmallKafka()
    await one.start()
    yield one
    await one.stop()


def opened(peer: SmallKafka, **changed: Any) -> Kafka:
    return Kafka("bus", settings_of(Kafka, {**peer.settings(), **changed}))


async def read_up_to(peer: SmallKafka, count: int) -> str:
    async with Trial(Kafka, peer).following() as follower:
        assert await follower.until(lambda: len(follower.items) == count)
        return follower.items[-1].position or ""


async def test_what_retention_took_is_named_and_reading_goes_on_behind_it(peer: SmallKafka) -> None:
    await peer.say(4)
    position = await read_up_to(peer, 4)
    for _ in range(3):
        await peer.say(2)
    log = peer.broker.topics["acme.orders"][0]
    log.forget(4)
    async with Trial(Kafka, peer).following(position) as follower:
        assert await follower.until(lambda: len(follower.items) == 5)
        (gap,) = [item for item in follower.items if item.kind == GAP]
    assert msgspec.json.decode(gap.raw) == {
        "topic": "acme.orders", "partition": 0, "first": 2, "last": 3, "why": "retention passed us",
    }  # fmt: skip
    assert gap.position, "a gap is not told twice"
    async with Trial(Kafka, peer).following(gap.position) as follower:
        texts = await peer.say(2)
        assert await follower.has(texts)
        assert not [item for item in follower.items if item.kind == GAP]


async def test_a_topic_that_began_anew_is_read_again_under_new_keys(peer: SmallKafka) -> None:
    table = {**peer.settings(), "topics": {"order": {"topic": "acme.orders"}}}
    await peer.say(6)
    async with Trial(Kafka, peer).connected(table) as kafka, Follower(kafka, "") as follower:
        assert await follower.until(lambda: len(follower.items) == 6)
        known = {item.key for item in follower.items}
        position = follower.items[-1].position or ""
    peer.broker.topics["acme.orders"] = [Partition(), Partition()]
    texts = await peer.say(2)
    async with Trial(Kafka, peer).connected(table) as kafka, Follower(kafka, position) as follower:
        assert await follower.has(texts)
        assert not known & {item.key for item in follower.items}
        gaps = [msgspec.json.decode(item.raw) for item in follower.items if item.kind == GAP]
        assert [(gap["first"], gap["last"]) for gap in gaps] == [(1, 2), (1, 2)]


async def test_a_partition_that_appears_is_read_from_its_beginning(peer: SmallKafka) -> None:
    parts = peer.broker.topics["acme.orders"]
    third = parts.pop()
    await peer.say(1)
    table = {**peer.settings(), "look_every": "200ms"}
    async with Trial(Kafka, peer).connected(table) as kafka, Follower(kafka, "") as follower:
        assert await follower.until(lambda: len(follower.items) == 1)
        parts.append(third)
        texts = await peer.say(2)
        assert await follower.has(texts)
        await kafka.committed(follower.items[-1].position or "")
    assert peer.broker.committed == {
        ("andon", "acme.orders", 0): 2, ("andon", "acme.orders", 1): 1,
    }  # fmt: skip


async def test_a_new_reader_may_begin_at_the_end(peer: SmallKafka) -> None:
    await peer.say(2)
    topics = {"order": {"topic": "acme.orders", "begin": "end"}}
    table = {**peer.settings(), "topics": topics}
    async with Trial(Kafka, peer).connected(table) as kafka, Follower(kafka, "") as follower:
        assert not await follower.until(lambda: bool(follower.items), within=1)
        texts = await peer.say(2)
        assert await follower.has(texts)
        assert len(follower.items) == 2


async def test_brokers_that_went_away_are_missed_and_found_again(peer: SmallKafka) -> None:
    table = {**peer.settings(), "look_every": "200ms", "timeout": "500ms"}
    async with Trial(Kafka, peer).connected(table) as kafka, Follower(kafka, "") as follower:
        assert await follower.has(await peer.say(1))
        await peer.stop()
        assert await follower.until(lambda: bool(follower.lost))
        await peer.start()
        assert await follower.has(await peer.say(1))


async def test_a_missing_topic_is_said_and_looked_for_again(peer: SmallKafka) -> None:
    kafka = opened(peer, topics={"order": {"topic": "nowhere"}}, timeout="300ms")
    await kafka.open()
    with pytest.raises(UnavailableError, match="no topic nowhere"):
        await anext(kafka.read(""))
    with pytest.raises(SettingsError, match="no position"):
        await anext(kafka.read("17"))


@pytest.mark.parametrize("mode", ["binary", "structured"])
async def test_what_is_written_is_read_as_the_same_event(peer: SmallKafka, mode: str) -> None:
    topics = {"all": {"topic": "acme.events", "format": "cloudevents"}}
    kafka = opened(peer, mode=mode, topics=topics, source="/plants/7")
    await kafka.open()
    request = peer.request("done")
    await kafka.send(request, key="K1")
    item = await anext(items := kafka.read(""))
    await items.aclose()  # pyright: ignore[reportAttributeAccessIssue] a generator
    await kafka.close()
    event = msgspec.json.decode(item.raw)
    assert (item.kind, item.key, event["key"]) == (
        "acme.order.released", "/plants/7 K1", "production-order/erp:1001",
    )  # fmt: skip
    assert event["payload"] == {
        "specversion": "1.0", "id": "K1", "source": "/plants/7", "type": "acme.order.released",
        "subject": "production-order/erp:1001", "time": "2026-11-23T12:00:00+00:00",
        "datacontenttype": "application/json", "data": {"effect": "done"},
    }  # fmt: skip


async def test_absence_is_not_claimed_once_retention_took_what_was_there(peer: SmallKafka) -> None:
    kafka = opened(peer)
    await kafka.open()
    await kafka.send(peer.request("one"), key="K1")
    await kafka.send(peer.request("two"), key="K2")
    (log,) = [log for log in peer.broker.topics["acme.events"] if log.end]
    log.forget(1)
    try:
        with pytest.raises(OutcomeUnknownError, match="no longer holds"):
            await kafka.find(peer.request("one"), key="K1")
        assert await kafka.find(peer.request("two"), key="K2")
    finally:
        await kafka.close()


async def test_sends_that_wait_together_each_have_their_own_place(peer: SmallKafka) -> None:
    kafka = opened(peer)
    await kafka.open()
    sends = [kafka.send(peer.request(f"e{n}"), key=f"K{n}") for n in range(200)]
    receipts = await asyncio.gather(*sends)
    await kafka.close()
    assert len({receipt.reference for receipt in receipts}) == 200
    assert sorted(await peer.effects()) == sorted(f"e{n}" for n in range(200))


async def test_a_certificate_is_asked_for_and_checked(tmp_path: Path) -> None:
    made = Certificates(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.server, made.server_key)
    broker = Broker(["acme.events"], username="andon", password="line-secret", tls=context)
    await broker.start()
    table: dict[str, Any] = {
        "servers": [f"127.0.0.1:{broker.port}"], "timeout": "2s",
        "sasl": {"username": "andon", "password": "line-secret", "mechanism": "PLAIN"},
    }  # fmt: skip
    request = Request(target="acme.events", body={"type": "t", "data": {}})
    try:
        strange = Kafka("bus", settings_of(Kafka, table))
        await strange.open()
        with pytest.raises(SettingsError, match="cannot agree on TLS"):
            await strange.send(request, key="K")
        kafka = Kafka("bus", settings_of(Kafka, {**table, "tls": {"ca": str(made.authority)}}))
        await kafka.open()
        assert (await kafka.send(request, key="K")).reference
        await kafka.close()
    finally:
        await broker.stop()


async def test_a_mechanism_the_brokers_do_not_speak_is_named(peer: SmallKafka) -> None:
    access = {"username": "andon", "password": "line-secret", "mechanism": "SCRAM-SHA-256"}
    kafka = opened(peer, sasl=access)
    await kafka.open()
    with pytest.raises(CredentialsError, match="SCRAM-SHA-256"):
        await kafka.send(peer.request("none"), key="K")


async def test_many_that_are_looked_for_at_once_are_found_in_two_passes(peer: SmallKafka) -> None:
    """After a death everything that was under way is looked for; a topic is long."""
    async with Trial(Kafka, peer).connected() as kafka:
        for n in range(40):
            await kafka.send(peer.request(f"{n}"), key=f"K{n}")
        asked = [f"K{n}" for n in range(0, 60, 2)]
        before = peer.broker.fetched
        found = await asyncio.gather(*(kafka.find(peer.request("1"), key=key) for key in asked))
    assert [key for key, one in zip(asked, found, strict=True) if one is None] == asked[20:]
    assert peer.broker.fetched - before <= 4 * len(peer.broker.topics["acme.orders"])


async def test_a_look_that_nobody_waits_for_disturbs_no_other(peer: SmallKafka) -> None:
    async with Trial(Kafka, peer).connected() as kafka:
        await kafka.send(peer.request("1"), key="K1")
        looks = [asyncio.create_task(kafka.find(peer.request("1"), key=k)) for k in ("K1", "K2")]
        await asyncio.sleep(0)
        looks[1].cancel()
        assert await looks[0] is not None
        assert await kafka.find(peer.request("1"), key="K3") is None


async def test_a_close_lets_go_whoever_waits_for_this_pass_and_for_the_next() -> None:
    knocked = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        knocked.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        settings = settings_of(Kafka, {"servers": [f"127.0.0.1:{port}"], "timeout": "30 s"})
        looks = Looks("bus", settings, client_words("bus", settings))
        first = asyncio.create_task(looks("acme.orders", "K1", None))
        async with asyncio.timeout(10):
            await knocked.wait()
        second = asyncio.create_task(looks("acme.orders", "K2", None))
        await asyncio.sleep(0)
        await looks.close()
        async with asyncio.timeout(10):
            await asyncio.wait([first, second])
        assert first.cancelled()
        assert second.cancelled()


async def test_a_broker_with_a_clock_stamps_what_arrives(peer: SmallKafka) -> None:
    """Readers and those who look for something since a moment go by it."""
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    peer.broker.clock = lambda: noon
    async with Trial(Kafka, peer).connected() as kafka:
        await kafka.send(peer.request("1"), key="K1")
    partitions = [part for topic in peer.broker.topics.values() for part in topic]
    (batch,) = [batch for part in partitions for batch in part.batches]
    assert batch.newest == noon.timestamp() * 1000
    records = records_of(batch.raw)
    assert records.validate_crc()
    assert [record.timestamp for record in records] == [batch.newest]
