"""A hold asked for by mail: a person is asked, and nothing is held before the answer."""

import asyncpg
import pytest

from andon.capabilities.quality import confirm_proposed_hold
from andon.connectors.board import Board
from andon.connectors.board.mapping import MAPPINGS
from andon.connectors.mail import Mail, hold_proposals
from andon.connectors.mail.simulator import SmallMail
from andon.core.message import Message
from andon.core.plant import Connection, Route
from andon.engine.clock import SystemClock
from andon.engine.ingest import Ingest
from andon.engine.plan import Plan, wire
from andon.model.quality import PlaceHold
from andon.model.vocabulary import VOCABULARY
from andon.testing.conformance.trial import settings_of
from tests.integration.desk import case_of, decides
from tests.integration.plant import Plant, Shift, rows_of, until

EVERY: tuple[type[Message], ...] = VOCABULARY


class Office(Plant):
    """A mailbox, a board, and quality between them."""

    def __init__(self, dsn: str, peer: SmallMail) -> None:
        self.dsn = dsn
        self.peer = peer
        self.plan = self._wired()

    def _wired(self) -> Plan:
        post = Mail("post", settings_of(Mail, self.peer.settings()))
        return wire(
            name="plant", site="here",
            connections=[
                (Connection("post", Mail, [hold_proposals]), post),
                (Connection("board", Board, MAPPINGS), Board("board", settings_of(Board, {}))),
            ],
            workflows=[confirm_proposed_hold], routes=[Route(PlaceHold, "board")],
            ownership=[], policies=[], messages=EVERY,  # pyright: ignore[reportArgumentType]
            shared={"material-lot": "erp"},
        )  # fmt: skip


async def _placed(db: asyncpg.Connection) -> list[str]:
    rows = await db.fetch(
        "select subject from log where type = $1 and kind = 'command'", PlaceHold.TYPE
    )
    return [row["subject"] for row in rows]


@pytest.mark.parametrize("answer", ["hold", "dismiss"])
async def test_a_hold_asked_for_by_mail_waits_for_a_person(database: str, answer: str) -> None:
    peer = SmallMail()
    await peer.start()
    plant = Office(database, peer)
    plant.ingest = Ingest(plant.plan, database, SystemClock())
    await plant.ingest.open()
    shift = Shift(plant)
    try:
        (lot,) = await peer.say(1)
        case = await case_of(database, "question")
        assert (case["team"], case["choices"]) == ("quality", ["hold", "dismiss"])
        assert f"qa@acme.example asks to hold lot {lot}: cracks at the neck" in case["text"]
        async with rows_of(database) as db:
            assert await _placed(db) == []
            assert not await db.fetchval("select exists (select from hold where held)")
            await decides(plant, "question", answer)

            async def run_ended() -> bool:
                return await db.fetchval("select count(*) from run where state = 'running'") == 0

            await until(run_ended)
            assert await _placed(db) == ([f"material-lot/erp:{lot}"] if answer == "hold" else [])
            assert peer.imap.folders["INBOX"].seen == {1}
    finally:
        await shift.end()
        await plant.ingest.close()
        await peer.stop()


async def test_a_hold_asked_for_by_a_stranger_is_an_exception_and_no_question(
    database: str,
) -> None:
    peer = SmallMail()
    await peer.start()
    plant = Office(database, peer)
    plant.ingest = Ingest(plant.plan, database, SystemClock())
    await plant.ingest.open()
    shift = Shift(plant)
    try:
        peer.imap.deliver([b"From: qa@acme.example\r\nSubject: hold lot L77\r\n\r\nnow!\r\n"])
        case = await case_of(database, "hold-not-believed")
        assert "nobody verified that this mail is from qa@acme.example" in case["text"]
        assert case["raw"], "the mail is kept beside it"
        async with rows_of(database) as db:
            assert await db.fetchval("select count(*) from run") == 0
            assert await _placed(db) == []
    finally:
        await shift.end()
        await plant.ingest.close()
        await peer.stop()
