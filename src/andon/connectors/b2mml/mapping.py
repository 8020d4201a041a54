"""Between B2MML's words and ours: orders, reports, lots, tests and answers in, commands out."""

__all__ = [
    "AnswerItem",
    "EnvelopeItem",
    "Nouns",
    "Schedule",
    "Work",
    "answered",
    "asked",
    "mappings",
    "posted",
]

from collections.abc import Iterable, Iterator
from typing import cast

import msgspec

from andon.connectors._folders.mapping import mappings as of_files
from andon.connectors.b2mml.document import About
from andon.connectors.b2mml.lots import material_lot, test_result
from andon.connectors.b2mml.orders import OUTBOUND
from andon.connectors.b2mml.performances import job_response, operations_response, work_response
from andon.connectors.b2mml.schedules import (
    Noun,
    RequestBody,
    header,
    operations_request,
)
from andon.connectors.b2mml.settings import B2mmlSettings
from andon.connectors.b2mml.verdict import Verdict, verdict_of
from andon.connectors.b2mml.works import WorkBody, job_order, work_request
from andon.core.connector import Item
from andon.core.mapping import Inbound, Known, Outbound, Said, inbound
from andon.core.message import Finding, ReadBack, claim
from andon.model.production import OrderReleased


class Nouns(msgspec.Struct, frozen=True):
    """The orders an answer holds."""

    schedules: "list[Schedule]" = msgspec.field(
        name="OperationsSchedule", default_factory=list["Schedule"]
    )
    works: "list[Work]" = msgspec.field(name="WorkSchedule", default_factory=list["Work"])

    @property
    def requests(self) -> Iterator[tuple[RequestBody, Noun]]:
        """All of them, whichever noun they are in."""
        for schedule in self.schedules:
            for one in schedule.requests:
                yield one, "OperationsRequest"
        for work in self.works:
            for one in work.requests:
                yield one.request, "WorkRequest"


class Schedule(msgspec.Struct, frozen=True):
    """One OperationsSchedule of an answer."""

    requests: list[RequestBody] = msgspec.field(
        name="OperationsRequest", default_factory=list[RequestBody]
    )


class Work(msgspec.Struct, frozen=True):
    """One WorkSchedule of an answer."""

    requests: list[WorkBody] = msgspec.field(name="WorkRequest", default_factory=list[WorkBody])


class EnvelopeItem(msgspec.Struct, frozen=True):
    """Any item: who sent it, and what it is."""

    document: About


class AnswerItem(msgspec.Struct, frozen=True):
    """An answer to a document of ours."""

    document: About
    body: Nouns
    verdict: Verdict | None = None


def answered(item: Item, known: Known) -> Iterable[Said]:
    """Accepted is no news. What was changed is what they hold now, and people are told."""
    said = item.read(AnswerItem)
    verdict = said.verdict or verdict_of(said.document, {}, None)
    what = f"{said.document.noun} {said.document.answers or 'of ours'}"
    match verdict.code:
        case "Accepted":
            return
        case "Rejected":
            # Where answers are awaited, the command itself is refused with these words.
            if cast(B2mmlSettings, known.settings).answers == "read":
                yield Finding("rejected", f"{what} was rejected: {verdict.words}")
        case "Modified":
            yield from _held(said)
            yield Finding("modified", f"{what} was taken with changes: {verdict.words}")


def _held(said: AnswerItem) -> Iterator[Said]:
    for request, noun in said.body.requests:
        material_id, planned, due_at = header(request, noun)
        yield ReadBack(
            kind=OrderReleased.KIND,
            object_id=request.id,
            holds={
                "status": request.state,
                "material": material_id,
                "planned": claim(planned),
                "due_at": claim(due_at),
            },
        )


@inbound("Get")
def asked(item: Item, _: Known) -> Iterable[Said]:
    """They ask for something. What we have for them waits at the door where they fetch."""
    about = item.read(AnswerItem).document
    yield Finding(
        "asked", f"{about.sender or 'Somebody'} asks for {about.noun}, and gets no answer"
    )


def _no_news(_: Item, __: Known) -> Iterable[Said]:
    return ()


_NO_NEWS = ("MaterialDefinition", "MaterialClass", "MaterialSubLot", "TestSpecification")
_INBOUND: tuple[Inbound, ...] = (
    operations_request,
    work_request,
    job_order,
    operations_response,
    work_response,
    job_response,
    material_lot,
    test_result,
    asked,
    *(Inbound(kind, answered) for kind in ("Acknowledge", "Respond", "ConfirmBOD")),
    *(Inbound(kind, _no_news) for kind in _NO_NEWS),
    *of_files,
)

mappings: tuple[Inbound | Outbound, ...] = (*_INBOUND, *OUTBOUND)
"""For documents in a folder, and for orders that are fetched: the folder proves what was sent."""

posted: tuple[Inbound | Outbound, ...] = (
    *_INBOUND,
    *(msgspec.structs.replace(one, proof="keyed") for one in OUTBOUND),
)
"""For documents that are posted: the receiver knows a document again by its BODID."""
