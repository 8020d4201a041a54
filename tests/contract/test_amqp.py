"""RabbitMQ, what the suite does not ask: a killed node, dead letters, limits, rights, hosts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiormq
import msgspec
import pytest

from andon.connectors.amqp import Amqp, CloudEvent, Publication
from andon.connectors.amqp.simulator import Rabbit
from andon.core.connector import Item, Request
from andon.core.errors import (
    CredentialsError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)
from andon.testing.conformance.trial import settings_of
from tests.contract.publishing import AS_READ, RELEASED, publishes
from tests.contract.real.amqp import RabbitTls

STATE = {"queue": "states", "key": "/id"}


@pytest.fixture
async def plant() -> AsyncIterator[Rabbit]:
    """Empty queues."""
    one = Rabbit()
    await one.start()
    connection = await one.plant()
    channel = await connection.channel()
    for queue in ("states", "setpoints", "dead", "short"):
        await channel.queue_purge(queue)
    await connection.close()
    yield one
    await one.stop()


def ours(plant: Rabbit, **more: Any) -> Amqp:
    return Amqp("line", settings_of(Amqp, {**plant.settings(), **more}))


async def taken(amqp: Amqp, count: int) -> list[Item]:
    """So many items, each committed as it comes."""
    await amqp.open()
    items: list[Item] = []
    reading = amqp.read("")
    async with asyncio.timeout(60):
        async for item in reading:
            items.append(item)
            if item.position:
                await amqp.committed(item.position)
            if len(items) == count:
                break
    await reading.aclose()
    return items


def texts(items: list[Item]) -> list[str]:
    return [msgspec.json.decode(item.raw)["payload"]["id"] for item in items]


async def until_ready(plant: Rabbit, queue: str, count: int) -> None:
    """So many messages wait for a reader."""
    connection = await plant.plant()
    channel = await connection.channel()
    async with asyncio.timeout(60):
        found = None
        while found != count:
            await asyncio.sleep(0.01)
            found = (await channel.queue_declare(queue, passive=True)).message_count
    await connection.close()


# -- reading --------------------------------------------------------------------------------------


async def test_no_more_is_on_its_way_than_was_asked_for(plant: Rabbit) -> None:
    await plant.say(500)
    amqp = ours(plant, in_flight=50)
    await amqp.open()
    reading = amqp.read("")
    items = [await anext(reading) for _ in range(50)]
    waiting = asyncio.ensure_future(anext(reading))
    await until_ready(plant, "states", 450)
    assert not waiting.done()
    await amqp.committed(items[9].position or "")
    await asyncio.wait_for(waiting, 60)
    await until_ready(plant, "states", 440)
    await reading.aclose()


async def test_what_was_not_committed_comes_again_under_its_key(plant: Rabbit) -> None:
    said = await plant.say(4)
    amqp = ours(plant)
    await amqp.open()
    reading = amqp.read("")
    first = [await anext(reading) for _ in range(4)]
    await amqp.committed(first[1].position or "")
    await reading.aclose()
    again = await taken(ours(plant), 2)
    assert sorted(texts(again)) == sorted(said[2:])
    assert {item.key for item in again} == {item.key for item in first[2:]}
    assert {item.raw for item in again} == {item.raw for item in first[2:]}


async def test_a_queue_that_goes_away_while_we_read_is_said_at_once(plant: Rabbit) -> None:
    connection = await plant.plant()
    channel = await connection.channel()
    await channel.queue_delete("short")
    await channel.queue_declare("short", durable=True)
    messages = {"any": {"queue": "short"}}
    amqp = ours(plant, messages=messages)
    await amqp.open()
    reading = amqp.read("")
    await channel.basic_publish(b"{}", routing_key="short")
    await asyncio.wait_for(anext(reading), 60)
    await channel.queue_delete("short")
    with pytest.raises(UnavailableError, match="short"):
        await asyncio.wait_for(anext(reading), 60)
    limits: dict[str, Any] = {"x-max-length": 1, "x-overflow": "reject-publish"}
    await channel.queue_declare("short", durable=True, arguments=limits)
    await channel.queue_bind("short", "acme", "acme.short")
    await connection.close()


async def test_a_dead_letter_says_why_it_died(plant: Rabbit) -> None:
    said = await plant.say(1)
    connection = await plant.plant()
    channel = await connection.channel()
    message = await channel.basic_get("states")
    await channel.basic_reject(message.delivery_tag or 0, requeue=False)
    (item,) = await taken(ours(plant, messages={"dead": {"queue": "dead"}}), 1)
    document = msgspec.json.decode(item.raw)
    assert document["payload"]["id"] == said[0]
    assert document["headers"]["x-death"][0]["reason"] == "rejected"
    assert document["headers"]["x-death"][0]["queue"] == "states"
    await connection.close()


async def test_two_queues_are_read_at_once(plant: Rabbit) -> None:
    await plant.say(2)
    connection = await plant.plant()
    channel = await connection.channel()
    await channel.basic_publish(b"{}", routing_key="dead")
    kinds = {"state": STATE, "dead": {"queue": "dead"}}
    items = await taken(ours(plant, messages=kinds), 3)
    assert sorted(item.kind for item in items) == ["dead", "state", "state"]
    await connection.close()


@pytest.mark.parametrize(
    ("queue", "says"), [("missing", "NOT_FOUND"), ("setpoints", "ACCESS_REFUSED")]
)
async def test_a_queue_that_is_not_ours_is_said_in_the_words_of_the_broker(
    plant: Rabbit, queue: str, says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        await taken(ours(plant, messages={"x": {"queue": queue}}), 1)


@pytest.mark.parametrize(
    ("vhost", "error"), [("office", CredentialsError), ("nowhere", SettingsError)]
)
async def test_a_virtual_host_that_is_not_ours_or_not_there(
    plant: Rabbit, vhost: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match=vhost):
        await taken(ours(plant, vhost=vhost), 1)


async def test_a_server_that_is_away_is_passed_over(plant: Rabbit) -> None:
    said = await plant.say(1)
    servers = ["amqp://127.0.0.1:9", *plant.settings()["servers"]]
    assert texts(await taken(ours(plant, servers=servers), 1)) == list(said)


# -- sending --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("acme/nobody.wants.this", "NO_ROUTE"),
        ("/no-such-queue", "NO_ROUTE"),
        ("nowhere/x", "NOT_FOUND|ACCESS_REFUSED"),
        ("forbidden/x", "ACCESS_REFUSED"),
    ],
)
async def test_what_no_queue_takes_is_rejected_in_the_words_of_the_broker(
    plant: Rabbit, target: str, says: str
) -> None:
    amqp = ours(plant)
    for _ in range(2):  # the channel that was closed for it is not used again
        with pytest.raises(RejectedError, match=says):
            await amqp.send(Request(target=target, body={}), key="k")
    await amqp.send(plant.request("after"), key="after")
    assert await plant.effects() == ["after"]
    await amqp.close()


async def test_a_refusal_is_not_taken_for_that_of_a_neighbour(plant: Rabbit) -> None:
    amqp = ours(plant)
    refused = [Request(target="forbidden/x", body={}) for _ in range(20)]
    right = [plant.request(f"e{n}") for n in range(20)]
    both = [request for pair in zip(refused, right, strict=True) for request in pair]
    outcomes = await asyncio.gather(
        *(amqp.send(request, key=f"k{n}") for n, request in enumerate(both)),
        return_exceptions=True,
    )
    assert all(isinstance(outcome, RejectedError) for outcome in outcomes[::2])
    assert not any(isinstance(outcome, BaseException) for outcome in outcomes[1::2])
    assert sorted(await plant.effects()) == sorted(f"e{n}" for n in range(20))
    await amqp.close()


async def test_a_full_queue_leaves_the_outcome_open(plant: Rabbit) -> None:
    amqp = ours(plant)
    await amqp.send(Request(target="acme/acme.short", body={}), key="1")
    await until_ready(plant, "short", 1)
    with pytest.raises(OutcomeUnknownError, match="refused"):
        await amqp.send(Request(target="acme/acme.short", body={}), key="2")
    await amqp.close()


async def test_a_command_carries_its_key_and_outlives_the_broker(plant: Rabbit) -> None:
    amqp = ours(plant)
    await amqp.send(Request(target="/short", body={"v": 1}), key="order-7")
    connection = await plant.plant()
    channel = await connection.channel()
    message = await channel.basic_get("short", no_ack=True)
    said = message.header.properties
    assert (said.message_id, said.delivery_mode, said.content_type) == (
        "order-7", 2, "application/json",
    )  # fmt: skip
    await connection.close()
    await amqp.close()


@pytest.mark.parametrize("mode", ["structured", "binary"])
async def test_a_cloud_event_goes_through_a_queue(plant: Rabbit, mode: str) -> None:
    out = ours(plant, mode=mode, source="/andon")
    event = CloudEvent(type="acme.said", subject="Größe 100 %", data={"v": 1})
    await out.send(Request(target="/dead", body=event), key="k-1")
    await out.close()
    dead = {"any": {"queue": "dead", "format": "cloudevents"}}
    (item,) = await taken(ours(plant, messages=dead), 1)
    assert item.kind == "acme.said"
    assert item.key == "/andon k-1"
    assert msgspec.json.decode(item.raw)["subject"] == "Größe 100 %"
    assert msgspec.json.decode(item.raw)["data"] == {"v": 1}


@pytest.mark.parametrize("mode", ["plain", "structured"])
async def test_a_publication_is_read_as_a_cloud_event_and_a_repeat_is_known_by_its_id(
    plant: Rabbit, mode: str
) -> None:
    request = publishes(Publication(type(RELEASED), connection="line", target="acme/events.{type}"))
    connection = await plant.plant()
    channel = await connection.channel()
    await channel.queue_bind("dead", "acme", "events.andon.production.#")
    amqp = ours(plant, mode=mode, source="/plant-7")
    for _ in range(2):  # the broker takes both: it does not know our key
        await amqp.send(request, key="k-1")
    await amqp.close()
    await channel.queue_unbind("dead", "acme", "events.andon.production.#")
    await connection.close()
    dead = {"any": {"queue": "dead", "format": "cloudevents"}}
    items = await taken(ours(plant, messages=dead), 2)
    assert [msgspec.json.decode(item.raw) for item in items] == [AS_READ, AS_READ]
    assert {item.key for item in items} == {"/plant-7 k-1"}


# -- a killed node --------------------------------------------------------------------------------


@pytest.fixture
async def killable() -> AsyncIterator[RabbitTls]:
    """A node of its own."""
    one = RabbitTls()
    await one.start()
    connection = await one.plant()
    await (await connection.channel()).queue_purge("states")
    await connection.close()
    yield one
    await one.stop()


async def test_a_node_that_was_killed_has_everything_that_was_not_committed(
    killable: RabbitTls,
) -> None:
    said = await killable.say(6)
    amqp = Amqp("line", settings_of(Amqp, killable.settings()))
    await amqp.open()
    reading = amqp.read("")
    first = [await anext(reading) for _ in range(6)]
    await amqp.committed(first[1].position or "")
    await asyncio.to_thread(killable.node().kill)
    with pytest.raises(UnavailableError):
        await asyncio.wait_for(anext(reading), 60)
    await asyncio.to_thread(killable.node().start)
    keys = {text: item.key for text, item in zip(texts(first), first, strict=True)}
    owed = set(said[2:])
    async with asyncio.timeout(60), contextlib.aclosing(amqp.read("")) as again:
        while owed:  # an acknowledgment it had no time to write down is a repeat, and welcome
            item = await anext(again)
            (text,) = texts([item])
            assert keys[text] == item.key
            owed.discard(text)


async def test_a_connection_of_the_library_is_not_kept_open_by_a_refusal(plant: Rabbit) -> None:
    amqp = ours(plant, password="guessed")
    with pytest.raises(CredentialsError) as refused:
        await amqp.send(plant.request("x"), key="x")
    assert "guessed" not in str(refused.value)
    assert isinstance(refused.value.__cause__, aiormq.AMQPError)
    await amqp.close()
