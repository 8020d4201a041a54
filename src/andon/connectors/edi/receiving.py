"""Items of a mailbox: known numbers are noticed, acknowledgments leave, missing ones are told."""

__all__ = ["Receiving"]

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from functools import partial

import msgspec

from andon.connectors._folders.exchange import Exchange
from andon.connectors._folders.names import path_in, stamp
from andon.connectors._folders.place import Place
from andon.connectors._folders.said import FAULT, FINDING
from andon.connectors.edi.agreement import ACKS
from andon.connectors.edi.answering import answer_of, verdicts_of
from andon.connectors.edi.awaiting import Awaiting
from andon.connectors.edi.coming import Coming
from andon.connectors.edi.documents import (
    DOUBT,
    REPORT,
    Document,
    Doubt,
    ReportItem,
)
from andon.connectors.edi.notes import Answer, Notes
from andon.connectors.edi.numbers import Numbers
from andon.connectors.edi.segments import Flaw
from andon.connectors.edi.settings import EdiSettings, Partner
from andon.connectors.edi.standing import Named, Standing, has_reached, refused_of
from andon.connectors.edi.writing import Ready
from andon.core.connector import Item, Request
from andon.core.errors import OutcomeUnknownError, RejectedError

_LOOK_EVERY = 60.0


class Receiving:
    """One reading of a mailbox."""

    def __init__(self, exchange: Exchange, settings: EdiSettings, awaiting: Awaiting) -> None:
        self._exchange = exchange
        self._settings = settings
        self._partners: Mapping[str, Partner] = settings.partners
        self._awaiting = awaiting
        self._numbers = Numbers(exchange.folder, settings)
        self._answers = Notes(exchange.folder, path_in(settings.sent, "edi", "answers"), Answer)
        self._due: dict[str, Answer] = {}
        self._may_answer = True
        """Whether more is in the log than at the last look."""
        self._told: set[str] = set()
        self._committed = Place()
        self._last = ""
        waits = [one.ack_within for one in self._partners.values() if one.ack_within is not None]
        shortest = min((wait.total_seconds() for wait in waits), default=_LOOK_EVERY * 4)
        self._look_every = min(_LOOK_EVERY, max(shortest / 4, 0.05))
        self._looked_at = float("-inf")

    def committed(self, position: str) -> None:
        """Everything up to here is in the log: what acknowledges it may leave."""
        self._committed = Place.read(position)
        self._may_answer = True
        self._exchange.committed(position)

    async def items(self, after: str) -> AsyncGenerator[Item]:
        """Everything after a position, then on as it comes."""
        self._committed, self._last = Place.read(after), after
        await self._open()
        pause = self._settings.poll_every.total_seconds()
        async with aclosing(Coming(self._exchange.read(after))) as coming:
            while True:
                came = await coming.within(pause)
                async for doubt in self._look():
                    yield doubt
                for item in await self._handled(came):
                    self._last = item.position or self._last
                    yield item

    async def _open(self) -> None:
        await self._awaiting.open()
        await self._numbers.open()
        await self._answers.open(self._settings.sent_kept)
        notes = await self._answers.read(await self._answers.names())
        self._due = {name: note for name, note in notes.items() if note is not None}

    async def _handled(self, came: Sequence[Item]) -> Sequence[Item]:
        """As they are taken. Whatever is to be noted of them is on the disk when it returns."""
        named = [_named(item) for item in came]
        await self._numbers.look([one for one in named if one is not None])
        due: dict[str, Answer] = {}
        told: list[tuple[str, str]] = []
        taken: list[Item] = []
        for item, of in zip(came, named, strict=True):
            if of is None:
                taken.append(item)
                continue
            file = Place.read(item.position or "").number
            standing = self._numbers.standing(of, file)
            if item.kind == REPORT:
                taken.append(self._reported(item, standing, file, due))
            elif standing == "other":
                taken.append(refused_of(item, of))
            else:
                taken.append(item)
                told += _told_by(item, of)
        await self._awaiting.answered(told)
        await self._numbers.noted()
        await self._answers.write(due)
        self._due.update(due)
        return taken

    def _reported(self, item: Item, standing: Standing, file: int, due: dict[str, Answer]) -> Item:
        said = item.read(ReportItem)
        report = said.report
        if standing == "other":
            says = "its control number came before, with other content"
            report.flaws.insert(0, Flaw("repeated-number", says))
        elif any(flaw.kind == "truncated" for flaw in report.flaws):
            # Whole it comes under the same number, with other bytes: then what came now is known.
            self._numbers.free(said.partner, said.interchange)
        said = msgspec.structs.replace(said, repeated=standing == "repeated")
        drafts = answer_of(report, self._partners[said.partner])
        if drafts:
            name = stamp(f"answer/{said.partner}/{said.interchange}/{said.digest}/{file}")
            due[name] = Answer(said.partner, item.position or "", drafts)
        key = item.key if standing == "new" else f"{item.key}/{file}"
        return msgspec.structs.replace(item, key=key, raw=msgspec.json.encode(said))

    async def _look(self) -> AsyncIterator[Item]:
        if self._may_answer:
            self._may_answer = False
            reached = [
                partial(self._answer, name, note)
                for name, note in self._due.items()
                if has_reached(self._committed, Place.read(note.position))
            ]
            for doubt in await self._exchange.folder.each(reached):
                if doubt is not None:
                    yield doubt
        now = asyncio.get_running_loop().time()
        if now - self._looked_at < self._look_every:
            return
        self._looked_at = now
        await self._awaiting.look()
        for late, number in await self._awaiting.overdue(datetime.now(UTC)):
            key = f"overdue/{late.partner}/{number}"
            if key not in self._told:
                self._told.add(key)
                within = self._partners[late.partner].ack_within
                yield self._doubt(key, "ack-overdue", (
                    f"{late.partner} has not acknowledged {late.document}, interchange {number},"
                    f" sent {late.sent_at:%Y-%m-%d %H:%M} UTC; {within} was agreed. Ask whether it"
                    f" came. Its file is {self._settings.out_name}, target {late.partner}."
                ))  # fmt: skip

    async def _answer(self, name: str, note: Answer) -> Item | None:
        """Sends it; what people should know when it cannot be sent."""
        request = Request(target=note.partner, body=Ready(note.drafts))
        try:
            await self._exchange.send(request, f"answer/{name}")
        except OutcomeUnknownError:
            self._may_answer = True
            return None  # the next look finds out: the same key acts once
        except RejectedError as error:
            self._due.pop(name, None)
            says = f"{note.partner} cannot be sent an acknowledgment: {error}"
            return self._doubt(f"unsent/{name}", "ack-unsent", says)
        await self._answers.remove(name)
        self._due.pop(name, None)
        return None

    def _doubt(self, key: str, code: str, says: str) -> Item:
        raw = msgspec.json.encode(Doubt(code=code, says=says))
        return Item(kind=DOUBT, key=key, raw=raw, position=self._last or None)


def _named(item: Item) -> Named | None:
    """None when it is of no interchange of a partner of ours."""
    if item.kind in (FAULT, FINDING):
        return None
    named = msgspec.json.decode(item.raw, type=Named)
    return named if named.partner else None


def _told_by(item: Item, named: Named) -> Iterator[tuple[str, str]]:
    """Of which of our interchanges an acknowledgment says what became of them."""
    if item.kind in ACKS:
        for verdict in verdicts_of(item.read(Document)):
            if verdict.of == "documents" or verdict.word == "refused":
                yield named.partner, verdict.number
