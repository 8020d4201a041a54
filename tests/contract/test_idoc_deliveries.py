"""Deliveries and goods movements between a simulated SAP and the connector, and its audits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest

from andon.connectors.idoc import Idoc, IdocSettings
from andon.connectors.idoc.deliveries import post_goods_issue
from andon.connectors.idoc.postings import POSTINGS
from andon.connectors.idoc.simulated.sap import PARTNERS
from andon.connectors.idoc.simulator import SapAddress, SapFolder
from andon.core.connector import Request
from andon.core.errors import MappingError, RejectedError
from andon.core.mapping import Known
from andon.core.quantity import Quantity
from andon.model.fulfilment import PostGoodsIssue
from andon.model.inventory import IssueGoods, PostTransfer
from andon.model.production import AssignLots, ComponentLot
from andon.testing.conformance.trial import Follower, settings_of

AMOUNT = Quantity(Decimal(2), "PCE")
FIRST = "0080000001"


@asynccontextmanager
async def connected(sap: SapAddress | SapFolder, **changed: Any) -> AsyncIterator[Idoc]:
    await sap.start()
    idoc = Idoc("erp", settings_of(Idoc, {**sap.settings(), **PARTNERS, **changed}))
    try:
        await idoc.open()
        yield idoc
    finally:
        await idoc.close()
        await sap.stop()


def issue(number: str) -> Request:
    command = PostGoodsIssue(delivery_id=number)
    return post_goods_issue.writes(command, Known(IdocSettings(), local=number))


def verified(*functions: str, amounts: tuple[int, int] = (4, 2)) -> Request:
    """A verification of the first delivery with its items, as a project of one's own writes it."""
    items = [
        {"POSNR": f"90000{n}", "MATNR": "SEAL-A", "LFIMG": count, "VRKME": "PCE"}
        for n, count in enumerate(amounts, 1)
    ]
    header = {
        "VBELN": FIRST,
        "E1EDL18": [{"QUALF": one} for one in functions],
        "E1EDL24": items,
    }
    return Request(target="DELVRY03", body={"EDI_DC40": {"MESTYP": "SHPCON"}, "E1EDL20": [header]})


def old_way(command: Any, local: str) -> Request:
    """A movement as WMMBXY."""
    (writer,) = (one for one in POSTINGS if one.command is type(command))
    settings = IdocSettings(plant="1710", storage_location="101", movements="WMMBXY")
    return writer.writes(command, Known(settings, local=local))


def _has_worked(sap: SapFolder) -> bool:
    """True: what lay there is posted and answered."""
    sap.work()
    return True


async def test_a_delivery_comes_in_and_its_goods_issue_goes_back() -> None:
    sap = SapFolder()
    async with connected(sap, audit="await", timeout="5 s") as idoc:
        sap.next_in("delvry", sap.sap.delivery_document("pumps"))
        async with Follower(idoc, "") as follower:
            await follower.until(lambda: len(follower.holding("pumps")) == 2)
            assert [one.kind for one in follower.holding("pumps")] == ["WHSORD", "DELVRY.delivery"]
            sending = asyncio.ensure_future(idoc.send(issue("80000001"), key="k1"))
            await follower.until(lambda: _has_worked(sap) and sending.done())
        receipt = await sending
        assert receipt.reference == FIRST
        assert receipt.body["status"] == "53"
        assert sap.sap.done == [f"PGI {FIRST}"]


async def test_sap_is_told_that_a_delivery_is_recorded() -> None:
    sap = SapFolder()
    async with connected(sap, acknowledge="ALEAUD") as idoc:
        sap.next_in("delvry", sap.sap.delivery_document("pumps"))
        async with Follower(idoc, "") as follower:
            await follower.until(lambda: len(follower.items) == 4)  # an order lay there already
            await follower.committed(follower.items[-1].position or "")
            await follower.until(lambda: _has_worked(sap) and len(sap.sap.told) == 2)
        assert list(sap.sap.told.values()) == ["50"] * 2
        told = {one.body["E1ADHDR"][0]["MESTYP"] for one in sap.sap.idocs}
        assert told == {"LOIPRO", "WHSORD"}


