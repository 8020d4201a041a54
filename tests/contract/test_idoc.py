"""IDocs between a simulated SAP and the connector, where the conformance suite does not look."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from andon.connectors.idoc import Idoc
from andon.connectors.idoc.simulated.sap import PARTNERS
from andon.connectors.idoc.simulator import SapAddress, SapFolder, SapSftp, confirmation
from andon.connectors.idoc.writing import docnum_of
from andon.core.connector import Item
from andon.core.errors import (
    MappingError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)
from andon.testing.conformance.trial import Follower, settings_of

Simulated = SapAddress | SapFolder | SapSftp


@asynccontextmanager
async def connected(sap: Simulated, **changed: Any) -> AsyncIterator[Idoc]:
    await sap.start()
    idoc = Idoc("erp", settings_of(Idoc, {**sap.settings(), **changed}))
    try:
        await idoc.open()
        yield idoc
    finally:
        await idoc.close()
        await sap.stop()


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not so():  # noqa: ASYNC110 no event tells it
            await asyncio.sleep(0.01)


async def test_all_mistakes_in_the_settings_are_said_at_once() -> None:
    table = {
        "url": "ftp://sap",
        "client": "1",
        "sender": {"port": "A-PORT-TOO-LONG", "number": ""},
        "time_zone": "Mars/Base",
        "posted": "idocs",
        "audit": "await",
        "timeout": "10 ms",
    }
    with pytest.raises(SettingsError) as caught:
        await Idoc("erp", settings_of(Idoc, table)).open()
    said = {fault.at.removeprefix("connections.erp.") for fault in caught.value.faults}
    assert said == {
        "url",
        "client",
        "sender.port",
        "sender.number",
        "receiver",
        "time_zone",
        "posted",
        "audit",
        "timeout",
    }


async def test_what_aleaud_says_in_a_file_is_the_outcome() -> None:
    sap = SapSftp()
    async with connected(sap, audit="await", timeout="5 s") as idoc:
        sending = asyncio.ensure_future(idoc.send(confirmation("good"), key="k1"))
        await until(lambda: bool(list((sap.root / "out").glob("*.xml"))))
        sap.work()
        receipt = await sending
        assert receipt.reference == "0000000001"
        assert receipt.body["status"] == "53"
        refused = confirmation("bad", "000000000007")
        sending = asyncio.ensure_future(idoc.send(refused, key="k2"))
        await until(lambda: len(list((sap.root / "out").glob("*.xml"))) == 2)
        sap.work()
        with pytest.raises(RejectedError, match="000000000007 does not exist") as caught:
            await sending
        assert caught.value.code == "SIM/051"
        with pytest.raises(RejectedError):
            await idoc.find(refused, key="k2")


async def test_without_an_audit_the_outcome_is_unknown_until_it_comes() -> None:
    sap = SapAddress()
    sap.silent = True
    async with connected(sap, timeout="1 s") as idoc:
        with pytest.raises(OutcomeUnknownError, match=docnum_of("k1")):
            await idoc.send(confirmation("x"), key="k1")
        with pytest.raises(OutcomeUnknownError):
            await idoc.find(confirmation("x"), key="k1")
        assert sap.sap.done == ["x"]
        sap.silent = False
        await idoc.send(confirmation("y"), key="k2")
        assert await idoc.find(confirmation("z"), key="k3") is None


async def test_an_audit_that_was_read_and_archived_is_still_known() -> None:
    sap = SapAddress()
    async with connected(sap) as idoc:
        await idoc.send(confirmation("x"), key="k1")
        items: list[Item] = []
        async with Follower(idoc, "") as follower:
            await follower.until(lambda: bool(follower.items))
            items += follower.items
            await follower.committed(items[-1].position or "")
            await until(lambda: bool(list((sap.root / "archive").glob("*.xml"))))
        assert items[0].kind == "ALEAUD"
        other = Idoc("erp2", settings_of(Idoc, sap.settings()))
        await other.open()
        found = await other.find(confirmation("x"), key="k1")
        await other.close()
        assert found is not None
        assert found.reference == "0000000001"


async def test_a_post_that_never_left_is_not_there() -> None:
    sap = SapAddress()
    async with connected(sap) as idoc:
        await sap.stop()
        with pytest.raises(UnavailableError):
            await idoc.send(confirmation("x"), key="k1")
        assert await idoc.find(confirmation("x"), key="k1") is None


async def test_without_a_folder_a_lost_answer_cannot_be_found_out_and_that_is_said() -> None:
    sap = SapAddress()
    async with connected(sap, folder="", audit="none") as idoc:
        await idoc.send(confirmation("x"), key="k1")
        with pytest.raises(SettingsError, match="folder"):
            await idoc.find(confirmation("x"), key="k1")


async def test_what_does_not_fit_is_refused_before_anything_is_sent() -> None:
    sap = SapAddress()
    async with connected(sap) as idoc:
        with pytest.raises(MappingError) as caught:
            await idoc.send(confirmation("x", ""), key="k1")
        assert caught.value.faults[0].at == "/E1CONF3/0/AUFNR"
        assert sap.sap.idocs == []


@pytest.mark.parametrize(("says", "status"), [("ALEAUD", "50"), ("STATUS", "39")])
async def test_sap_is_told_of_a_file_that_is_recorded_before_it_is_put_away(
    says: str, status: str
) -> None:
    sap = SapSftp()
    async with connected(sap, acknowledge=says) as idoc:
        await sap.say(4)  # two files of two orders
        async with Follower(idoc, "") as follower:
            await follower.until(lambda: len(follower.items) == 8)
            positions = [item.position or "" for item in follower.items]
            sap.work()
            assert sap.sap.told == {}
            await follower.committed(positions[3])
            await until(lambda: len(list((sap.root / "archive").glob("*.xml"))) == 1)
            sap.work()
            assert list(sap.sap.told.values()) == [status] * 2
            await follower.committed(positions[-1])
            await until(lambda: len(list((sap.root / "archive").glob("*.xml"))) == 2)
            sap.work()
            assert list(sap.sap.told.values()) == [status] * 4
            assert all(len(number) == 16 for number in sap.sap.told)


async def test_who_was_killed_before_telling_tells_afterwards() -> None:
    sap = SapFolder()
    async with connected(sap) as idoc:
        await sap.say(1)
        async with Follower(idoc, "") as follower:
            await follower.until(lambda: len(follower.items) == 4)
            position = follower.items[-1].position or ""
        assert len(list((sap.root / "in" / ".taken" / "erp").glob("*"))) == 2
        table = {**sap.settings(), **PARTNERS, "acknowledge": "ALEAUD"}
        again = Idoc("erp", settings_of(Idoc, table))
        await again.open()
        async with Follower(again, position):
            await until(lambda: len(list((sap.root / "archive").glob("*.xml"))) == 2)
        await again.close()
        sap.work()
        assert len(sap.sap.told) == 2


async def test_the_same_file_twice_is_the_same_fact() -> None:
    sap = SapFolder()
    async with connected(sap) as idoc:
        document = sap.sap.orders_document(["once"])
        sap.next_in("loipro", document)
        sap.next_in("loipro", document)
        async with Follower(idoc, "") as follower:
            await follower.until(lambda: len(follower.holding("once")) == 4)
            keys = [item.key for item in follower.holding("once")]
        assert len(set(keys)) == 2


async def test_a_file_that_breaks_off_gives_what_is_whole_and_is_rejected() -> None:
    sap = SapFolder()
    async with connected(sap) as idoc:
        sap.next_in("loipro", sap.sap.orders_document(["whole", "torn"])[:-200])
        async with Follower(idoc, "") as follower:
            await follower.until(lambda: any(item.kind == "file.fault" for item in follower.items))
            assert len(follower.holding("whole")) == 3  # document, header, and the torn file
            await follower.committed(follower.items[-1].position or "")
            await until(lambda: bool(list((sap.root / "rejected").glob("*.reason.txt"))))
