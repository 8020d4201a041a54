"""NATS, what the suite does not ask: the log leads, gaps are said, a lost command is found."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import msgspec
import pytest
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, StreamConfig

from andon.connectors.nats import CloudEvent, Nats, NatsSettings, Publication
from andon.connectors.nats.items import GAP
from andon.connectors.nats.simulator import NatsServer
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


class Plant(NatsServer):
    """The server, with the plant's own connection beside ours."""

    streams_there: Any

    async def open(self) -> None:
        await self.start()
        self._client = await self.plant()
        self.streams_there = cast("Any", JetStreamContext(self._client))

    async def close(self) -> None:
        await self._client.close()
        await self.stop()


@pytest.fixture
async def plant() -> AsyncIterator[Plant]:
    one = Plant()
    await one.open()
    yield one
    await one.close()


def ours(plant: Plant, **more: Any) -> Nats:
    return Nats("line", settings_of(Nats, {**plant.settings(), **more}))


async def taken(nats: Nats, count: int, after: str = "", *, commits: bool = True) -> list[Item]:
    """So many items, each committed as it comes."""
    await nats.open()
    items: list[Item] = []
    reading = nats.read(after)
    async with asyncio.timeout(60):
        async for item in reading:
            items.append(item)
            if commits and item.position:
                await nats.committed(item.position)
            if len(items) == count:
                break
    await reading.aclose()
    return items


def texts(items: list[Item]) -> list[str]:
    return [msgspec.json.decode(item.raw)["payload"]["id"] for item in items]


# -- the log leads --------------------------------------------------------------------------------


async def test_what_the_log_lost_comes_again_though_it_was_acknowledged(plant: Plant) -> None:
    said = await plant.say(5)
    first = await taken(ours(plant), 5)
    again = await taken(ours(plant), 3, first[1].position or "")
    assert texts(again) == list(said[2:])
    assert [item.key for item in again] == [item.key for item in first[2:]]


async def test_a_consumer_that_was_deleted_is_made_anew_where_the_log_stands(plant: Plant) -> None:
    said = await plant.say(3)
    first = await taken(ours(plant), 2)
    await plant.streams_there.delete_consumer("MACHINES", "andon-line")
    assert texts(await taken(ours(plant), 1, first[-1].position or "")) == [said[2]]


async def test_a_consumer_deleted_while_we_read_is_said_at_once(plant: Plant) -> None:
    await plant.say(1)
    nats = ours(plant)
    await nats.open()
    reading = nats.read("")
    await anext(reading)
    await plant.streams_there.delete_consumer("MACHINES", "andon-line")
    with pytest.raises(UnavailableError, match="Consumer Deleted"):
        await asyncio.wait_for(anext(reading), 60)


async def test_what_is_committed_is_acknowledged_and_nothing_else(plant: Plant) -> None:
    await plant.say(4)
    nats = ours(plant)
    await nats.open()
    reading = nats.read("")
    items = [await anext(reading) for _ in range(4)]
    await nats.committed(items[1].position or "")
    async with asyncio.timeout(30):
        pending = 4
        while pending != 2:
            await asyncio.sleep(0.01)
            found = await plant.streams_there.consumer_info("MACHINES", "andon-line")
            pending = found.num_ack_pending
    assert found.ack_floor.stream_seq == 2
    await reading.aclose()


async def test_reading_goes_on_under_other_subjects(plant: Plant) -> None:
    said = await plant.say(3)
    first = await taken(ours(plant), 2)
    subjects = {
        "state": {"template": "acme.berlin.{machine}.state"},
        "other": {"template": "acme.ulm.{machine}.state"},
    }
    items = await taken(ours(plant, subjects=subjects), 1, first[-1].position or "")
    assert texts(items) == [said[2]]


# -- gaps -----------------------------------------------------------------------------------------


async def test_what_retention_took_before_we_came_is_one_gap(plant: Plant) -> None:
    said = await plant.say(6)
    first = await taken(ours(plant), 2)
    await plant.streams_there.purge_stream("MACHINES", seq=5)
    missing, *rest = await taken(ours(plant), 3, first[-1].position or "")
    assert missing.kind == GAP
    assert msgspec.json.decode(missing.raw)["first"] == 3
    assert msgspec.json.decode(missing.raw)["last"] == 4
    assert texts(rest) == list(said[4:])
    assert texts(await taken(ours(plant), 2, missing.position or "")) == list(said[4:])