async def test_what_sap_refuses_of_a_delivery_is_said_in_its_words() -> None:
    sap = SapAddress()
    async with connected(sap) as idoc:
        sap.sap.delivery_document("pumps", picking=True)
        refused = [
            (issue("80000009"), "Delivery 0080000009 does not exist"),
            (issue("80000001"), "not been fully picked yet"),
            (verified("XYZ"), "function XYZ unknown"),
            (verified("PIC", amounts=(4, 1)), "Item 900002 of delivery 0080000001 is 2, not 1"),
        ]
        for n, (request, words) in enumerate(refused):
            with pytest.raises(RejectedError, match=words) as caught:
                await idoc.send(request, key=f"r{n}")
            assert caught.value.code == "SIM/051"
        assert sap.sap.done == []
        await idoc.send(verified("PIC"), key="k1")
        await idoc.send(issue("80000001"), key="k2")
        with pytest.raises(RejectedError, match="posted already"):
            await idoc.send(issue("80000001"), key="k3")
        assert sap.sap.done == [f"PIC {FIRST}", f"PGI {FIRST}"]


async def test_movements_go_the_old_way_and_aleaud_says_what_became_of_them() -> None:
    sap = SapAddress()
    part = ComponentLot(material_id="4711", lot_id="L7", quantity=AMOUNT)
    lot: dict[str, Any] = {"lot_id": "L7", "material_id": "4711", "quantity": AMOUNT}
    transfer = PostTransfer(**lot, origin="101", destination="102")
    async with connected(sap) as idoc:
        for n, (command, local) in enumerate(
            [
                (AssignLots(order_id="o", components=(part,)), "1000001"),
                (IssueGoods(**lot, location="101", cost_center="4100"), "L7"),
                (transfer, "L7"),
            ],
            1,
        ):
            receipt = await idoc.send(old_way(command, local), key=f"k{n}")
            assert receipt.reference == f"49{n:08}2026"
        with pytest.raises(RejectedError, match="Order 000000000007 does not exist"):
            await idoc.send(old_way(AssignLots(order_id="o", components=(part,)), "7"), key="r1")
        nowhere = old_way(transfer, "L7")
        del nowhere.body["E1MBXYH"][0]["E1MBXYI"][0]["UMLGO"]
        with pytest.raises(RejectedError, match="receiving storage location"):
            await idoc.send(nowhere, key="r2")
        assert [one.control["IDOCTYP"] for one in sap.sap.idocs] == ["WMMBID02"] * 5


async def test_a_wrong_length_never_leaves() -> None:
    sap = SapAddress()
    async with connected(sap) as idoc:
        with pytest.raises(MappingError) as caught:
            await idoc.send(issue("80000001234"), key="k1")
        assert caught.value.faults[0].at == "/E1EDL20/0/VBELN"
        assert sap.sap.idocs == []


def test_a_simulated_sap_refuses_what_breaks_the_syntax() -> None:
    sap = SapAddress().sap
    control = (
        "<EDI_DC40 SEGMENT='1'><DOCNUM>1</DOCNUM><IDOCTYP>DELVRY03</IDOCTYP><MESTYP>WHSCON</MESTYP>"
        "<MANDT>100</MANDT><DIRECT>2</DIRECT><SNDPRT>LS</SNDPRT><SNDPRN>ANDON</SNDPRN>"
        "<RCVPOR>SAPS4H</RCVPOR><RCVPRN>S4HCLNT100</RCVPRN></EDI_DC40>"
    )
    inside = "<E1EDL20 SEGMENT='1'><VBELN>00080000001</VBELN></E1EDL20>"
    (answer,) = sap.take(f"<DELVRY03><IDOC BEGIN='1'>{control}{inside}</IDOC></DELVRY03>".encode())
    assert b"<STATUS>60</STATUS>" in answer
    assert b"/E1EDL20/0/VBELN" in answer
