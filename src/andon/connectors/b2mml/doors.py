"""Doors at which they post documents, fetch schedules and acknowledge them."""

__all__ = ["doors_of"]

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import Any, cast

from andon.connectors.b2mml.answering import answer_to
from andon.connectors.b2mml.items import items_of
from andon.connectors.b2mml.reading import looked_through, nouns_in
from andon.connectors.b2mml.settings import B2mmlSettings
from andon.connectors.b2mml.shape import Json
from andon.connectors.b2mml.verdict import verdict_of
from andon.connectors.b2mml.words import SCHEDULES, parts_of
from andon.connectors.b2mml.writing import Envelope, document_of
from andon.core.connector import (
    Acknowledge,
    Acknowledgment,
    Arrival,
    Door,
    Item,
    Offer,
    Offered,
    Push,
    Request,
)
from andon.core.errors import Fault, MappingError, RejectedError

_XML = "application/xml; charset=utf-8"


def doors_of(settings: B2mmlSettings) -> Sequence[Door]:
    """As the settings name them; none where they name none."""
    return tuple(_doors(settings))


def _doors(settings: B2mmlSettings) -> Iterator[Door]:
    if settings.posted:
        yield Push(
            "POST",
            settings.posted,
            partial(_posted, settings),
            status=200,
            answers=partial(_answer, settings),
            media=_XML,
        )
    if settings.fetched:
        yield Offer(
            "GET",
            settings.fetched,
            partial(_shown, settings),
            partial(_doubt, settings),
            media=_XML,
        )
        heard = partial(_acknowledged, SCHEDULES[settings.nouns])
        yield Acknowledge("POST", f"{settings.fetched}/acknowledge", heard, b"", _XML)


def _posted(settings: B2mmlSettings, arrival: Arrival) -> Sequence[Item]:
    if not arrival.body.strip():
        raise MappingError("The body is empty", [Fault("", "expected a document of B2MML")])
    return items_of(arrival.body, judged=settings.incoming_schema == "refuse")


def _answer(settings: B2mmlSettings, arrival: Arrival) -> bytes:
    """Called once all of it is recorded, so it says Accepted."""
    try:
        now = datetime.now(UTC)
        answer = answer_to(arrival.body, sender=settings.sender, created_at=now)
    except MappingError:
        return b""
    return b"" if answer is None else answer.content


def _shown(settings: B2mmlSettings, _: Arrival, offered: Sequence[Offered]) -> bytes:
    """One Show with a schedule for each command; nothing at all while nothing waits."""
    noun = SCHEDULES[settings.nouns]
    schedules: list[Any] = [one.request.body[noun] for one in offered]
    return _document(settings, schedules) if schedules else b""


def _doubt(settings: B2mmlSettings, one: Offered) -> str | None:
    """A schedule that breaks the schema would spoil the whole answer."""
    noun = SCHEDULES[settings.nouns]
    if one.request.target != f"Process{noun}":
        return (
            f"They fetch schedules as {noun}, and this is {one.request.target}."
            " Tell them in another way."
        )
    if not one.request.names:
        return "The mapping gives no `names`, by which they could acknowledge it."
    try:
        _document(settings, [one.request.body[noun]])
    except RejectedError as error:
        return str(error)
    return None


def _document(settings: B2mmlSettings, schedules: list[Any]) -> bytes:
    now = datetime.now(UTC)
    envelope = Envelope(
        bod=f"show-{now.timestamp():.6f}",
        sender=settings.sender,
        receiver=settings.receiver,
        created_at=now,
    )
    noun = SCHEDULES[settings.nouns]
    request = Request(target=f"Show{noun}", body={noun: schedules})
    return document_of(request, envelope, judged=settings.outgoing_schema == "refuse")


def _acknowledged(noun: str, arrival: Arrival) -> Acknowledgment:
    """One order in one Acknowledge, under the id by which it was shown."""
    about = looked_through(BytesIO(arrival.body))
    nouns = nouns_in(arrival.body)
    (part,) = parts_of(noun)
    requests = [
        cast("Json", request)
        for schedule in cast("list[Json]", nouns.get(noun, []))
        for request in cast("list[Any]", schedule.get(part, []))
    ]
    names = [one.get("ID") for one in requests]
    if about.verb not in ("Acknowledge", "Confirm") or len(names) != 1 or not names[0]:
        raise MappingError(
            f"Expected Acknowledge{noun} with one {part}",
            [Fault("DataArea", f"{about.verb}{about.noun} with {len(names)} requests")],
        )
    verdict = verdict_of(about, nouns, None)
    refused = None if verdict.code == "Accepted" else f"{verdict.code}: {verdict.words}"
    return Acknowledgment(names=str(names[0]), reference=str(names[0]), refused=refused)
