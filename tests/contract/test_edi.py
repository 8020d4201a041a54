"""A mailbox with ACME on its other side: what is acknowledged when, and what is told."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from andon.connectors.edi import Edi, mappings
from andon.connectors.edi.documents import DOUBT, REFUSED, REPORT, RefusedMessage
from andon.connectors.edi.simulated.program import Came
from andon.connectors.edi.simulator import AcmeOnFolder, AcmeOverSftp, BetaOnFolder
from andon.core.connector import Item, Request
from andon.core.errors import RejectedError, UnavailableError
from andon.core.mapping import Known
from andon.core.message import Finding
from andon.testing.conformance.trial import Follower, settings_of

NAMES = {mapping.kind: mapping for mapping in mappings}


class Mail:
    """ACME, our side of the mailbox, and what was said so far."""

    def __init__(self, **partner: Any) -> None:
        self.acme = AcmeOnFolder()
        self.out = self.acme.root / "out"
        self.edi = self._made(partner)

    def _made(self, partner: dict[str, Any]) -> Edi:
        table = self.acme.settings()
        table["partners"]["acme"] = {**table["partners"]["acme"], **partner}
        return Edi("mail", settings_of(Edi, table))

    def sent(self) -> list[Path]:
        """What we wrote, by control number."""
        return sorted(file for file in self.out.glob("*.edi"))

    def told(self, item: Item) -> list[Finding]:
        """What the mapping makes of an item."""
        return list(NAMES[item.kind].reads(item, Known(self.edi.settings)))  # type: ignore[arg-type]


@asynccontextmanager
async def mail(**partner: Any) -> AsyncIterator[Mail]:
    made = Mail(**partner)
    await made.edi.open()
    try:
        yield made
    finally:
        await made.edi.close()


async def happens(so: Any) -> bool:
    for _ in range(400):
        if so():
            return True
        await asyncio.sleep(0.01)
    return False


async def test_a_notice_is_acknowledged_once_it_is_in_the_log_and_not_before() -> None:
    async with mail() as one, Follower(one.edi, "") as follower:
        one.acme.drop(one.acme.program.notice(["S-1", "S-2"]))
        assert await follower.until(lambda: len(follower.items) == 3)
        assert [item.kind for item in follower.items] == ["856", "856", REPORT]
        await asyncio.sleep(0.1)
        assert one.sent() == []
        await follower.committed(follower.items[-1].position or "")
        assert await happens(lambda: len(one.sent()) == 1)
        (said,) = one.acme.program.read(one.sent()[0].read_bytes())
        assert (said.document, said.errors) == ("997", [])
        lines = one.sent()[0].read_text().split("~\n")
        assert lines[3:5] == ["AK1*SH*1", "AK9*A*2*2*2"]


async def test_a_kill_between_commit_and_acknowledgment_loses_and_doubles_none() -> None:
    async with mail() as one:
        one.acme.drop(one.acme.program.notice(["S-1"]))
        async with Follower(one.edi, "") as follower:
            assert await follower.until(lambda: len(follower.items) == 2)
            position = follower.items[-1].position or ""
        again = Edi("mail", one.edi.settings)
        await again.open()
        for _ in range(2):
            async with Follower(again, position):
                assert await happens(lambda: len(one.sent()) == 1)
        async with Follower(again, "") as follower:  # a database from a backup
            await asyncio.sleep(0.1)
            await follower.committed(position)
            await asyncio.sleep(0.1)
        await again.close()
        assert len(one.sent()) == 1


async def test_the_same_interchange_twice_is_one_and_is_answered_twice() -> None:
    async with mail() as one, Follower(one.edi, "") as follower:
        content = one.acme.program.notice(["S-1"])
        one.acme.drop(content)
        one.acme.drop(content)
        assert await follower.until(lambda: len(follower.items) == 4)
        first, report, second, repeat = follower.items
        assert (first.key, first.raw) == (second.key, second.raw)
        assert one.told(report) == []
        assert [said.code for said in one.told(repeat)] == ["repeated-interchange"]
        await follower.committed(repeat.position or "")
        assert await happens(lambda: len(one.sent()) == 2)


async def test_the_same_number_with_other_content_is_an_exception_with_all_of_it() -> None:
    async with mail() as one, Follower(one.edi, "") as follower:
        content = one.acme.program.notice(["S-1"])
        one.acme.drop(content)
        one.acme.drop(content.replace(b"*5*EA", b"*6*EA"))
        assert await follower.until(lambda: len(follower.items) == 4)
        other, report = follower.items[2:]
        assert other.kind == REFUSED
        assert "came before, with other content" in str(other.read(RefusedMessage).flaws[0])
        assert b'"6"' in other.raw
        await follower.committed(report.position or "")
        assert await happens(lambda: len(one.sent()) == 2)
        lines = one.sent()[1].read_text().split("~\n")
        assert lines[1] == "TA1*000000001*251125*1200*R*025"
        assert lines[2] == "IEA*0*000000002"


async def test_a_faulty_notice_is_refused_with_segment_and_element() -> None:
    async with mail() as one, Follower(one.edi, "") as follower:
        content = one.acme.program.notice(["S-1", "S-2"])
        one.acme.drop(content.replace(b"S-2*20251125", b"S-2*20259999"))
        assert await follower.until(lambda: len(follower.items) == 3)
        await follower.committed(follower.items[-1].position or "")
        assert await happens(lambda: len(one.sent()) == 1)
        assert one.sent()[0].read_text().split("~\n")[3:9] == [
            "AK1*SH*1",
            "AK2*856*0002",
            "AK3*BSN*2**8",
            "AK4*3**8*20259999",
            "AK5*R*5",
            "AK9*P*2*2*1",
        ]


async def test_an_order_is_acknowledged_confirmed_and_shipped() -> None:
    async with mail(ack_within="200 ms") as one, Follower(one.edi, "") as follower:
        await one.edi.send(one.acme.request("PO-1"), key="a")
        assert one.acme.answer() == 1
        assert await follower.until(lambda: len(follower.items) == 6)
        kinds = [item.kind for item in follower.items if item.kind != REPORT]
        assert kinds == ["997", "855", "856"]
        assert one.told(follower.items[0]) == []
        await follower.committed(follower.items[-1].position or "")
        assert await happens(lambda: len(one.sent()) == 3)
        await asyncio.sleep(0.4)
        assert not [item for item in follower.items if item.kind == DOUBT]
        assert one.acme.answer() == 2  # two acknowledgments, which nobody acknowledges
        await asyncio.sleep(0.1)
        assert len(follower.items) == 6


async def test_an_acknowledgment_that_does_not_come_is_told_once() -> None:
    async with mail(ack_within="100 ms") as one, Follower(one.edi, "") as follower:
        await one.edi.send(one.acme.request("PO-1"), key="a")
        assert await follower.until(lambda: len(follower.items) == 1)
        await asyncio.sleep(0.3)
        (late,) = follower.items
        (said,) = one.told(late)
        assert said.code == "ack-overdue"
        assert "acme has not acknowledged 850, interchange 1" in said.text


async def test_what_the_partner_refuses_is_told_in_its_words() -> None:
    async with mail() as one, Follower(one.edi, "") as follower:
        body = msgspec.to_builtins(one.acme.request("PO-1").body)
        body["segments"][1][7] = "ROTOR"
        await one.edi.send(Request(target="acme", body=body), key="a")
        one.acme.answer()
        assert await follower.until(lambda: len(follower.items) == 4)
        accepted, advice = (item for item in follower.items if item.kind != REPORT)
        assert one.told(accepted) == []
        (said,) = one.told(advice)
        assert said.text == "acme says in 824: TR PO PO-1 012 ROTOR is not sold here"
        one.acme.drop(one.acme.program.acknowledgment([_refused()]) or b"")
        assert await follower.until(lambda: len(follower.items) == 6)
        (said,) = one.told(follower.items[4])
        assert said.code == "ack-refused"
        assert "interchange 1" in said.text
        assert "850 0001 was refused: segment 2 (PO1): code 3, AK5 R" in said.text


async def test_an_edifact_order_is_confirmed_shipped_and_refused_where_it_must_be() -> None:
    beta = BetaOnFolder()
    edi = Edi("mail", settings_of(Edi, beta.settings()))
    await edi.open()
    async with Follower(edi, "") as follower:
        await edi.send(beta.request("PO-1"), key="a")
        beta.answer()
        assert await follower.until(lambda: len(follower.items) == 6)
        kinds = [item.kind for item in follower.items if item.kind != REPORT]
        assert kinds == ["CONTRL", "ORDRSP", "DESADV"]
        await follower.committed(follower.items[-1].position or "")
        out = beta.root / "out"
        assert await happens(lambda: len(list(out.glob("*.edi"))) == 3)
        (said,) = beta.program.read((out / "beta-000000003.edi").read_bytes())
        assert (said.document, said.errors) == ("CONTRL", [])
        assert "UCI+3+4000001:14+4000002:14+7'" in (out / "beta-000000003.edi").read_text()

        content = beta.program.notice(["S-9"])
        beta.drop(content.replace(b"CNT+2:1", b"CNT+2:4").replace(b"CPS+2+1", b"CPS+2+7"))
        assert await follower.until(lambda: len(follower.items) == 8)
        await follower.committed(follower.items[-1].position or "")
        assert await happens(lambda: len(list(out.glob("*.edi"))) == 4)
        lines = (out / "beta-000000004.edi").read_text().split("'\n")
        assert lines[4:9] == [
            "UCM+1+DESADV:D:96A:UN+4",
            "UCS+16",
            "UCD+29+1:2",
            "UCS+8",
            "UCD+18+2",
        ]
    await edi.close()


async def test_numbers_are_issued_without_gap_or_repeat_over_restarts() -> None:
    one = Mail()
    for n in range(1, 7):
        edi = Edi("mail", one.edi.settings)
        await edi.open()
        await edi.send(one.acme.request(f"PO-{n}"), key=f"k{n}")
        bad = Request(target="acme", body={"document": "850", "segments": [["BEG", "*"]]})
        with pytest.raises(RejectedError):
            await edi.send(bad, key=f"bad{n}")
        again = await edi.send(one.acme.request(f"PO-{n}"), key=f"k{n}")
        await edi.close()
        assert again.reference == f"acme-{n:09}.edi"
    came = [one.acme.program.read(file.read_bytes())[0] for file in one.sent()]
    assert [(c.interchange, c.number) for c in came] == [
        (f"{n:09}", f"PO-{n}") for n in range(1, 7)
    ]


def _refused() -> Came:
    return Came("850", "000000001", "1", "PO", "0001", errors=["AK3 PO1 3"])


async def test_what_was_cut_may_come_again_whole_under_its_number() -> None:
    async with mail() as one, Follower(one.edi, "") as follower:
        content = one.acme.program.notice(["S-1", "S-2"])
        one.acme.drop(content[: content.index(b"SE*", content.index(b"S-2"))])
        assert await follower.until(lambda: len(follower.items) == 3)
        first, refused, report = follower.items
        assert (first.kind, refused.kind, report.kind) == ("856", REFUSED, REPORT)
        assert "IEA is missing" in one.told(report)[0].text
        one.acme.drop(content)
        assert await follower.until(lambda: len(follower.items) == 6)
        again, second, whole = follower.items[3:]
        assert (again.kind, again.key) == ("856", first.key)
        assert second.kind == "856"
        assert one.told(whole) == []


async def test_only_who_asks_is_acknowledged_where_that_is_agreed() -> None:
    async with mail(acknowledges="asked") as one, Follower(one.edi, "") as follower:
        one.acme.drop(one.acme.program.notice(["S-1"]))
        one.acme.drop(one.acme.program.notice(["S-2"]).replace(b"*0*P*>", b"*1*P*>"))
        assert await follower.until(lambda: len(follower.items) == 4)
        await follower.committed(follower.items[-1].position or "")
        assert await happens(lambda: len(one.sent()) == 1)
        lines = one.sent()[0].read_text().split("~\n")
        assert lines[1] == "TA1*000000002*251125*1200*A*000"
        assert lines[4] == "AK1*SH*2"
        one.acme.program.read(one.sent()[0].read_bytes())


async def test_many_interchanges_in_one_file_are_read_and_answered() -> None:
    async with mail() as one, Follower(one.edi, "") as follower:
        one.acme.drop(b"".join(one.acme.program.notice(["S"]) for _ in range(50)))
        assert await follower.until(lambda: len(follower.items) == 100)
        await follower.committed(follower.items[-1].position or "")
        assert await follower.until(lambda: len(one.sent()) == 50)


async def test_acknowledgments_leave_by_sftp_too_also_when_the_answer_to_the_rename_is_lost() -> (
    None
):
    acme = AcmeOverSftp()
    await acme.start()
    edi = Edi("mail", settings_of(Edi, acme.settings()))
    await edi.open()
    async with Follower(edi, "") as follower:
        acme.drop(acme.program.notice(["S-1"]))
        assert await follower.until(lambda: len(follower.items) == 2)
        await acme.lose_answer()
        await follower.committed(follower.items[-1].position or "")
        acme.drop(acme.program.notice(["S-2"]))
        assert await follower.until(lambda: len(follower.items) == 4)
        await follower.committed(follower.items[-1].position or "")
        out = acme.root / "out"
        assert await happens(lambda: len(list(out.glob("*.edi"))) == 2)
        texts = [file.read_text() for file in sorted(out.glob("*.edi"))]
        assert ["AK1*SH*1" in texts[0], "AK1*SH*2" in texts[1]] == [True, True]
    await edi.close()
    await acme.stop()


async def test_what_lies_there_at_once_is_taken_as_if_it_came_one_by_one() -> None:
    one = Mail()
    content = one.acme.program.notice(["S-1", "S-2"])
    cut = content[: content.index(b"SE*", content.index(b"S-2"))]
    other = content.replace(b"*5*EA", b"*6*EA")
    for file in (cut, content, content, other):
        one.acme.drop(file)
    await one.edi.open()
    async with Follower(one.edi, "") as follower:
        assert await follower.until(lambda: len(follower.items) == 12)
        kinds = [item.kind for item in follower.items]
        assert kinds == [
            *("856", REFUSED, REPORT),
            *("856", "856", REPORT),
            *("856", "856", REPORT),
            *(REFUSED, REFUSED, REPORT),
        ]
        reports = [one.told(item) for item in follower.items if item.kind == REPORT]
        assert [[said.code for said in told] for told in reports[1:3]] == [
            [],
            ["repeated-interchange"],
        ]
        assert "came before, with other content" in reports[3][0].text
        await follower.committed(follower.items[-1].position or "")
        assert await happens(lambda: len(one.sent()) == 4)
    await one.edi.close()


async def test_a_line_that_breaks_among_many_files_loses_and_doubles_none() -> None:
    acme = AcmeOverSftp()
    await acme.start()
    shipments = [f"S-{number}" for number in range(60)]
    for one in shipments:
        acme.drop(acme.program.notice([one]))
    edi = Edi("mail", settings_of(Edi, acme.settings()))
    await edi.open()
    items: dict[str, Item] = {}
    position, cuts = "", iter((5, 40, 70, 115))
    cut = next(cuts)
    while len(items) < 120:
        reading = edi.read(position)
        with suppress(UnavailableError):
            async for item in reading:
                items.setdefault(f"{item.kind}/{item.key}", item)
                position = item.position or position
                await edi.committed(position)
                if len(items) == cut:
                    cut = next(cuts, 0)
                    acme.hang_up()
                if len(items) == 120:
                    break
        await cast("AsyncGenerator[Item]", reading).aclose()
    came = [item.raw.decode() for item in items.values() if item.kind == "856"]
    assert [sum(f'"{one}"' in raw for raw in came) for one in shipments] == [1] * 60
    async with Follower(edi, position):
        await edi.committed(position)
        out = acme.root / "out"
        assert await happens(lambda: len(list(out.glob("*.edi"))) == 60)
    texts = [file.read_text() for file in sorted(out.glob("*.edi"))]
    told = sorted(int(text.split("AK1*SH*")[1].split("~")[0]) for text in texts)
    assert told == list(range(1, 61))
    await edi.close()
    await acme.stop()
