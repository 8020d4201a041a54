"""Job control of OPC 10031-4: jobs are stored and started, their states come as items."""

import tomllib

import msgspec
import pytest

from andon.connectors.opcua import OpcUa
from andon.connectors.opcua.browsing import found_below
from andon.connectors.opcua.browsing import settings_of as offered
from andon.connectors.opcua.jobmapping import job_progress
from andon.connectors.opcua.session import Session
from andon.connectors.opcua.simulator import Press
from andon.core.connector import Item, Request
from andon.core.errors import OutcomeUnknownError, RejectedError
from andon.core.mapping import Known
from andon.model.production import OperationConfirmed, OrderStarted
from andon.testing.conformance.trial import Follower, settings_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

PRESS = "nsu=http://acme.example/press;s="
RECEIVER = f"{PRESS}jobs"


def job(id: str, **more: object) -> dict[str, object]:
    numbers = {"ID": "OrderNumbers", "Value": {"type": "String", "value": [f"PA-{id}"]}}
    return {"JobOrderID": id, "JobOrderParameters": [numbers], **more}


def asked(method: str, **body: object) -> Request:
    return Request(target=f"job {RECEIVER} {method}", body=body)


def opcua(press: Press) -> OpcUa:
    table = {**press.settings(), "nodes": {}, "jobs": {"job": RECEIVER}}
    return OpcUa("press", settings_of(OpcUa, table))


def states(items: list[Item], id: str) -> list[str]:
    read = [msgspec.json.decode(item.raw) for item in items]
    return [one["state"] for one in read if one.get("job_id") == id]


async def test_a_job_is_stored_started_and_followed_to_its_end(press: Press) -> None:
    connector = opcua(press)
    shop = press.machine.jobs
    async with Follower(connector, "") as follower:
        receipt = await connector.send(asked("Store", job=job("J1"), comment="late"), key="k")
        assert receipt.reference == "J1"
        assert await follower.until(lambda: states(follower.items, "J1") == ["NotAllowedToStart"])
        await connector.send(asked("Start", job_id="J1"), key="k")
        assert await follower.until(lambda: "AllowedToStart" in states(follower.items, "J1"))
        await shop.advance("J1", "Running")
        assert await follower.until(lambda: "Running" in states(follower.items, "J1"))
        await shop.advance("J1", "Ended", GoodQuantity=5)
        assert await follower.until(lambda: "Ended" in states(follower.items, "J1"))
        await connector.send(asked("Clear", job_id="J1"), key="k")
        assert await follower.until(lambda: states(follower.items, "J1")[-1] == "Removed")
    await connector.close()
    first = msgspec.json.decode(follower.items[0].raw)
    assert first["order_numbers"] == ["PA-J1"]
    assert first["job"]["JobOrderID"] == "J1"


async def test_what_a_job_made_is_told_by_the_provider_of_responses(press: Press) -> None:
    connector, shop = opcua(press), press.machine.jobs
    table = {**press.settings(), "nodes": {}, "jobs": {"result": f"{PRESS}results"}}
    reading = OpcUa("press", settings_of(OpcUa, table))
    await connector.send(asked("StoreAndStart", job=job("J0")), key="k")
    progress = job_progress("result", unit="pcs", equipment="press-2")
    async with Follower(reading, "") as follower:
        await shop.advance("J0", "Running")
        assert await follower.until(lambda: states(follower.items, "J0") == ["Running"])
        await shop.advance("J0", "Ended", GoodQuantity=5, ProducedQuantity=6)
        assert await follower.until(lambda: states(follower.items, "J0") == ["Running", "Ended"])
    running, ended = (one for one in follower.items if b'"J0"' in one.raw)
    (started,) = progress.reads(running, Known(reading.settings))
    assert isinstance(started, OrderStarted)
    assert started.order_id == "PA-J0"
    (confirmed,) = progress.reads(ended, Known(reading.settings, running.raw))
    assert isinstance(confirmed, OperationConfirmed)
    assert (str(confirmed.good), str(confirmed.scrap)) == ("5 pcs", "1 pcs")
    assert confirmed.started_at is not None
    assert confirmed.completed_at is not None
    await connector.send(asked("Clear", job_id="J0"), key="k")
    await connector.close()


async def test_what_a_machine_offers_is_printed_as_settings(press: Press) -> None:
    settings = settings_of(OpcUa, press.settings())
    session = Session("press", settings)
    await session.open()
    found = [one async for one in found_below(session, "", 100)]
    few = [one async for one in found_below(session, f"{PRESS}press", 2)]
    await session.close()
    table = tomllib.loads(offered("press", press.machine.url, found))["connections"]["press"]
    assert table["nodes"]["press.state"] == {"ids": [f"{PRESS}state"]}
    assert table["jobs"] == {"press.jobs": RECEIVER, "press.results": f"{PRESS}results"}
    assert {one.path: (one.history, one.writable) for one in found if not one.jobs}[
        "press/state"
    ] == (True, False)
    assert len(few) < len(found)
    chosen = {**press.settings(), **table, "url": press.machine.url}
    connector = OpcUa("press", settings_of(OpcUa, chosen))
    async with Follower(connector, "") as follower:
        assert await follower.until(lambda: len({one.kind for one in follower.items}) >= 6)


