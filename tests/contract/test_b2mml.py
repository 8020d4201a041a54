"""B2MML between two systems: answers awaited, answers given, by file and by HTTP."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from andon.connectors._folders.names import stamp
from andon.connectors.b2mml import B2mml, B2mmlSettings
from andon.connectors.b2mml.floor import REFUSAL
from andon.connectors.b2mml.reading import looked_through
from andon.connectors.b2mml.simulator import Calling, Listening, PlantBFolder, order
from andon.core.connector import Acknowledge, Item, Offer, Offered, Push, Request
from andon.core.counterpart import Counterpart
from andon.core.errors import (
    MappingError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
)
from andon.core.filling import filled
from andon.testing.conformance.trial import Plain
from tests.contract.exchange import Recording, inside
from tests.unit.connectors.b2mml.documents import bod, request

AWAITED = {"answers": "awaited", "timeout": "2 s"}


def made(peer: Counterpart, **more: Any) -> B2mml:
    found = filled(B2mmlSettings, {**peer.settings(), **more}, at="t", references=Plain())
    assert not isinstance(found, list), found
    return B2mml("mes", found)


@asynccontextmanager
async def opened(peer: Counterpart, **more: Any) -> AsyncGenerator[B2mml]:
    await peer.start()
    one = made(peer, **more)
    await one.open()
    try:
        yield one
    finally:
        await one.close()
        await peer.stop()


class Quiet(PlantBFolder):
    """Without the file that lies there from the beginning."""

    async def start(self) -> None:
        self._said = self._said or 1
        await super().start()

    async def stop(self) -> None:
        """Its files are looked at afterwards."""


@asynccontextmanager
async def working(floor: PlantBFolder) -> AsyncGenerator[None]:
    """The MES looks into its folder again and again."""

    async def look() -> None:
        while True:
            floor.work()
            await asyncio.sleep(0.02)

    task = asyncio.create_task(look())
    try:
        yield
    finally:
        task.cancel()


def said(item: Item) -> dict[str, Any]:
    return msgspec.json.decode(item.raw)


async def test_a_command_whose_answer_is_awaited_is_done_once_it_is_accepted() -> None:
    floor = Quiet()
    async with opened(floor, **AWAITED) as mes, Recording(mes, "") as follower, working(floor):
        receipt = await mes.send(order("1001"), key="1")
        assert receipt.body["acknowledged"] == "Accepted"
        assert await mes.find(order("1001"), key="1") == receipt
        again = await mes.send(order("1001"), key="1")
        assert again.reference == receipt.reference
        assert await follower.until(lambda: bool(follower.items))
    assert floor.floor.done == ["1001"]
    assert said(follower.items[0])["verdict"] == {"code": "Accepted"}


async def test_a_rejected_order_is_refused_in_their_words_now_and_when_it_is_looked_for() -> None:
    floor = Quiet()
    async with opened(floor, **AWAITED) as mes, Recording(mes, ""), working(floor):
        with pytest.raises(RejectedError, match=REFUSAL) as raised:
            await mes.send(order("nowhere"), key="1")
        assert raised.value.code == "Rejected"
        with pytest.raises(RejectedError, match=REFUSAL):
            await mes.find(order("nowhere"), key="1")


def long_order(name: str) -> Request:
    """So long that its note does not hold it."""
    text = " ".join(sha256(b"%d" % n).hexdigest() for n in range(30))
    made = order(name)
    schedule = made.body["OperationsSchedule"]
    fields = {"ID": name, "Description": text, **schedule["OperationsRequest"][0]}
    body = {"OperationsSchedule": {**schedule, "OperationsRequest": [fields]}}
    return msgspec.structs.replace(made, body=body)


@pytest.mark.parametrize("asked", [order("1001"), long_order("1001")], ids=["short", "long"])
async def test_a_modified_order_shows_each_difference_and_is_not_what_was_asked(
    asked: Request,
) -> None:
    floor = Quiet()
    floor.floor.least = 20
    async with opened(floor, **AWAITED) as mes, Recording(mes, "") as follower, working(floor):
        with pytest.raises(RejectedError, match="QuantityString: 10 became 20") as raised:
            await mes.send(asked, key="1")
        assert raised.value.code == "Modified"
        assert await follower.until(lambda: bool(follower.items))
    (changed,) = said(follower.items[0])["verdict"]["changed"]
    assert (changed["sent"], changed["answered"]) == ("10", "20")


async def test_without_an_answer_the_outcome_is_unknown_until_it_comes() -> None:
    floor = Quiet()
    async with opened(floor, **AWAITED) as mes, Recording(mes, "") as follower:
        with pytest.raises(OutcomeUnknownError, match="no answer has come yet"):
            await mes.send(order("1001"), key="1")
        with pytest.raises(OutcomeUnknownError, match="no answer has come yet"):
            await mes.find(order("1001"), key="1")
        assert await mes.find(order("1002"), key="2") is None
        floor.work()
        assert await follower.until(lambda: bool(follower.items))
        receipt = await mes.find(order("1001"), key="1")
    assert receipt is not None
    assert receipt.body["acknowledged"] == "Accepted"


def spoil_long(sent: Path) -> None:
    (sent / f"{stamp('1')}.xml").write_bytes(b"\xff<half")


def spoil_short(sent: Path) -> None:
    assert not [*sent.glob("*.xml")]
    note = sent / stamp("1")
    text = str(note.readlink())
    note.unlink()
    note.symlink_to(text[: len(text) // 2])


@pytest.mark.parametrize(
    ("asked", "spoil"),
    [(order("1001"), spoil_short), (long_order("1001"), spoil_long)],
    ids=["short", "long"],
)
async def test_notes_that_were_spoiled_or_are_half_written_stop_nobody(
    asked: Request, spoil: Callable[[Path], None]
) -> None:
    floor = Quiet()
    async with opened(floor, **AWAITED) as mes, Recording(mes, "") as follower:
        with pytest.raises(OutcomeUnknownError):
            await mes.send(asked, key="1")
        spoil(floor.root / ".sent")
        (floor.root / ".sent" / f"{stamp('1')}.answer").write_bytes(b'{"code":"Acc')
        with pytest.raises(OutcomeUnknownError, match="no answer has come yet"):
            await mes.find(order("1001"), key="1")
        floor.work()
        assert await follower.until(lambda: bool(follower.items))
        assert await mes.find(order("1001"), key="1") is not None


def decided(verb: str, name: str, amount: int = 10) -> Request:
    return msgspec.structs.replace(order(name, amount), target=f"{verb}OperationsSchedule")


async def test_a_change_and_a_cancellation_are_taken_before_the_order_is_begun_and_not_after() -> (
    None
):
    floor = Quiet()
    mes = floor.floor
    async with opened(floor, **AWAITED) as sink, Recording(sink, ""), working(floor):
        await sink.send(order("1"), key="1")
        await sink.send(order("2"), key="2")
        changed = await sink.send(decided("Change", "1", 7), key="3")
        cancelled = await sink.send(decided("Cancel", "2"), key="4")
        assert changed.body["acknowledged"] == cancelled.body["acknowledged"] == "Accepted"
        assert (mes.wanted("1").quantity, mes.states["2"]) == (7, "cancelled")
        assert mes.begin("2") is None
        assert mes.begin("1") is not None
        for request, says in (
            (decided("Change", "1", 8), "order 1 is being made as 7 of PUMP"),
            (decided("Cancel", "1"), "order 1 is being made"),
            (decided("Change", "2"), "order 2 is cancelled"),
            (decided("Cancel", "3"), "there is no order 3 here"),
            (order("1", 9), "order 1 exists as 7 of PUMP"),
        ):
            with pytest.raises(RejectedError, match=says) as raised:
                await sink.send(request, key=f"{says}/{request.target}")
            assert str(raised.value).count(says) == 1
        await sink.send(order("1", 7), key="5")  # as it is known: nothing new
        await sink.send(order("2"), key="6")  # taken off the floor before: taken anew
    assert mes.done == ["1", "2", "2"]
    assert mes.states == {"1": "running", "2": "waiting"}


async def test_another_process_that_reads_the_answers_lets_the_sender_know() -> None:
    floor = Quiet()
    async with opened(floor, **AWAITED) as sender, working(floor):
        reader = made(floor, **AWAITED)
        await reader.open()
        async with Recording(reader, ""):
            receipt = await sender.send(order("1001"), key="1")
        await reader.close()
    assert receipt.body["acknowledged"] == "Accepted"


def theirs(floor: PlantBFolder, name: str, document: bytes) -> None:
    floor.next_in(name, document)


async def test_what_they_send_is_answered_once_it_is_recorded_and_not_before() -> None:
    floor = Quiet()
    document = bod("Process", "OperationsSchedule", "<ID>S</ID>" + request("7"), wants="Always")
    async with opened(floor) as mes:
        theirs(floor, "order", document)
        items = mes.read("")
        item = await anext(items)
        await asyncio.sleep(0.2)
        assert inside(floor, "out") == []
        await mes.committed(item.position or "")
        waiting = asyncio.ensure_future(anext(items))
        async with asyncio.timeout(60):
            while not inside(floor, "archive"):  # noqa: ASYNC110 a folder signals nothing
                await asyncio.sleep(0.02)
        waiting.cancel()
        assert inside(floor, "out") == ["AcknowledgeOperationsSchedule-000001.xml"]
    answer = floor.root / "out" / "AcknowledgeOperationsSchedule-000001.xml"
    with answer.open("rb") as file:
        about = looked_through(file)
    assert about.answers == "B-1"
    assert [one.code for one in about.criteria] == ["Accepted"]


async def test_a_kill_between_commit_and_answer_loses_no_answer_and_gives_none_twice() -> None:
    floor = Quiet()
    document = bod("Process", "OperationsSchedule", "<ID>S</ID>" + request("7"), wants="Always")
    theirs(floor, "order", document)
    async with opened(floor) as mes:
        items = mes.read("")
        position = (await anext(items)).position or ""  # committed, and killed before the answer
    for _ in range(2):
        async with opened(floor) as mes, Recording(mes, position) as follower:
            assert await follower.until(lambda: bool(inside(floor, "archive")))
    assert inside(floor, "out") == ["AcknowledgeOperationsSchedule-000001.xml"]


async def test_a_document_that_breaks_the_schema_is_rejected_and_its_sender_is_told() -> None:
    floor = Quiet()
    document = bod("Process", "MaterialLot", "<Lot>7</Lot>", wants="OnError")
    async with opened(floor, incoming_schema="refuse") as mes, Recording(mes, "") as follower:
        theirs(floor, "lot", document)
        assert await follower.until(lambda: bool(inside(floor, "rejected")))
        assert await follower.until(lambda: bool(inside(floor, "out")))
    assert follower.items[0].kind == "file.fault"
    assert "DataArea/MaterialLot" in said(follower.items[0])["says"]
    (name,) = inside(floor, "out")
    with (floor.root / "out" / name).open("rb") as file:
        about = looked_through(file)
    assert [one.code for one in about.criteria] == ["Rejected"]
    assert "MaterialLot" in about.criteria[0].says


async def test_by_http_the_answer_comes_in_the_same_breath() -> None:
    plant = Listening()
    async with opened(plant) as mes:
        receipt = await mes.send(order("1001"), key="1")
        assert receipt.body == {"status": 200, "acknowledged": "Accepted"}
        plant.floor.least = 20
        with pytest.raises(RejectedError, match="10 became 20") as raised:
            await mes.send(order("1002"), key="2")
        assert raised.value.code == "Modified"
        plant.silent = True
        quiet = await mes.send(order("1003"), key="3")
    assert quiet.body == {"status": 202}


async def test_by_http_what_they_show_must_be_what_was_sent() -> None:
    plant = Listening()
    async with opened(plant) as mes:
        await plant.lose_answer()
        with pytest.raises(OutcomeUnknownError):
            await mes.send(order("1001"), key="1")
        assert (await mes.find(order("1001"), key="1")) is not None
        assert (await mes.find(order("1001", 11), key="1")) is None
        plant.silent = True
        with pytest.raises(OutcomeUnknownError, match="does not show"):
            await mes.find(order("1001"), key="1")


def test_what_is_posted_is_answered_in_the_same_breath_and_what_is_bad_says_where() -> None:
    mes = made(Calling())
    (push,) = [door for door in mes.doors() if isinstance(door, Push)]
    ((arrival, _),) = Calling().arrivals(1)
    document = bod("Process", "OperationsSchedule", "<ID>S</ID>" + request("7"), wants="Always")
    asking = msgspec.structs.replace(arrival, body=document)
    assert push.answers is not None
    assert b"AcknowledgeOperationsSchedule" in push.answers(asking)
    assert push.answers(arrival) == b""
    assert [one.kind for one in push.items(asking)] == ["OperationsRequest"]
    with pytest.raises(MappingError, match="to its end"):
        push.items(Calling().bad_arrival())


def test_schedules_are_fetched_and_acknowledged_one_by_one() -> None:
    plant = Calling()
    mes = made(plant)
    (offer,) = [door for door in mes.doors() if isinstance(door, Offer)]
    (hears,) = [door for door in mes.doors() if isinstance(door, Acknowledge)]
    offered = [Offered("k1", order("1")), Offered("k2", order("2"))]
    shown = offer.render(plant.ask(), offered)
    assert shown.count(b"<OperationsRequest>") == 2
    assert offer.render(plant.ask(), []) == b""
    assert offer.withholds(offered[0]) is None
    cancel = msgspec.structs.replace(order("1"), target="CancelOperationsSchedule")
    assert "fetch schedules" in (offer.withholds(Offered("k", cancel)) or "")
    bad = msgspec.structs.replace(order("1"), body={"OperationsSchedule": {"ID": "S"}})
    assert "breaks the schema" in (offer.withholds(Offered("k", bad)) or "")
    assert hears.read(plant.acknowledge("1")).names == "1"
    rejected = plant.acknowledge("1")
    words = rejected.body.replace(b">/<", b">no such route<").replace(b"Accepted", b"Rejected")
    heard = hears.read(msgspec.structs.replace(rejected, body=words))
    assert heard.refused == "Rejected: no such route"
    with pytest.raises(MappingError, match="with one OperationsRequest"):
        hears.read(plant.arrivals(1)[0][0])


async def test_every_mistake_in_the_settings_is_told_at_once() -> None:
    mes = B2mml(
        "mes",
        B2mmlSettings(url="ftp://x", fetched="schedules", posted="a b", answers="awaited"),
    )
    with pytest.raises(SettingsError) as raised:
        await mes.open()
    places = [fault.at.rpartition(".")[2] for fault in raised.value.faults]
    assert places == ["url", "fetched", "posted", "fetched", "answers"]
    with pytest.raises(SettingsError, match="name one"):
        await B2mml("mes", B2mmlSettings()).open()
