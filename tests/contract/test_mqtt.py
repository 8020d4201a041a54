"""MQTT on mosquitto, what the suite does not ask: readers that share, and whom TLS lets in."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiomqtt
import msgspec
import pytest

from andon.connectors.mqtt import Mqtt
from andon.core.errors import SettingsError
from andon.testing.conformance.trial import settings_of
from tests.contract.certificates import Authority
from tests.contract.cutting import CuttingWire
from tests.contract.mosquitto import Mosquitto
from tests.contract.real.mqtt import MosquittoTls

pytestmark = pytest.mark.real
PASSWORDS = {"andon": "line-secret", "machine": "machine-secret"}
STATE = "acme/{site}/{machine}/state"
TOPIC = "acme/berlin/press-2/state"
WITHIN = 30


class Reader:
    """One Andon's reading, over a wire of its own. What it takes is in its log at once, unless it
    does not commit."""

    def __init__(self, client_id: str, broker: Mosquitto, *, commits: bool, **more: Any) -> None:
        self.client_id = client_id
        self.texts: list[str] = []
        self.retained: list[str] = []
        self.looks = 0
        self.commits = commits
        self._wire = CuttingWire()
        self._broker = broker
        self._more = more

    async def begin(self) -> None:
        await self._wire.open(self._broker.port)
        table = {
            "url": f"mqtt://127.0.0.1:{self._wire.port}",
            "username": "andon",
            "password": PASSWORDS["andon"],
            "client_id": self.client_id,
            "topics": {"state": {"template": STATE, "key": "/id"}},
            **self._more,
        }
        self._mqtt = Mqtt("line", settings_of(Mqtt, table))
        await self._mqtt.open()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for item in self._mqtt.read(""):
            said = msgspec.json.decode(item.raw)
            name = said["payload"]["id"]
            if name.startswith("look"):
                self.looks += 1
            else:
                self.texts.append(name)
            if said["retained"]:
                self.retained.append(name)
            if self.commits:
                await self._mqtt.committed(item.position or "")

    def looked_at(self) -> None:
        """Raises what its reading raised."""
        if self._reading.done():
            self._reading.result()

    async def die(self) -> None:
        """As by kill -9: the connection is gone, and nothing was said before."""
        await self._wire.close()
        await self._end()

    async def leave(self) -> None:
        """As Andon stops."""
        await self._end()
        await self._wire.close()

    async def _end(self) -> None:
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        await self._mqtt.close()


class Plant:
    """A broker, a machine that speaks, and whoever reads it."""

    def __init__(self) -> None:
        self.broker = Mosquitto(PASSWORDS)
        self._numbers = itertools.count(1)
        self._readers: list[Reader] = []

    async def close(self) -> None:
        for reader in self._readers:
            await reader.leave()
        await self.broker.stop()

    async def reads(self, client_id: str, *, commits: bool = True, **more: Any) -> Reader:
        """One who begins; it may not have subscribed yet."""
        reader = Reader(client_id, self.broker, commits=commits, **more)
        await reader.begin()
        self._readers.append(reader)
        return reader

    async def die(self, reader: Reader) -> None:
        self._readers.remove(reader)
        await reader.die()

    async def leave(self, reader: Reader) -> None:
        self._readers.remove(reader)
        await reader.leave()

    async def say(self, count: int, word: str = "state", *, retain: bool = False) -> list[str]:
        names = [f"{word}-{next(self._numbers)}" for _ in range(count)]
        async with self.client("press-2") as machine:
            for name in names:
                body = msgspec.json.encode({"id": name})
                await machine.publish(TOPIC, body, qos=1, retain=retain)
        return names

    def client(self, identity: str) -> aiomqtt.Client:
        """The machine, or whoever else comes from outside."""
        return aiomqtt.Client(
            "127.0.0.1",
            self.broker.port,
            username="machine",
            password=PASSWORDS["machine"],
            identifier=identity,
        )

    async def look(self, *readers: Reader) -> None:
        """Each has subscribed, and has taken all that was meant for it until now: the broker sends
        in order, and each was sent something later."""
        before = [one.looks for one in readers]
        async with asyncio.timeout(WITHIN):
            while any(one.looks == looks for one, looks in zip(readers, before, strict=True)):
                await self.say(len(readers), "look")
                await asyncio.sleep(0.02)
                for one in readers:
                    one.looked_at()

    async def arrived(self, said: Sequence[str], *readers: Reader) -> None:
        """All of it came, to one or another, and nothing more is under way."""
        ends = asyncio.get_running_loop().time() + WITHIN
        while missing := set(said) - {text for one in readers for text in one.texts}:
            assert asyncio.get_running_loop().time() < ends, f"never read: {sorted(missing)}"
            for one in readers:
                one.looked_at()
            await asyncio.sleep(0.01)
        await self.look(*readers)


@pytest.fixture
async def plant() -> AsyncIterator[Plant]:
    one = Plant()
    await one.broker.start()
    yield one
    await one.close()


# -- sharing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_each_message_goes_to_one_reader_of_a_share_and_to_all_outside(
    plant: Plant, version: str
) -> None:
    one = await plant.reads("one", share="line", version=version)
    other = await plant.reads("other", share="line", version=version)
    outside = await plant.reads("outside", version=version)
    elsewhere = await plant.reads("elsewhere", share="board", version=version)
    await plant.look(one, other, outside, elsewhere)
    said = await plant.say(60)
    await plant.arrived(said, one, other)
    await plant.arrived(said, outside)
    await plant.arrived(said, elsewhere)
    assert sorted(one.texts + other.texts) == sorted(said), "each once between them"
    assert one.texts
    assert other.texts
    assert outside.texts == said
    assert elsewhere.texts == said, "another share is another reader"


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_what_a_killed_reader_had_not_committed_waits_for_it(
    plant: Plant, version: str
) -> None:
    stays = await plant.reads("stays", share="line", version=version)
    killed = await plant.reads("killed", share="line", version=version)
    await plant.look(stays, killed)
    killed.commits = False
    first = await plant.say(20)
    await plant.arrived(first, stays, killed)
    held = killed.texts
    assert held
    await plant.die(killed)
    second = await plant.say(20)
    await plant.look(stays)
    assert not set(held) & set(stays.texts), "mosquitto keeps them for the reader that had them"
    assert set(second) - set(stays.texts), "its part of what came since waits for it, too"
    back = await plant.reads("killed", share="line", version=version)
    await plant.arrived([*first, *second], stays, back)
    assert set(held) <= set(back.texts)
    assert sorted(stays.texts + back.texts) == sorted([*first, *second])


async def test_a_reader_that_stops_finds_its_part_when_it_is_back(plant: Plant) -> None:
    stays = await plant.reads("stays", share="line")
    stops = await plant.reads("stops", share="line")
    await plant.look(stays, stops)
    await plant.leave(stops)
    said = await plant.say(20)
    back = await plant.reads("stops", share="line")
    await plant.arrived(said, stays, back)
    assert sorted(stays.texts + back.texts) == sorted(said)
    assert back.texts


async def test_what_waits_for_a_reader_is_lost_when_its_session_ends(plant: Plant) -> None:
    """MQTT 5 would have it passed to another reader (4.8.2); mosquitto 2 does not."""
    stays = await plant.reads("stays", share="line")
    gone = await plant.reads("gone", share="line")
    await plant.look(stays, gone)
    gone.commits = False
    await plant.arrived(await plant.say(20), stays, gone)
    held = set(gone.texts)
    await plant.die(gone)
    async with plant.client("gone"):
        pass  # a clean start under its name
    later = await plant.say(20)
    await plant.arrived(later, stays)
    assert held
    assert not held & set(stays.texts)
    assert set(later) <= set(stays.texts), "who is left gets everything that comes now"


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_a_share_brings_nothing_that_was_retained(plant: Plant, version: str) -> None:
    (kept,) = await plant.say(1, retain=True)
    outside = await plant.reads("outside", version=version)
    sharing = await plant.reads("sharing", share="line", version=version)
    await plant.arrived([kept], outside)
    await plant.look(sharing)
    assert outside.retained == [kept]
    assert sharing.texts == []


async def test_a_reader_that_begins_to_share_gets_only_its_part_from_then_on(plant: Plant) -> None:
    alone = await plant.reads("one")
    await plant.look(alone)
    await plant.leave(alone)
    one = await plant.reads("one", share="line")
    other = await plant.reads("other", share="line")
    await plant.look(one, other)
    said = await plant.say(20)
    await plant.arrived(said, one, other)
    assert sorted(one.texts + other.texts) == sorted(said)


@pytest.mark.parametrize("share", ["", "plant/line", "line+", "#"])
async def test_a_share_with_an_odd_name_is_refused(share: str) -> None:
    table = {"url": "mqtt://127.0.0.1:9", "share": share, "topics": {"a": {"template": "x/{y}"}}}
    with pytest.raises(SettingsError) as refused:
        await Mqtt("line", settings_of(Mqtt, table)).open()
    assert [fault.at for fault in refused.value.faults] == ["share"]


@pytest.mark.parametrize(
    ("other", "meets"),
    [
        ("acme/{site}/press/state", True),
        ("{any}/berlin/{rest...}", True),
        ("acme/{site}/{machine}/state/{rest...}", True),
        ("acme/{rest...}", True),
        ("acme/{a}/{b}/state", False),  # the same filter: subscribed to once
        ("acme/{site}/{machine}/order", False),
        ("acme/{site}/state", False),
        ("umh/{rest...}", False),
    ],
)
async def test_topics_of_which_one_message_fits_two_cannot_be_shared(
    other: str, *, meets: bool
) -> None:
    topics = {"state": {"template": STATE}, "other": {"template": other}}
    table = {"url": "mqtt://127.0.0.1:9", "topics": topics}
    await Mqtt("line", settings_of(Mqtt, table)).open()
    faults = Mqtt("line", settings_of(Mqtt, {**table, "share": "line"})).faults()
    assert [fault.at for fault in faults] == (["topics.other.template"] if meets else [])


# -- TLS ------------------------------------------------------------------------------------------


@pytest.fixture
async def behind_tls() -> AsyncIterator[MosquittoTls]:
    one = MosquittoTls()
    await one.start()
    yield one
    await one.stop()


async def sent(broker: MosquittoTls, keys: Sequence[str], **more: Any) -> None:
    mqtt = Mqtt("line", settings_of(Mqtt, {**broker.settings(), **more}))
    await mqtt.open()
    try:
        for key in keys:
            await mqtt.send(broker.request(key), key=key)
    finally:
        await mqtt.close()


async def effects(broker: MosquittoTls, count: int) -> Sequence[str]:
    async with asyncio.timeout(WITHIN):
        while len(found := await broker.effects()) < count:
            pass
    return found


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_what_is_sent_over_tls_is_done_once_for_each_key(
    behind_tls: MosquittoTls, version: str
) -> None:
    keys = [f"k{n}" for n in range(20)]
    await sent(behind_tls, keys, version=version)
    assert await effects(behind_tls, 20) == keys


async def test_a_broker_that_another_authority_vouches_for_is_told_nothing(
    behind_tls: MosquittoTls, tmp_path: Path
) -> None:
    stranger = str(Authority(tmp_path).ca)
    with pytest.raises(SettingsError, match=r"nobody vouches for.*ca_file") as refused:
        await sent(behind_tls, ["never"], ca_file=stranger)
    assert "secret" not in str(refused.value)
    reading = Mqtt("line", settings_of(Mqtt, {**behind_tls.settings(), "ca_file": stranger}))
    await reading.open()
    with pytest.raises(SettingsError, match="nobody vouches for"):
        await anext(reading.read(""))
    await reading.close()
    await sent(behind_tls, ["then"])
    assert await effects(behind_tls, 1) == ["then"]


async def test_a_broker_under_another_name_than_its_certificate_says_is_told_nothing(
    behind_tls: MosquittoTls,
) -> None:
    elsewhere = behind_tls.settings()["url"].replace("127.0.0.1", "localhost")
    with pytest.raises(SettingsError, match="mismatch"):
        await sent(behind_tls, ["never"], url=elsewhere)
    assert await effects(behind_tls, 0) == []


async def test_a_file_that_holds_no_authority_is_named(
    behind_tls: MosquittoTls, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    with pytest.raises(SettingsError, match=r"empty\.pem cannot be used for TLS"):
        await sent(behind_tls, ["never"], ca_file=str(empty))
