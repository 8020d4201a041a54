"""Held lots between Andon and a MES: told once, in spite of lost answers, halves and kills."""

import asyncio
from typing import Any

import msgspec
import pytest

from andon.connectors.b2mml import B2mmlSettings
from andon.connectors.b2mml.orders import allow_use, stop_use
from andon.connectors.b2mml.simulator import PlantBFolder
from andon.core.connector import Request
from andon.core.errors import OutcomeUnknownError, RejectedError
from andon.core.mapping import Known
from andon.model.holding import AllowUse, StopUse, Usage
from tests.contract.exchange import Recording, inside
from tests.contract.test_b2mml import AWAITED, Quiet, made, opened, working
from tests.integration.plant import until

KNOWN = Known(B2mmlSettings(folder="/x"), local="L7")


def stop(usage: Usage | None = None) -> Request:
    return stop_use.writes(StopUse(lot_id="L7", reason="a crack", usage=usage), KNOWN)


ALLOW = allow_use.writes(AllowUse(lot_id="L7"), KNOWN)


def changes(floor: PlantBFolder) -> list[Any]:
    return [(one["Status"], one["Disposition"]) for one in floor.floor.aside.changed]


async def test_a_lot_is_set_aside_until_it_may_be_used_and_each_word_is_confirmed() -> None:
    floor = Quiet()
    async with opened(floor, **AWAITED) as mes, Recording(mes, "") as follower, working(floor):
        with pytest.raises(RejectedError, match="lot L7 is not set aside"):
            await mes.send(stop("rework"), key="early")
        receipt = await mes.send(stop(), key="1")
        assert receipt.body["acknowledged"] == "Accepted"
        assert floor.floor.aside.refuses("L7") == (
            "Lot L7 is set aside (a crack). Take another one."
        )
        assert floor.floor.aside.refuses("L8") is None
        await mes.send(stop("rework"), key="2")
        assert floor.floor.aside.refuses("L7") is not None
        await mes.send(ALLOW, key="3")
        assert floor.floor.aside.refuses("L7") is None
        await mes.send(ALLOW, key="4")  # as it stands: nothing new
        assert await follower.until(lambda: len(follower.items) == 5)
    assert {one.kind for one in follower.items} == {"ConfirmBOD"}
    assert changes(floor) == [
        ("blocked", "Restricted"),
        ("rework", "Restricted"),
        ("released", "UnRestricted"),
    ]


async def test_a_word_whose_sender_was_killed_before_its_answer_is_found_and_done_once() -> None:
    floor = Quiet()
    async with opened(floor, **AWAITED) as killed:
        with pytest.raises(OutcomeUnknownError):
            await killed.send(stop(), key="1")
    floor.work()
    again = made(floor, **AWAITED)
    await again.open()
    try:
        async with Recording(again, "") as follower:
            assert await follower.until(lambda: bool(follower.items))
            found = await again.find(stop(), key="1")
            assert found is not None
            assert await again.send(stop(), key="1") == found
            assert await again.find(ALLOW, key="2") is None
    finally:
        await again.close()
    floor.work()
    assert inside(floor, "out") == ["SyncMaterialLot-000001.xml"]
    assert changes(floor) == [("blocked", "Restricted")]


async def test_an_answer_that_is_half_written_counts_once_it_is_whole() -> None:
    floor = Quiet()
    settings = {**AWAITED, "timeout": "30 s", "settle": "200 ms"}
    async with opened(floor, **settings) as mes, Recording(mes, "") as follower:
        sending = asyncio.create_task(mes.send(stop(), key="1"))
        found: list[bytes] = []
        await until(lambda: bool(found.extend(floor.new_out()) or found))
        (document,) = found
        answer = floor.floor.take(document)
        assert answer is not None
        half = len(answer.content) // 2
        floor.write_in_place("ConfirmBOD-1.xml", answer.content[:half])
        await asyncio.sleep(0.05)
        assert not sending.done()
        floor.write_in_place("ConfirmBOD-1.xml", answer.content[half:], more=True)
        assert (await sending).body["acknowledged"] == "Accepted"
        assert await follower.until(lambda: bool(follower.items))
    assert [one.kind for one in follower.items] == ["ConfirmBOD"]


async def test_a_document_that_comes_again_under_its_id_sets_nothing_aside_again() -> None:
    floor = Quiet()
    async with opened(floor, **AWAITED) as mes, Recording(mes, ""), working(floor):
        await mes.send(stop(), key="1")
        await mes.send(ALLOW, key="2")
    first, *_ = [one.read_bytes() for one in sorted((floor.root / "out").glob("*.xml"))]
    assert floor.floor.take(first) is not None
    assert floor.floor.aside.refuses("L7") is None


def test_what_says_nothing_of_its_disposition_or_that_it_is_no_more_frees_nothing() -> None:
    floor = PlantBFolder().floor
    floor.aside.put({"ID": "L7", "Disposition": "Restricted"})
    assert floor.aside.refuses("L7") == (
        "Lot L7 is set aside (no reason was said). Take another one."
    )
    floor.aside.put({"ID": "L7", "Status": "in process"})
    assert floor.aside.refuses("L7") is not None
    floor.free("L7")
    assert floor.aside.refuses("L7") is None
    assert msgspec.json.encode(floor.aside.changed[-1]) == (
        b'{"ID":"L7","Status":"released","Disposition":"UnRestricted"}'
    )
