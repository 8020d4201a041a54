"""The carrier that speaks X12: what it answers to a tender, and how badly it may say it."""

import asyncio
import time
from datetime import timedelta
from decimal import Decimal

from andon.connectors.edi.simulated.x12 import X12Program
from andon.connectors.edi.simulator import AcmeOverSftp
from andon.sandbox.company import Company
from andon.sandbox.lab import fulfilment
from andon.sandbox.systems.carrier import Carrier
from andon.sandbox.systems.wms import Task, Wms
from andon.sandbox.truth import Arrived, Left
from andon.sandbox.world import BEGAN


def _tender(delivery: str) -> bytes:
    body = [f"B2**ROAD**{delivery}**PP", "B2A*00*LT", "S5*1*CL", "S5*2*CU"]
    lines = [
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{'ANDON':15}*ZZ*{'ROAD':15}*260302*0600*U*00401"
        "*000000001*0*P*>",
        "GS*SM*ANDON*ROAD*20260302*0600*1*X*004010",
        "ST*204*0001",
        *body,
        f"SE*{len(body) + 2}*0001",
        "GE*1*1",
        "IEA*1*000000001",
    ]
    return "".join(f"{line}~" for line in lines).encode()


async def _until_files(carrier: Carrier, count: int) -> list[str]:
    inbox = carrier.mailbox.root / "in"
    async with asyncio.timeout(10):
        while len(found := sorted(inbox.glob("road-*.edi"))) < count:  # noqa: ASYNC110 a folder wakes nobody
            await asyncio.sleep(0.02)
    return [file.read_text() for file in found]


async def test_a_tender_is_acknowledged_and_answered_and_milestones_follow() -> None:
    company = Company(seed=1, andon="", systems=[Carrier, Wms])
    carrier = company.the(Carrier)
    await company.start()
    try:
        (carrier.mailbox.root / "out" / "204-1.edi").write_bytes(_tender("80000001"))
        acknowledged, answered = await _until_files(carrier, 2)
        assert "ST*997*" in acknowledged
        assert "AK9*A*1*1*1" in acknowledged
        word = "A" if carrier.loads["80000001"].accepted else "D"
        assert f"B1*ROAD*80000001*20260302*{word}" in answered
        carrier.odd["twice"] = 1
        carrier.passes("80000001", "departed")
        *_, first, again = await _until_files(carrier, 4)
        assert first == again
        assert "AT7*AF*NS***20260302*060000*UT" in first
        assert carrier.struck["twice"] == 1
    finally:
        await company.stop()


async def test_a_file_in_two_halves_is_whole_after_a_moment() -> None:
    company = Company(seed=1, andon="", systems=[Carrier])
    carrier = company.the(Carrier)
    await company.start()
    try:
        (carrier.mailbox.root / "out" / "204-1.edi").write_bytes(_tender("80000001"))
        await _until_files(carrier, 2)
        carrier.odd["halves"] = 1
        carrier.passes("80000001", "departed")
        *_, half = await _until_files(carrier, 3)
        assert "IEA" not in half
        async with asyncio.timeout(5):
            while "IEA" not in (await _until_files(carrier, 3))[-1]:  # noqa: ASYNC110 no bell
                await asyncio.sleep(0.02)
    finally:
        await company.stop()


def test_the_second_half_is_written_though_no_loop_has_time_for_it() -> None:
    mailbox = AcmeOverSftp()
    mailbox.write_in_halves("214-1.edi", b"one half|the other")
    file, began = mailbox.root / "in" / "214-1.edi", time.monotonic()
    assert file.read_bytes() == b"one half|"
    while file.read_bytes() != b"one half|the other":
        assert time.monotonic() < began + 5


def test_a_delivery_tendered_twice_or_never_is_counted() -> None:
    company = Company(seed=1, andon="", systems=[Carrier, Wms])
    carrier, wms = company.the(Carrier), company.the(Wms)
    for n in (1, 2):
        wms.tasks[f"T{n}"] = Task(
            id=f"T{n}", kind="pick", lot="A1", item="PUMP", quantity=Decimal(1),
            delivery=f"8000000{n}", reference=f"k{n}", state="done", taken_at=BEGAN,
            done_at=BEGAN + timedelta(minutes=1),
        )  # fmt: skip
    carrier.tenders["80000001"] = 2
    found = fulfilment.tenders(company.world.truth, wms, carrier)
    assert (found.lost, found.doubled) == (1, 1)


def test_a_delivery_that_left_and_was_never_tendered_is_counted_without_a_task() -> None:
    company = Company(seed=1, andon="", systems=[Carrier, Wms])
    truth, wms, carrier = company.world.truth, company.the(Wms), company.the(Carrier)
    assert fulfilment.tenders(truth, wms, carrier).well
    truth.born("A1", "PUMP", sound=True)
    for fact, because in ((Arrived, "opening"), (Left, "80000001")):
        truth.happens(
            fact(
                at=BEGAN, lot="A1", material="PUMP", quantity=Decimal(1), place="W.DOCK",
                because=because,
            )
        )  # fmt: skip
    assert fulfilment.tenders(truth, wms, carrier).lost == 1
    carrier.tenders["80000001"] = 1
    assert fulfilment.tenders(truth, wms, carrier).well


def test_the_program_reads_the_number_of_what_it_is_sent() -> None:
    (came,) = X12Program("ROAD").read(_tender("80000007"))
    assert (came.document, came.number, came.errors) == ("204", "80000007", [])