async def test_what_a_receiver_refuses_is_said_in_the_words_of_the_standard(press: Press) -> None:
    connector = opcua(press)
    await connector.send(asked("StoreAndStart", job=job("J2")), key="k")
    with pytest.raises(RejectedError, match="cannot be accepted"):
        await connector.send(asked("Store", job=job("J2")), key="k")
    with pytest.raises(RejectedError, match="id is unknown"):
        await connector.send(asked("Start", job_id="nobody"), key="k")
    with pytest.raises(RejectedError, match="status does not allow it"):
        await connector.send(asked("Clear", job_id="J2"), key="k")
    with pytest.raises(RejectedError, match="no method Stop; it has Abort, Cancel, Clear"):
        await connector.send(asked("Stop", job_id="J2"), key="k")
    await connector.send(asked("Cancel", job_id="J2"), key="k")
    await connector.close()


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (asked("Store"), "needs"),
        (asked("Start", job=job("J")), "needs"),
        (asked("Hurry", job_id="J"), "one of Store"),
        (asked("Store", job={"JobOrderID": "J", "Colour": "red"}), "Colour is no field"),
        (asked("Store", job={"JobOrderID": "J", "Priority": 40_000}), "/Priority"),
        (asked("Store", job={"JobOrderID": "J", "StartTime": "noon"}), "/StartTime"),
        (
            asked("Store", job={"JobOrderID": "J", "MaterialRequirements": [{"Quantity": 5}]}),
            "/MaterialRequirements/0/Quantity",
        ),
    ],
)
async def test_a_job_that_cannot_be_written_is_refused_with_its_place(
    press: Press, request_: Request, says: str
) -> None:
    connector = opcua(press)
    before = list(press.machine.jobs.stored)
    with pytest.raises(RejectedError, match=says):
        await connector.send(request_, key="k")
    await connector.close()
    assert press.machine.jobs.stored == before


async def test_a_job_whose_answer_is_lost_is_found_in_the_list(press: Press) -> None:
    connector = opcua(press)
    request = asked("StoreAndStart", job=job("J3", Priority=3))
    assert await connector.find(request, key="k") is None
    press.machine.jobs.losing = press.machine.cut
    with pytest.raises(OutcomeUnknownError):
        await connector.send(request, key="k")
    found = await connector.find(request, key="k")
    assert found is not None
    assert found.body == {"state": "AllowedToStart"}
    update = asked("Update", job=job("J3", Priority=4))
    assert await connector.find(update, key="k") is None
    await connector.send(update, key="k")
    assert await connector.find(update, key="k") is not None
    cancel = asked("Cancel", job_id="J3")
    assert await connector.find(cancel, key="k") is None
    await connector.send(cancel, key="k")
    assert await connector.find(cancel, key="k") is not None
    await connector.close()


async def test_a_job_that_changed_while_nobody_read_is_said_once(press: Press) -> None:
    connector, shop = opcua(press), press.machine.jobs
    await connector.send(asked("StoreAndStart", job=job("J4")), key="k")
    await connector.send(asked("StoreAndStart", job=job("J5")), key="k")
    async with Follower(connector, "") as follower:
        assert await follower.until(lambda: bool(states(follower.items, "J5")))
        after = follower.items[-1].position or ""
    await shop.advance("J4", "Running")
    async with Follower(connector, after) as follower:
        assert await follower.until(lambda: states(follower.items, "J4") == ["Running"])
        await shop.advance("J5", "Aborted")
        assert await follower.until(lambda: states(follower.items, "J5") == ["Aborted"])
    await connector.close()
    for id in ("J4", "J5"):
        del shop.jobs[id]


async def test_an_entry_that_is_no_job_stops_no_other(press: Press) -> None:
    connector, shop = opcua(press), press.machine.jobs
    await connector.send(asked("StoreAndStart", job=job("J6")), key="k")
    async with Follower(connector, "") as follower:
        await shop.show(b"\xff\xff\xff\xff nonsense")
        assert await follower.until(lambda: any(b"unread" in one.raw for one in follower.items))
        assert await follower.until(lambda: bool(states(follower.items, "J6")))
    assert await connector.find(asked("StoreAndStart", job=job("J6")), key="k") is not None
    with pytest.raises(OutcomeUnknownError, match="cannot be read"):
        await connector.find(asked("Cancel", job_id="J7"), key="k")
    elsewhere = Request(target="write nsu=http://other;s=x", body=1)
    with pytest.raises(RejectedError, match="no namespace"):
        await connector.find(elsewhere, key="k")
    await connector.close()
    del shop.jobs["J6"]
    await shop.show()