async def test_what_retention_takes_while_we_read_is_a_gap(plant: Plant) -> None:
    await plant.say(4)
    nats = ours(plant, in_flight=2)
    await nats.open()
    reading = nats.read("")
    items = [await anext(reading) for _ in range(2)]
    await plant.streams_there.purge_stream("MACHINES", seq=4)
    await nats.committed(items[-1].position or "")
    missing = await asyncio.wait_for(anext(reading), 60)
    assert missing.kind == GAP
    assert msgspec.json.decode(missing.raw)["first"] == 3
    assert msgspec.json.decode((await anext(reading)).raw)["sequence"] == 4
    await reading.aclose()


async def test_a_stream_that_was_made_anew_is_read_whole(plant: Plant) -> None:
    await plant.say(4)
    first = await taken(ours(plant), 4)
    await plant.streams_there.delete_stream("MACHINES")
    await plant.streams_there.add_stream(plant.streams()[0])
    said = await plant.say(2)
    missing, *rest = await taken(ours(plant), 3, first[-1].position or "")
    assert b"made anew" in missing.raw
    assert texts(rest) == list(said)
    assert not {item.key for item in rest} & {item.key for item in first}


# -- what is wrong and who mends it ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"stream": "NONE"}, "stream not found"),
        (
            {
                "subjects": {
                    "a": {"template": "acme.{rest...}"},
                    "b": {"template": "acme.berlin.{m}.state"},
                }
            },
            "overlap",
        ),
    ],
)
async def test_what_the_server_will_not_read_is_said_in_its_words(
    plant: Plant, more: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        await taken(ours(plant, **more), 1)


class Forgetful(Plant):
    """NATS without JetStream."""

    def configuration(self, folder: Any) -> str:
        return super().configuration(folder).replace("jetstream {", "# {", 1)

    def streams(self) -> tuple[()]:
        return ()


async def test_nats_without_jetstream_is_refused() -> None:
    plant = Forgetful()
    await plant.open()
    with pytest.raises(SettingsError, match="no JetStream"):
        await taken(ours(plant), 1)
    nats = ours(plant)
    with pytest.raises(SettingsError, match="no JetStream"):
        await nats.send(plant.request("x"), key="x")
    await nats.close()
    await plant.close()


class Tokens(Plant):
    """One token for everybody."""

    def configuration(self, folder: Any) -> str:
        return f'jetstream {{ store_dir: "{folder}" }}\nauthorization {{ token: line-secret }}\n'

    def access(self) -> dict[str, Any]:
        return {"token": "line-secret"}

    def plant_access(self) -> dict[str, Any]:
        return {"token": "line-secret"}


async def test_a_token_lets_us_in_and_another_does_not() -> None:
    plant = Tokens()
    await plant.open()
    said = await plant.say(1)
    assert texts(await taken(ours(plant), 1)) == list(said)
    with pytest.raises(CredentialsError) as refused:
        await taken(ours(plant, token="guessed-secret"), 1)
    assert "secret" not in str(refused.value)
    await plant.close()


async def test_where_tls_is_asked_for_no_password_is_said_without_it() -> None:
    heard = b""

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal heard
        writer.write(b'INFO {"version":"2.10.0","max_payload":1000,"auth_required":true}\r\n')
        heard += await reader.read(1000)
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    table = {"servers": [f"tls://127.0.0.1:{port}"], "username": "a", "password": "line-secret"}
    nats = Nats("line", settings_of(Nats, table))
    with pytest.raises(SettingsError, match="no TLS"):
        await nats.send(Request(target="a.b", body={}), key="k")
    server.close()
    await server.wait_closed()
    assert heard == b""


# -- sending --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "body", "expected", "says"),
    [
        ("acme.berlin.press-2.set", {}, "MACHINES", "expected stream"),
        ("nobody.listens", {}, None, "no responders"),
        ("acme.berlin.press-2.set", {"much": "x" * 2_000_000}, None, "payload"),
        ("acme.*.set", {}, None, "no subject"),
        ("$JS.API.STREAM.DELETE.MACHINES", {}, None, "no subject"),
        ("", {}, None, "no subject"),
    ],
)
async def test_what_no_stream_will_store_is_rejected(
    plant: Plant, target: str, body: Any, expected: str | None, says: str
) -> None:
    nats = ours(plant, **({"expected": expected} if expected else {}))
    with pytest.raises(RejectedError, match=says):
        await nats.send(Request(target=target, body=body), key="k")
    assert await plant.effects() == []
    await nats.close()


async def test_a_full_stream_is_tried_again_later(plant: Plant) -> None:
    await plant.streams_there.add_stream(
        StreamConfig(name="FULL", subjects=["acme.full"], max_msgs=1, discard=DiscardPolicy.NEW)
    )
    nats = ours(plant)
    await nats.send(Request(target="acme.full", body={}), key="1")
    with pytest.raises(UnavailableError, match="maximum messages"):
        await nats.send(Request(target="acme.full", body={}), key="2")
    await nats.close()


async def test_a_command_is_found_behind_others_when_its_window_is_over(plant: Plant) -> None:
    await plant.streams_there.add_stream(
        StreamConfig(name="SHORT", subjects=["acme.short"]), duplicate_window=0.1
    )
    nats = ours(plant)
    request = Request(target="acme.short", body={})
    sent = await nats.send(request, key="mine")
    for number in range(1500):
        await plant.streams_there.publish("acme.short", b"", headers={"Nats-Msg-Id": f"{number}"})
    found = await nats.find(request, key="mine")
    assert found is not None
    assert found.reference == sent.reference
    assert await nats.find(request, key="another") is None
    consumers = await plant.streams_there.consumers_info("SHORT")
    assert consumers == [], "looking leaves nothing behind"
    await nats.close()


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({"max_msgs_per_subject": 1}, "last 1 messages"),
        ({"max_msgs": 1}, "emptied"),
        ({"retention": "workqueue"}, "nobody has read"),
    ],
)
async def test_absence_is_not_claimed_where_the_stream_forgets(
    plant: Plant, config: dict[str, Any], why: str
) -> None:
    await plant.streams_there.add_stream(name="SHORT", subjects=["acme.short"], **config)
    nats = ours(plant)
    request = Request(target="acme.short", body={})
    for key in ("1", "2"):
        await nats.send(request, key=key)
    assert await nats.find(request, key="2") is not None
    with pytest.raises(OutcomeUnknownError, match=why):
        await nats.find(request, key="lost")
    await nats.close()


async def test_what_was_emptied_long_ago_does_not_hide_a_young_command(plant: Plant) -> None:
    await plant.streams_there.add_stream(name="SHORT", subjects=["acme.short"], max_msgs=2)
    settings: NatsSettings = ours(plant).settings
    nats = Nats("line", msgspec.structs.replace(settings, looks_back=timedelta(0)))
    for key in ("1", "2", "3"):
        await nats.send(Request(target="acme.short", body={}), key=key)
    assert await nats.find(Request(target="acme.short", body={}), key="lost") is None
    await nats.close()


@pytest.mark.parametrize("mode", ["structured", "binary"])
async def test_a_cloud_event_goes_through_a_stream(plant: Plant, mode: str) -> None:
    out = ours(plant, mode=mode, source="/andon")
    event = CloudEvent(type="acme.said", subject="Größe 100 %", data={"v": 1})
    await out.send(Request(target="acme.berlin.press-2.state", body=event), key="k-1")
    await out.close()
    subjects = {"any": {"template": "acme.{site}.{machine}.state", "format": "cloudevents"}}
    (item,) = await taken(ours(plant, subjects=subjects), 1)
    assert item.kind == "acme.said"
    assert item.key == "/andon k-1"
    assert msgspec.json.decode(item.raw)["subject"] == "Größe 100 %"
    assert msgspec.json.decode(item.raw)["data"] == {"v": 1}


@pytest.mark.parametrize("mode", ["plain", "structured"])
async def test_a_publication_is_stored_once_and_read_as_a_cloud_event(
    plant: Plant, mode: str
) -> None:
    request = publishes(Publication(type(RELEASED), connection="line", target="acme.{type}"))
    await plant.streams_there.add_stream(name="EVENTS", subjects=[f"acme.{RELEASED.TYPE}"])
    nats = ours(plant, mode=mode, source="/plant-7")
    sent = await nats.send(request, key="k-1")
    again = await nats.send(request, key="k-1")
    found = await nats.find(request, key="k-1")
    await nats.close()
    assert found is not None
    assert (again.reference, found.reference) == (sent.reference, sent.reference)
    assert (await plant.streams_there.stream_info("EVENTS")).state.messages == 1
    events = {"any": {"template": "acme.{type...}", "format": "cloudevents"}}
    (item,) = await taken(ours(plant, stream="EVENTS", subjects=events), 1)
    assert msgspec.json.decode(item.raw) == AS_READ
